"""Every statement that writes lists."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from .model import ListView


async def lock_owner(tx: Tx, account_id: int) -> None:
    """Wait until nobody else changes this member's lists, so that the caps hold."""
    await tx.execute("select 1 from users where account_id = $1 for no key update", account_id)


async def count_lists(tx: Tx, account_id: int) -> int:
    """How many the member has."""
    count: int = await tx.fetchval("select count(*) from lists where account_id = $1", account_id)
    return count


async def put_list(tx: Tx, account_id: int, one: ListView) -> None:
    """Insert or set. The owner was checked."""
    await tx.execute(
        "insert into lists (id, account_id, title, replies_policy, exclusive) values ($1, $2, $3, $4, $5)"
        " on conflict (id) do update set title = excluded.title, replies_policy = excluded.replies_policy,"
        " exclusive = excluded.exclusive",
        one.id, account_id, one.title, str(one.replies_policy), one.exclusive,
    )  # fmt: skip
    touch(tx, account_id)


async def delete_list(tx: Tx, account_id: int, list_id: int) -> bool:
    """Whether there was one."""
    touch(tx, account_id)
    return await tx.execute("delete from lists where id = $1 and account_id = $2", list_id, account_id) > 0


async def insert_members(tx: Tx, account_id: int, list_id: int, member_ids: list[int], now: Instant) -> None:
    """Put these in; who is in already stays."""
    await tx.execute(
        "insert into list_members (id, list_id, account_id)"
        " select id, $2, member from unnest($1::bigint[], $3::bigint[]) as t (id, member) on conflict do nothing",
        [new_id(now) for _ in member_ids], list_id, member_ids,
    )  # fmt: skip
    touch(tx, account_id)


async def count_members(tx: Tx, list_id: int) -> int:
    """How many are in it."""
    count: int = await tx.fetchval("select count(*) from list_members where list_id = $1", list_id)
    return count


async def followed_among(tx: Tx, account_id: int, ids: list[int]) -> set[int]:
    """Those whom the member follows, has asked to follow, or is."""
    rows = await tx.fetch(
        "select followed_id from follows where follower_id = $1 and followed_id = any($2::bigint[])"
        " union select followed_id from follow_requests where follower_id = $1 and followed_id = any($2::bigint[])",
        account_id, ids,
    )  # fmt: skip
    return {row[0] for row in rows} | ({account_id} & set(ids))


async def delete_members(tx: Tx, account_id: int, list_id: int, member_ids: list[int]) -> None:
    """Take these out; who is not in is out."""
    await tx.execute(
        "delete from list_members where list_id = $1 and account_id = any($2::bigint[])", list_id, member_ids
    )
    touch(tx, account_id)


async def leave_all(tx: Tx, account_id: int, member_id: int) -> None:
    """Take an account out of all lists of a member who does not follow it, nor has asked to."""
    deleted = await tx.execute(
        "delete from list_members m using lists l where l.id = m.list_id and l.account_id = $1 and m.account_id = $2"
        " and not exists (select 1 from follows where follower_id = $1 and followed_id = $2)"
        " and not exists (select 1 from follow_requests where follower_id = $1 and followed_id = $2)",
        account_id, member_id,
    )  # fmt: skip
    if deleted:
        touch(tx, account_id)


def touch(tx: Tx, account_id: int) -> None:
    """Lists stand in a cache of their own; the members of exclusive ones stand with the owner's relations."""
    tx.touch(Kind.LISTS, account_id)
    tx.touch(Kind.RELATIONS, account_id)
