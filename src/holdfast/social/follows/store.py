"""Every statement that writes follows, requests and their counters.

All of them run under `lock_pair`, so that a follow, a block and an answer between the same two
accounts happen one after the other, in whichever direction. Counters are changed in the order
of account ids, so that two commands never wait for each other in a circle.
"""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from ...platform.db import Row, Tx
from ...platform.stamps import Kind
from ..graph import FollowOptions


async def lock_pair(tx: Tx, one: int, other: int) -> None:
    """Wait until nobody else changes what is between these two, and keep it so until the transaction ends."""
    low, high = sorted((one, other))
    digest = blake2b(low.to_bytes(8, "big") + high.to_bytes(8, "big"), digest_size=8, person=b"pair").digest()
    await tx.execute("select pg_advisory_xact_lock($1)", int.from_bytes(digest, "big", signed=True))


async def set_options(tx: Tx, follower_id: int, followed_id: int, options: FollowOptions) -> str | None:
    """Change what a follow or a request says; which of the two there was: "follow", "request" or None."""
    row = await tx.fetchrow(
        "with f as (update follows set show_boosts = coalesce($3, show_boosts), notify = coalesce($4, notify),"
        "   languages = case when $6 then $5 else languages end"
        "   where follower_id = $1 and followed_id = $2 returning 1),"
        " r as (update follow_requests set show_boosts = coalesce($3, show_boosts), notify = coalesce($4, notify),"
        "   languages = case when $6 then $5 else languages end"
        "   where follower_id = $1 and followed_id = $2 returning 1)"
        " select exists (select 1 from f) as follow, exists (select 1 from r) as request",
        follower_id, followed_id, *_values(options), options.languages is not msgspec.UNSET,
    )  # fmt: skip
    if row is None or not (row["follow"] or row["request"]):
        return None
    return "follow" if row["follow"] else "request"


async def insert_follow(
    tx: Tx, ident: int, follower_id: int, followed_id: int, options: FollowOptions
) -> None:
    """A follow that was not there; counts it."""
    show_boosts, notify, languages = _values(options)
    await tx.execute(
        "insert into follows (id, follower_id, followed_id, show_boosts, notify, languages)"
        " values ($1, $2, $3, coalesce($4, true), coalesce($5, false), $6)",
        ident, follower_id, followed_id, show_boosts, notify, languages,
    )  # fmt: skip
    await _count(tx, [(follower_id, followed_id)], 1)


async def insert_request(
    tx: Tx, ident: int, follower_id: int, followed_id: int, options: FollowOptions
) -> None:
    """A request that was not there."""
    show_boosts, notify, languages = _values(options)
    await tx.execute(
        "insert into follow_requests (id, follower_id, followed_id, show_boosts, notify, languages)"
        " values ($1, $2, $3, coalesce($4, true), coalesce($5, false), $6)",
        ident, follower_id, followed_id, show_boosts, notify, languages,
    )  # fmt: skip


async def take_request(tx: Tx, follower_id: int, followed_id: int) -> FollowOptions | None:
    """Remove a request; what it said, or None when there was none."""
    row = await tx.fetchrow(
        "delete from follow_requests where follower_id = $1 and followed_id = $2"
        " returning show_boosts, notify, languages",
        follower_id, followed_id,
    )  # fmt: skip
    return FollowOptions(**dict(row)) if row else None


async def delete_follow(tx: Tx, follower_id: int, followed_id: int) -> bool:
    """Remove a follow and count it off; whether there was one."""
    deleted = await tx.execute(
        "delete from follows where follower_id = $1 and followed_id = $2", follower_id, followed_id
    )
    if deleted:
        await _count(tx, [(follower_id, followed_id)], -1)
    return deleted > 0


async def delete_between(tx: Tx, one: int, other: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Remove follows and requests in both directions: (follower, followed) of the follows, then of the requests."""
    follows = await tx.fetch(
        "delete from follows where (follower_id = $1 and followed_id = $2)"
        " or (follower_id = $2 and followed_id = $1) returning follower_id, followed_id",
        one, other,
    )  # fmt: skip
    requests = await tx.fetch(
        "delete from follow_requests where (follower_id = $1 and followed_id = $2)"
        " or (follower_id = $2 and followed_id = $1) returning follower_id, followed_id",
        one, other,
    )  # fmt: skip
    if follows:
        await _count(tx, _pairs(follows), -1)
    return _pairs(follows), _pairs(requests)


def touch_pair(tx: Tx, one: int, other: int) -> None:
    """Make every cache look again at both: their relations, and the counters their profiles show."""
    for ident in (one, other):
        tx.touch(Kind.RELATIONS, ident)
        tx.touch(Kind.ACCOUNT, ident)


async def _count(tx: Tx, pairs: list[tuple[int, int]], step: int) -> None:
    changes: dict[int, list[int]] = {}
    for follower_id, followed_id in pairs:
        changes.setdefault(follower_id, [0, 0])[1] += step
        changes.setdefault(followed_id, [0, 0])[0] += step
    ids = sorted(changes)
    await tx.execute(
        "insert into account_counts as c (account_id, followers, following)"
        " select id, followers, following from unnest($1::bigint[], $2::bigint[], $3::bigint[])"
        "   as change (id, followers, following) order by id"
        " on conflict (account_id) do update set followers = c.followers + excluded.followers,"
        "   following = c.following + excluded.following",
        ids, [changes[ident][0] for ident in ids], [changes[ident][1] for ident in ids],
    )  # fmt: skip


def _pairs(rows: list[Row]) -> list[tuple[int, int]]:
    return [(row["follower_id"], row["followed_id"]) for row in rows]


def _values(options: FollowOptions) -> tuple[bool | None, bool | None, list[str] | None]:
    return (
        None if options.show_boosts is msgspec.UNSET else options.show_boosts,
        None if options.notify is msgspec.UNSET else options.notify,
        None if options.languages is msgspec.UNSET else options.languages,
    )
