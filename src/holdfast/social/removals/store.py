"""Every statement of a removal.

This one room may delete from the tables of others: what is deleted with an account is decided here alone, and
`tests/integration/test_removals.py` holds `REST` and `KEPT` to every table of the schema that names accounts.
"""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind

# Each removes some rows of the account ($1), at most $2, and answers with the accounts whose lists it changes.
REST: dict[str, str] = {
    "reporter_records": "delete from reporter_records where account_id = $1 returning null::bigint",
    "reviewer_preferences": "delete from reviewer_preferences where account_id = $1 returning null::bigint",
    "reviewer_caps": "delete from reviewer_caps where account_id = $1 returning null::bigint",
    "reviewer_looks": "delete from reviewer_looks where account_id = $1 returning null::bigint",
    "reviewer_shifts": "delete from reviewer_shifts where account_id = $1 returning null::bigint",
    "reviewer_days": "delete from reviewer_days where account_id = $1 returning null::bigint",
    "reporter_outcomes": "delete from reporter_outcomes where report_id in (select report_id from reporter_outcomes"
    " where account_id = $1 limit $2) returning null::bigint",
    "bookmarks": "delete from bookmarks where (account_id, post_id) in (select account_id, post_id from bookmarks"
    " where account_id = $1 limit $2) returning null::bigint",
    "pins": "delete from pins where (account_id, post_id) in (select account_id, post_id from pins"
    " where account_id = $1 limit $2) returning null::bigint",
    "thread_mutes": "delete from thread_mutes where (account_id, thread_id) in (select account_id, thread_id"
    " from thread_mutes where account_id = $1 limit $2) returning null::bigint",
    "blocks": "delete from blocks where id in (select id from blocks where account_id = $1 or target_id = $1 limit $2)"
    " returning case when account_id = $1 then target_id else account_id end",
    "mutes": "delete from mutes where id in (select id from mutes where account_id = $1 or target_id = $1 limit $2)"
    " returning case when account_id = $1 then target_id else account_id end",
    "domain_blocks": "delete from domain_blocks where id in (select id from domain_blocks where account_id = $1 limit $2)"
    " returning null::bigint",
    "account_notes": "delete from account_notes where (account_id, target_id) in (select account_id, target_id"
    " from account_notes where account_id = $1 or target_id = $1 limit $2) returning account_id",
    "notifications": "delete from notifications where id in (select id from notifications"
    " where account_id = $1 or from_id = $1 limit $2) returning account_id",
    "notification_requests": "delete from notification_requests where id in (select id from notification_requests"
    " where account_id = $1 or from_id = $1 limit $2) returning account_id",
    "notification_permissions": "delete from notification_permissions where (account_id, from_id) in ("
    " select account_id, from_id from notification_permissions where account_id = $1 or from_id = $1 limit $2)"
    " returning account_id",
    "markers": "delete from markers where account_id = $1 returning null::bigint",
    "list_members": "delete from list_members where id in (select m.id from list_members m join lists l on l.id = m.list_id"
    " where m.account_id = $1 or l.account_id = $1 limit $2) returning null::bigint",
    "lists": "delete from lists where id in (select id from lists where account_id = $1 limit $2) returning null::bigint",
    "filters": "delete from filters where id in (select id from filters where account_id = $1 limit $2)"
    " returning null::bigint",
    "conversations": "delete from conversations where id in (select id from conversations where account_id = $1 limit $2)"
    " returning null::bigint",
    "tag_follows": "delete from tag_follows where id in (select id from tag_follows where account_id = $1 limit $2)"
    " returning null::bigint",
    "featured_tags": "delete from featured_tags where id in (select id from featured_tags where account_id = $1 limit $2)"
    " returning null::bigint",
    "endorsements": "delete from endorsements where id in (select id from endorsements where account_id = $1 or target_id = $1"
    " limit $2) returning null::bigint",
    "dismissed_suggestions": "delete from dismissed_suggestions where (account_id, target_id) in (select account_id,"
    " target_id from dismissed_suggestions where account_id = $1 or target_id = $1 limit $2) returning null::bigint",
    "announcement_reads": "delete from announcement_reads where (announcement_id, account_id) in (select announcement_id,"
    " account_id from announcement_reads where account_id = $1 limit $2) returning null::bigint",
    "announcement_reactions": "delete from announcement_reactions where (emoji_id, account_id) in (select emoji_id,"
    " account_id from announcement_reactions where account_id = $1 limit $2) returning null::bigint",
    "scheduled_posts": "delete from scheduled_posts where id in (select id from scheduled_posts where account_id = $1"
    " limit $2) returning null::bigint",
    "idempotency_keys": "delete from idempotency_keys where (account_id, key) in (select account_id, key"
    " from idempotency_keys where account_id = $1 limit $2) returning null::bigint",
    "account_aliases": "delete from account_aliases where account_id = $1 returning null::bigint",
    "relation_imports": "delete from relation_imports where id in (select id from relation_imports where account_id = $1"
    " limit $2) returning null::bigint",
    "archives": "delete from archives where account_id = $1 returning null::bigint",
    "archive_imports": "delete from archive_imports where account_id = $1 returning null::bigint",
    "statement_mails": "delete from statement_mails where statement_id in (select m.statement_id from statement_mails m"
    " join statements s on s.id = m.statement_id where s.account_id = $1 limit $2) returning null::bigint",
    "appeal_messages": "delete from appeal_messages where id in (select m.id from appeal_messages m"
    " join appeals a on a.id = m.appeal_id where a.account_id = $1 limit $2) returning null::bigint",
    "one_time_links": "delete from one_time_links where account_id = $1 returning null::bigint",
    # With it go sessions, tokens, codes of apps, recovery codes, push subscriptions, policies.
    "moderation_pseudonyms": "delete from moderation_pseudonyms where account_id = $1 returning null::bigint",
    "desk_queue_members": "delete from desk_queue_members where account_id = $1 returning null::bigint",
    "case_skips": "delete from case_skips where account_id = $1 returning null::bigint",
    "users": "delete from users where account_id = $1 returning null::bigint",
}

KEPT: dict[str, str] = {
    "account_removals": "the record of the removal itself",
    "accounts": "the name, so that nobody else can take it",
    "account_warnings": "what the staff did and why; appeals and notices refer to it",
    "appeals": "what was asked and answered, which the ledger and the figures refer to; what was written goes",
    "statements": "the reasons as they were sent, which appeals and notices refer to",
    "held_statements": "that a statement waited for the end of a gag, and what the ledger says of it",
    "strikes": "what counts against the account, until it expires",
    "reports": "what the staff was told",
    "screening_labels": "what the staff said of the account, so that rules go on to know it",
    "quotes": "goes with the post that quotes, and says of a deleted one only that there was one",
}
"""Tables that name accounts and stay."""

ELSEWHERE = frozenset(
    {
        "account_counts", "posts", "media", "follows", "follow_requests", "favourites", "poll_votes", "mentions",
        "access_tokens", "authorization_codes", "sessions", "recovery_codes", "push_subscriptions",
        "notification_policies",
    }
)  # fmt: skip
"""Tables that name accounts and are emptied by a step of their own, or with `users`."""


async def insert_removal(tx: Tx, account_id: int, *, by: str, now: Instant) -> bool:
    """Whether it is new."""
    return (
        await tx.execute(
            "insert into account_removals (account_id, requested_at, requested_by) values ($1, $2, $3)"
            " on conflict do nothing",
            account_id, now, by,
        )
        > 0
    )  # fmt: skip


async def is_last_owner(tx: Tx, account_id: int) -> bool:
    """Whether the account is an owner, and no other owner can sign in."""
    return bool(
        await tx.fetchval(
            "select exists (select 1 from users where account_id = $1 and role = 'owner') and not exists ("
            " select 1 from users u join accounts a on a.id = u.account_id"
            " where u.role = 'owner' and u.account_id <> $1 and a.state = 0)",
            account_id,
        )
    )


async def lock_removal(tx: Tx, account_id: int) -> int | None:
    """The step that is next; None when the removal is finished, or was never asked for."""
    step: int | None = await tx.fetchval(
        "select step from account_removals where account_id = $1 and finished_at is null for update",
        account_id,
    )
    return step


async def note_progress(tx: Tx, account_id: int, *, rows: int, next_step: int) -> None:
    """Remember how far it is."""
    await tx.execute(
        "update account_removals set rows = rows + $2, step = $3 where account_id = $1",
        account_id,
        rows,
        next_step,
    )


async def posts_of(tx: Tx, account_id: int, *, limit: int) -> list[int]:
    """Posts that are still there and not known to be kept, the newest first."""
    rows = await tx.fetch(
        "select id from posts where account_id = $1 and state <> 3 order by id desc limit $2",
        account_id,
        limit,
    )
    return [row[0] for row in rows]


async def delete_lifted(tx: Tx, account_id: int, *, limit: int) -> int:
    """Posts that were kept, and are not held any more."""
    return await tx.execute(
        "delete from posts where id in (select p.id from posts p where p.account_id = $1 and p.state = 3 and not exists ("
        " select 1 from posts_on_hold h where h.post_id = p.id) limit $2)",
        account_id, limit,
    )  # fmt: skip


async def count_kept(tx: Tx, account_id: int) -> None:
    """Remember how many posts a hold keeps."""
    await tx.execute(
        "update account_removals set kept = (select count(*) from posts where account_id = $1 and state = 3)"
        " where account_id = $1",
        account_id,
    )


async def delete_media(tx: Tx, account_id: int, *, limit: int) -> int:
    """Uploads that no hold keeps, nor the hold on their post. Their files follow when the store is swept."""
    return await tx.execute(
        "delete from media where id in (select m.id from media m where m.account_id = $1 and not exists ("
        " select 1 from media_on_hold h where h.media_id = m.id) limit $2)",
        account_id, limit,
    )  # fmt: skip


async def holds_of_the_rest(tx: Tx, account_id: int) -> list[int]:
    """The holds that keep posts or uploads of an account which is gone otherwise."""
    rows = await tx.fetch(
        "select hold_id from posts_on_hold h join posts p on p.id = h.post_id where p.account_id = $1"
        " union select hold_id from media_on_hold h join media m on m.id = h.media_id where m.account_id = $1 order by 1",
        account_id,
    )
    return [row[0] for row in rows]


async def reopen_removal(tx: Tx, account_id: int) -> None:
    """Begin again with the first step: what was kept may go."""
    await tx.execute(
        "update account_removals set step = 0, finished_at = null where account_id = $1", account_id
    )


async def tied_to(tx: Tx, account_id: int, *, limit: int) -> list[int]:
    """Accounts with which there is a follow or a request, either way."""
    rows = await tx.fetch(
        "select distinct id from ("
        " (select followed_id as id from follows where follower_id = $1 limit $2)"
        " union all (select follower_id from follows where followed_id = $1 limit $2)"
        " union all (select followed_id from follow_requests where follower_id = $1 limit $2)"
        " union all (select follower_id from follow_requests where followed_id = $1 limit $2)) as t order by id limit $2",
        account_id, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


async def delete_favourites(tx: Tx, account_id: int, *, limit: int) -> int:
    """Favourites, counted off."""
    rows = await tx.fetch(
        "with gone as (delete from favourites where id in ("
        "  select id from favourites where account_id = $1 order by post_id limit $2) returning post_id),"
        " counted as (update post_counts set favourites = greatest(favourites - 1, 0)"
        "  where post_id in (select post_id from gone))"
        " select post_id from gone",
        account_id, limit,
    )  # fmt: skip
    for row in rows:
        tx.touch(Kind.POST, row[0])
    return len(rows)


async def delete_votes(tx: Tx, account_id: int, *, limit: int) -> int:
    """Votes, taken back from what the polls counted."""
    rows = await tx.fetch(
        "with gone as (delete from poll_votes where (poll_id, account_id) in (select poll_id, account_id"
        "  from poll_votes where account_id = $1 order by poll_id limit $2) returning poll_id, choices)"
        " update polls set voters = greatest(voters - 1, 0), tally = ("
        "  select array_agg(greatest(t - ((i - 1)::smallint = any(gone.choices))::int, 0) order by i)"
        "  from unnest(tally) with ordinality as u (t, i)) from gone where polls.id = gone.poll_id"
        " returning polls.post_id",
        account_id, limit,
    )  # fmt: skip
    for row in rows:
        tx.touch(Kind.POST, row[0])
    return len(rows)


async def delete_mentions(tx: Tx, account_id: int, *, limit: int) -> int:
    """The name in posts of others leads nowhere any more; what they wrote stays."""
    rows = await tx.fetch(
        "delete from mentions where (post_id, account_id) in (select post_id, account_id from mentions"
        " where account_id = $1 limit $2) returning post_id",
        account_id, limit,
    )  # fmt: skip
    for row in rows:
        tx.touch(Kind.POST, row[0])
    return len(rows)


async def delete_rest(tx: Tx, account_id: int, *, limit: int) -> int:
    """Rows of the first table of `REST` that still has some."""
    for statement in REST.values():
        arguments = (account_id, limit) if "$2" in statement else (account_id,)
        rows = await tx.fetch(statement, *arguments)
        for row in rows:
            if row[0] is not None:
                for kind in (Kind.RELATIONS, Kind.NOTIFICATIONS):
                    tx.touch(kind, row[0])
        if rows:
            return len(rows)
    return 0


async def leave_name(tx: Tx, account_id: int, now: Instant) -> None:
    """Empty the account but for its name, which stays taken."""
    await tx.execute(
        "update accounts set state = 3, display_name = '', note = '', fields = '[]', badge = null, moved_to_id = null,"
        " moved_at = null, avatar = null, avatar_still = null, avatar_description = '', header = null,"
        " header_still = null, header_description = '' where id = $1",
        account_id,
    )
    await tx.execute("delete from account_counts where account_id = $1", account_id)
    await tx.execute("update account_removals set finished_at = $2 where account_id = $1", account_id, now)
    for kind in (Kind.ACCOUNT, Kind.ACCESS, Kind.AUTHORED, Kind.RELATIONS, Kind.MARKS, Kind.PREFERENCES):
        tx.touch(kind, account_id)
