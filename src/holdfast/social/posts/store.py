"""Every statement that writes the posts' tables."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...screening import Verdict
from ..accounts import find_handles
from ..drafts import Composition, Draft, NewPoll, QuotePolicy, Visibility
from ..media import release_post
from ..quotes import policy_for
from .events import PostReachChanged
from .model import PostMark, PostState, PostView

_INSERT_POST_SQL = """
with post as (
    insert into posts (id, account_id, thread_id, in_reply_to_id, in_reply_to_account_id, app_id, visibility, state,
                       sensitive, text, spoiler, language, created_at, quote_policy)
    select $1, $2, $3, (select id from posts where id = $4 for key share), $5, $6, $7, $8, $9, $10, $11, $12, $13, $15),
counts as (insert into post_counts (post_id) values ($1)),
parent as (update post_counts set replies = replies + 1 where post_id = $4 and $14::boolean)
update account_counts set posts = posts + 1, last_post_on = $13::timestamptz::date
where account_id = $2 and $14::boolean
"""


async def insert_post(
    tx: Tx, post_id: int, author_id: int, app_id: int | None, draft: Draft, composed: Composition, *,
    thread_id: int, parent_author_id: int | None, state: PostState, now: Instant,
) -> None:  # fmt: skip
    """A post with its counters; a held one is not counted anywhere."""
    await tx.execute(
        _INSERT_POST_SQL,
        post_id, author_id, thread_id, draft.in_reply_to_id, parent_author_id, app_id, draft.visibility.value,
        state.value, draft.sensitive or bool(composed.spoiler), composed.text, composed.spoiler, draft.language, now,
        state is PostState.VISIBLE,
        policy_for(draft.visibility, QuotePolicy.NOBODY if draft.quote_policy is None else draft.quote_policy).value,
    )  # fmt: skip


async def insert_poll(tx: Tx, post_id: int, poll: NewPoll, expires_at: Instant, now: Instant) -> None:
    """The poll of a post that has none; see `delete_poll`."""
    await tx.execute(
        "insert into polls (id, post_id, options, multiple, hide_totals, expires_at, tally)"
        " values ($1, $2, $3, $4, $5, $6, array_fill(0, array[cardinality($3::text[])]))",
        new_id(now), post_id, [option.strip() for option in poll.options], poll.multiple, poll.hide_totals, expires_at,
    )  # fmt: skip


async def set_poll_terms(tx: Tx, post_id: int, *, hide_totals: bool, expires_at: Instant) -> None:
    """When a poll that is open ends, and whether its numbers are kept back until then."""
    await tx.execute(
        "update polls set hide_totals = $2, expires_at = $3 where post_id = $1 and closed_at is null",
        post_id, hide_totals, expires_at,
    )  # fmt: skip
    tx.touch(Kind.POST, post_id)


async def delete_poll(tx: Tx, post_id: int) -> None:
    """Take a post's poll away, votes included."""
    voters = await tx.fetch(
        "select v.account_id from poll_votes v join polls on polls.id = v.poll_id where polls.post_id = $1",
        post_id,
    )
    await tx.execute("delete from polls where post_id = $1", post_id)
    for row in voters:
        tx.touch(Kind.MARKS, row["account_id"])


async def set_mentions(tx: Tx, post_id: int, account_ids: list[int], *, edited: bool) -> None:
    """Who a post names; those that an edited one no longer names stay as silent mentions."""
    if edited:
        await tx.execute(
            "update mentions set silent = not (account_id = any($2::bigint[])) where post_id = $1",
            post_id,
            account_ids,
        )
    await tx.execute(
        "insert into mentions (post_id, account_id) select $1, unnest($2::bigint[]) on conflict do nothing",
        post_id, account_ids,
    )  # fmt: skip


async def set_tags(tx: Tx, post_id: int, tags: dict[str, str], now: Instant, *, edited: bool) -> list[int]:
    """The hashtags of a post (key -> as written); returns the ids of tags that it has or had."""
    before: list[Row] = []
    if edited:
        before = await tx.fetch("delete from post_tags where post_id = $1 returning tag_id", post_id)
    names = sorted(tags)  # in one order everywhere, so that two posts with the same new tags do not deadlock
    rows = []
    if names:
        rows = await tx.fetch(
            "with wanted as (select * from unnest($1::bigint[], $2::text[], $3::text[]) as t (id, name, display)),"
            " fresh as (insert into tags (id, name, display, created_at) select id, name, display, $4 from wanted"
            "  where not exists (select 1 from tags where tags.name = wanted.name) order by name"
            "  on conflict (name) do update set name = excluded.name returning id, name),"
            " all_tags as (select id from fresh union select tags.id from tags join wanted using (name)),"
            " linked as (insert into post_tags (tag_id, post_id) select id, $5 from all_tags"
            "  on conflict do nothing)"
            " select id from all_tags",
            [new_id(now) for _ in names], names, [tags[name] for name in names], now, post_id,
        )  # fmt: skip
    return sorted({row[0] for row in before} | {row[0] for row in rows})


async def insert_verdict(tx: Tx, post_id: int, verdict: Verdict, now: Instant) -> None:
    """What screening said of this version of the post."""
    await tx.execute(
        "insert into post_verdicts (id, post_id, action, lane, rules, scores, evidence, version, reason, at)"
        " values ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, $9, $10)",
        new_id(now), post_id, verdict.action, verdict.lane, verdict.rules,
        msgspec.json.encode(verdict.scores).decode(), msgspec.json.encode(verdict.evidence).decode(),
        verdict.version, verdict.reason, now,
    )  # fmt: skip


async def keep_version(tx: Tx, post_id: int) -> None:
    """Add what the post says now to its history."""
    await tx.execute(
        "insert into post_edits (post_id, version, text, spoiler, sensitive, poll_options, created_at, media)"
        " select p.id, (select count(*) from post_edits e where e.post_id = p.id), p.text, p.spoiler, p.sensitive,"
        " (select options from polls where post_id = p.id), coalesce(p.edited_at, p.created_at),"
        " (select jsonb_agg(jsonb_build_array(id, description, focus) order by position) from media"
        "   where post_id = p.id and position is not null)"
        " from posts p where p.id = $1",
        post_id,
    )


async def update_post(
    tx: Tx,
    post_id: int,
    composed: Composition,
    *,
    sensitive: bool,
    language: str | None,
    state: PostState,
    now: Instant,
) -> None:
    """Set what an edit sets."""
    await tx.execute(
        "update posts set text = $2, spoiler = $3, sensitive = $4, language = coalesce($5, language), state = $6,"
        " edited_at = $7 where id = $1",
        post_id, composed.text, composed.spoiler, sensitive, language, state.value, now,
    )  # fmt: skip


async def set_state(tx: Tx, post_id: int, state: PostState) -> None:
    """Show, hold or withdraw."""
    await tx.execute("update posts set state = $2 where id = $1", post_id, state.value)


async def count_post(tx: Tx, account_id: int, parent_id: int | None, by: int) -> None:
    """Keep the author's and the parent's counters in step when a post appears (1) or goes (-1)."""
    await tx.execute(
        "update account_counts set posts = greatest(posts + $2, 0) where account_id = $1", account_id, by
    )
    tx.touch(Kind.ACCOUNT, account_id)
    if parent_id is not None:
        tx.touch(Kind.POST, parent_id)
        await tx.execute(
            "update post_counts set replies = greatest(replies + $2, 0) where post_id = $1", parent_id, by
        )


async def delete_post(tx: Tx, post_id: int) -> None:
    """Remove the row and everything that hangs on it; replies stay, without a parent. That it went is kept (gone_posts)."""
    await tx.execute("update posts set in_reply_to_id = null where in_reply_to_id = $1", post_id)
    await tx.execute(
        "with gone as (delete from posts where id = $1 returning id)"
        " insert into gone_posts (post_id) select id from gone on conflict do nothing",
        post_id,
    )


async def erase_kept(tx: Tx, post_id: int) -> None:
    """Erase a post that was deleted while a hold kept it; nothing happens to any other."""
    if await tx.fetchval("select 1 from posts where id = $1 and state = 3 for update", post_id):
        await release_post(tx, post_id, keep_at=None)
        await delete_post(tx, post_id)


async def keep_hidden(tx: Tx, post_id: int) -> None:
    """In place of deleting what a legal hold keeps: nobody sees it, finds it, or is told of it any more."""
    await tx.execute("update posts set in_reply_to_id = null where in_reply_to_id = $1", post_id)
    await tx.execute("update posts set state = 3 where id = $1", post_id)
    await tx.execute("delete from post_search where post_id = $1", post_id)
    await tx.execute("delete from post_tags where post_id = $1", post_id)
    await tx.execute("delete from notifications where post_id = $1", post_id)
    await tx.execute("delete from pins where post_id = $1", post_id)


async def claim_idempotency_key(tx: Tx, account_id: int, key: str, post_id: int, now: Instant) -> bool:
    """Take the key for a new post; False when it was taken (then it names the earlier post)."""
    return (
        await tx.execute(
            "insert into idempotency_keys (account_id, key, post_id, created_at) values ($1, $2, $3, $4)"
            " on conflict do nothing",
            account_id,
            key,
            post_id,
            now,
        )
        > 0
    )


async def attach(tx: Tx, post_id: int, composed: Composition, now: Instant, *, edited: bool = False) -> None:
    """Link a post's mentions and hashtags; a new post has none yet, which saves looking for them."""
    local = [name for name in composed.mention_names if "@" not in name]
    if local:
        handles = await find_handles(tx, local)
        await set_mentions(tx, post_id, list(handles.values()), edited=edited)
    if composed.tags:
        for tag_id in await set_tags(tx, post_id, composed.tags, now, edited=edited):
            tx.touch(Kind.TAG, tag_id)


async def mark_sensitive(tx: Tx, post_id: int) -> bool:
    """The staff marks a post as sensitive, in every cache when this commits; whether it was not before."""
    row = await tx.fetchrow(
        "update posts set sensitive = true where id = $1 and not sensitive returning account_id, visibility",
        post_id,
    )
    if row is None:
        return False
    announce(tx, row["account_id"], post_id, Visibility(row["visibility"]), None)
    return True


_MARK_SQL = {
    PostMark.SENSITIVE: "update posts set sensitive = $2 where id = $1 and sensitive <> $2 returning account_id",
    PostMark.LIMITED_REACH: (
        "update posts set limited_reach = $2 where id = $1 and limited_reach <> $2 returning account_id"
    ),
    PostMark.CLOSED_REPLIES: (
        "update posts set closed_replies = $2 where id = $1 and closed_replies <> $2 returning account_id"
    ),
}
_LABEL_SQL = (
    "update posts set labels = case when $3 then array(select distinct unnest(labels || array[$2]) order by 1)"
    " else array_remove(labels, $2) end where id = $1 and ($2 = any(labels)) <> $3 returning account_id"
)


async def mark_post(tx: Tx, post_id: int, mark: PostMark, *, on: bool) -> bool:
    """The staff sets a mark of a post or takes it off, in every cache when this commits; whether that changed anything."""
    author_id = await tx.fetchval(_MARK_SQL[mark], post_id, on)
    if author_id is None:
        return False
    # In its place in public timelines, whatever its visibility: a mark changes who is shown it there.
    announce(tx, author_id, post_id, Visibility.PUBLIC, None)
    if mark is PostMark.LIMITED_REACH:
        for row in await tx.fetch("select tag_id from post_tags where post_id = $1", post_id):
            tx.touch(Kind.TAG, row[0])
        tx.emit(PostReachChanged(post_id))
    return True


async def label_post(tx: Tx, post_id: int, label: str, *, on: bool) -> bool:
    """The staff puts a label on a post or takes it off; whether that changed anything."""
    author_id = await tx.fetchval(_LABEL_SQL, post_id, label, on)
    if author_id is None:
        return False
    announce(tx, author_id, post_id, Visibility.PUBLIC, None)
    return True


def announce(tx: Tx, author_id: int, post_id: int, visibility: Visibility, parent: PostView | None) -> None:
    """Make every cache know that a post appeared, changed its place, or went."""
    tx.touch(Kind.POST, post_id)
    tx.touch(Kind.AUTHORED, author_id)
    tx.touch(Kind.ACCOUNT, author_id)
    if visibility is Visibility.PUBLIC:
        tx.touch(Kind.PUBLIC)
    if parent is not None:
        tx.touch(Kind.POST, parent.id)


# Longer than the longest setting of `idempotency_key_hours`, so that no key in force is ever forgotten.
_KEYS_KEPT = timedelta(days=7, hours=1)


async def forget_old_keys(tx: Tx, now: Instant) -> None:
    """Drop Idempotency-Keys that are past any use; a periodic action of the workers."""
    await tx.execute("delete from idempotency_keys where created_at < $1", now - _KEYS_KEPT)


async def forget_gone_posts(tx: Tx, now: Instant, *, kept_for: timedelta) -> None:
    """Drop the ids of deleted posts that no restore can bring back any more; a periodic action of the workers."""
    await tx.execute("delete from gone_posts where gone_at < $1", now - kept_for)
