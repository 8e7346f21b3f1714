"""Every statement of an import that writes. Whole batches at a time: COPY, or one statement over arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from .model import WaitKind, accounts_source

POST_COLUMNS = (
    "id", "account_id", "thread_id", "in_reply_to_id", "in_reply_to_account_id", "boost_of_id", "visibility", "state",
    "sensitive", "text", "spoiler", "language", "created_at", "imported",
)  # fmt: skip
_ACCOUNT_COLUMNS = ("id", "username", "display_name", "state", "badge", "created_at")
_VERDICT_COLUMNS = (
    "id",
    "post_id",
    "action",
    "lane",
    "rules",
    "scores",
    "evidence",
    "version",
    "reason",
    "at",
)
_WAITING_COLUMNS = ("source", "kind", "target_id", "source_id", "post_id", "file", "line", "row")

_DOUBLED_SQL = """
select pg_relation_size(oid) > 2 * greatest(relpages, 16) * current_setting('block_size')::bigint
from pg_class where oid = 'posts'::regclass
"""


class PostRows(NamedTuple):
    """Rows of one batch, a list per table, in the columns above or those of `copy_posts`."""

    posts: list[tuple[Any, ...]]
    mentions: list[tuple[int, int]]
    tags: list[tuple[int, int]]
    verdicts: list[tuple[Any, ...]]
    imported: list[tuple[str, int | None]]
    waiting: list[tuple[Any, ...]]


async def copy_accounts(tx: Tx, accounts: Sequence[tuple[Any, ...]]) -> None:
    """New unclaimed accounts (id, username, display name, state, badge, created_at) with their counters.

    Raises UniqueViolation when a name was taken meanwhile.
    """
    await tx.copy("accounts", _ACCOUNT_COLUMNS, accounts)
    await tx.copy("account_counts", ("account_id",), [(account[0],) for account in accounts])


async def copy_author_keys(tx: Tx, source: str, keys: Iterable[tuple[str, int]]) -> None:
    """Remember which account a key of the former site means."""
    rows = [(accounts_source(source), key, account_id) for key, account_id in keys]
    await tx.copy("imported_rows", ("source", "source_id", "account_id"), rows)


async def copy_known(tx: Tx, source: str, rows: Iterable[tuple[str, int]]) -> None:
    """Remember which rows about accounts were taken over."""
    await tx.copy("imported_rows", ("source", "source_id", "account_id"), [(source, *row) for row in rows])


async def fill_profiles(
    tx: Tx, profiles: Mapping[int, tuple[str, str, str | None, bool, Instant | None]]
) -> int:
    """Set name, bio, badge, private and date of accounts that nobody has claimed; how many that were."""
    columns = list(zip(*profiles.values(), strict=True))
    return await tx.execute(
        "update accounts a set display_name = coalesce(nullif(n.display_name, ''), a.display_name), note = n.note,"
        " badge = n.badge, locked = n.locked, created_at = coalesce(n.created_at, a.created_at)"
        " from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::timestamptz[])"
        "  as n (id, display_name, note, badge, locked, created_at)"
        " where a.id = n.id and a.state = 4",
        list(profiles), *(list(column) for column in columns),
    )  # fmt: skip


async def settle_tags(tx: Tx, tags: Mapping[str, str], now: Instant) -> dict[str, int]:
    """Ids of hashtags by key (given: key -> as written), made where they are new."""
    if not tags:
        return {}
    known = await _tag_ids(tx, list(tags))
    # In one order everywhere, so that two writers with the same new tags do not deadlock.
    names = sorted(tags.keys() - known.keys())
    if names:
        # Ids of one millisecond differ in 21 random bits: a whole batch in one would collide now and then.
        ids = [new_id(now - timedelta(milliseconds=number)) for number in range(len(names))]
        await tx.execute(
            "insert into tags (id, name, display, created_at)"
            " select id, name, display, $4 from unnest($1::bigint[], $2::text[], $3::text[]) as t (id, name, display)"
            " order by name on conflict (name) do nothing",
            ids, names, [tags[name] for name in names], now,
        )  # fmt: skip
        known |= await _tag_ids(tx, names)
    return known


async def _tag_ids(tx: Tx, names: list[str]) -> dict[str, int]:
    rows = await tx.fetch("select name, id from tags where name = any($1::text[])", names)
    return {row[0]: row[1] for row in rows}


async def copy_posts(tx: Tx, source: str, rows: PostRows, counts: Mapping[int, Sequence[int]]) -> None:
    """Load a batch; `counts` gives replies and boosts of its posts among themselves.

    Raises UniqueViolation when another run imported one of the rows meanwhile or an id was taken.
    """
    if rows.posts:
        await tx.copy("posts", POST_COLUMNS, rows.posts)
        nothing = (0, 0)
        await tx.copy(
            "post_counts",
            ("post_id", "replies", "boosts"),
            [(post[0], *counts.get(post[0], nothing)) for post in rows.posts],
        )
    if rows.mentions:
        await tx.copy("mentions", ("post_id", "account_id"), rows.mentions)
    if rows.tags:
        await tx.copy("post_tags", ("tag_id", "post_id"), rows.tags)
    if rows.verdicts:
        await tx.copy("post_verdicts", _VERDICT_COLUMNS, rows.verdicts)
    if rows.imported:
        await tx.copy(
            "imported_rows", ("source", "source_id", "post_id"), [(source, *row) for row in rows.imported]
        )
    if rows.waiting:
        await tx.copy("imported_waiting", _WAITING_COLUMNS, [(source, *row) for row in rows.waiting])


async def settle_waiting(tx: Tx, source: str, kind: WaitKind, pairs: Sequence[tuple[str, str]]) -> set[str]:
    """These (target, row) pairs wait no longer; the rows that did wait until now."""
    rows = await tx.fetch(
        "delete from imported_waiting w using unnest($3::text[], $4::text[]) as d (target_id, source_id)"
        " where w.source = $1 and w.kind = $2 and w.target_id = d.target_id and w.source_id = d.source_id"
        " returning w.source_id",
        source, kind.value, [target for target, _ in pairs], [row for _, row in pairs],
    )  # fmt: skip
    return {row[0] for row in rows}


async def set_posts_of_rows(tx: Tx, source: str, rows: Sequence[tuple[str, int | None]]) -> None:
    """Say which posts became of rows that had waited."""
    await tx.execute(
        "update imported_rows r set post_id = n.post_id from unnest($2::text[], $3::bigint[]) as n (source_id, post_id)"
        " where r.source = $1 and r.source_id = n.source_id",
        source, [row for row, _ in rows], [post_id for _, post_id in rows],
    )  # fmt: skip


async def add_post_counts(tx: Tx, counts: Mapping[int, Sequence[int]]) -> None:
    """Add (replies, boosts) to posts that were there before."""
    ids = sorted(counts)
    await tx.execute(
        "with locked as (select post_id from post_counts where post_id = any($1::bigint[]) order by 1 for update)"
        " update post_counts c set replies = c.replies + n.replies, boosts = c.boosts + n.boosts"
        " from unnest($1::bigint[], $2::integer[], $3::integer[]) as n (post_id, replies, boosts)"
        " where c.post_id = n.post_id and c.post_id in (select post_id from locked)",
        ids, [counts[post_id][0] for post_id in ids], [counts[post_id][1] for post_id in ids],
    )  # fmt: skip


async def add_author_counts(tx: Tx, counts: Mapping[int, tuple[int, date]]) -> None:
    """Add posts to accounts, with the day of the latest."""
    ids = sorted(counts)
    await tx.execute(
        "with locked as (select account_id from account_counts where account_id = any($1::bigint[]) order by 1 for update)"
        " update account_counts c set posts = c.posts + n.posts, last_post_on = greatest(c.last_post_on, n.latest)"
        " from unnest($1::bigint[], $2::bigint[], $3::date[]) as n (account_id, posts, latest)"
        " where c.account_id = n.account_id and c.account_id in (select account_id from locked)",
        ids, [counts[account_id][0] for account_id in ids], [counts[account_id][1] for account_id in ids],
    )  # fmt: skip


async def set_parents(tx: Tx, parents: Mapping[int, tuple[int, int]]) -> None:
    """Give posts their parents: post -> (parent, parent's author)."""
    ids = sorted(parents)
    await tx.execute(
        "update posts p set in_reply_to_id = n.parent_id, in_reply_to_account_id = n.author_id"
        " from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as n (id, parent_id, author_id) where p.id = n.id",
        ids, [parents[post_id][0] for post_id in ids], [parents[post_id][1] for post_id in ids],
    )  # fmt: skip


async def move_threads(tx: Tx, threads: Mapping[int, int]) -> None:
    """Put whole threads into others: old thread -> new thread."""
    await tx.execute(
        "update posts p set thread_id = n.new from unnest($1::bigint[], $2::bigint[]) as n (old, new)"
        " where p.thread_id = n.old",
        list(threads), list(threads.values()),
    )  # fmt: skip
    # Who muted the smaller thread meant the conversation that it is now part of.
    await tx.execute(
        "insert into thread_mutes (account_id, thread_id)"
        " select m.account_id, n.new from thread_mutes m"
        " join unnest($1::bigint[], $2::bigint[]) as n (old, new) on m.thread_id = n.old on conflict do nothing",
        list(threads), list(threads.values()),
    )  # fmt: skip


async def add_mentions(tx: Tx, pairs: Sequence[tuple[int, int]]) -> None:
    """Link posts that are still there to the accounts that they name."""
    await tx.execute(
        "insert into mentions (post_id, account_id) select p.id, n.account_id"
        " from unnest($1::bigint[], $2::bigint[]) as n (post_id, account_id) join posts p on p.id = n.post_id"
        " order by p.id, n.account_id on conflict do nothing",
        [post_id for post_id, _ in pairs], [account_id for _, account_id in pairs],
    )  # fmt: skip


async def refresh_statistics(tx: Tx) -> None:
    """Let PostgreSQL see that the tables have doubled: plans for empty tables take minutes on full ones, and
    autovacuum looks too late at tables that grow this fast."""
    if await tx.fetchval(_DOUBLED_SQL):
        await tx.execute(
            "analyze accounts, account_counts, posts, post_counts, mentions, tags, post_tags, imported_rows,"
            " imported_waiting"
        )
