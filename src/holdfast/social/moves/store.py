"""Every statement that writes aliases and moves."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind


async def insert_alias(tx: Tx, account_id: int, handle: str, now: Instant, *, most: int) -> bool:
    """Whether there is room for it; one that is there already has."""
    await tx.execute("select 1 from accounts where id = $1 for update", account_id)
    await tx.execute(
        "insert into account_aliases (account_id, handle, created_at) select $1, $2, $3"
        " where (select count(*) from account_aliases where account_id = $1) < $4 on conflict do nothing",
        account_id, handle, now, most,
    )  # fmt: skip
    return bool(
        await tx.fetchval(
            "select exists (select 1 from account_aliases where account_id = $1 and handle = $2)",
            account_id,
            handle,
        )
    )


async def delete_alias(tx: Tx, account_id: int, handle: str) -> bool:
    """Whether it was there."""
    return (
        await tx.execute(
            "delete from account_aliases where account_id = $1 and handle = $2", account_id, handle
        )
        > 0
    )


async def set_moved(tx: Tx, account_id: int, target_id: int, now: Instant) -> None:
    """Point to another account."""
    await tx.execute(
        "update accounts set moved_to_id = $2, moved_at = $3 where id = $1", account_id, target_id, now
    )
    tx.touch(Kind.ACCOUNT, account_id)


async def unset_moved(tx: Tx, account_id: int) -> bool:
    """Point nowhere; whether it did. When it moved stays known, so that nobody moves to and fro."""
    changed = await tx.execute(
        "update accounts set moved_to_id = null where id = $1 and moved_to_id is not null", account_id
    )
    tx.touch(Kind.ACCOUNT, account_id)
    return changed > 0


async def copy_mutes(tx: Tx, account_id: int, target_id: int, now: Instant) -> None:
    """Whoever muted the one mutes the other."""
    rows = await tx.fetch(
        "select account_id from mutes where target_id = $1 and account_id <> $2", account_id, target_id
    )
    muters = [row[0] for row in rows]
    await tx.execute(
        "insert into mutes (id, account_id, target_id, hide_notifications, expires_at)"
        " select w.id, m.account_id, $2, m.hide_notifications, m.expires_at from unnest($3::bigint[], $4::bigint[])"
        "  as w (id, account_id) join mutes m on m.account_id = w.account_id and m.target_id = $1"
        " on conflict (account_id, target_id) do nothing",
        account_id, target_id, [new_id(now) for _ in muters], muters,
    )  # fmt: skip
    for muter in muters:
        tx.touch(Kind.RELATIONS, muter)


async def blockers(tx: Tx, account_id: int, target_id: int, *, limit: int) -> list[int]:
    """Accounts that block the one and not yet the other."""
    rows = await tx.fetch(
        "select b.account_id from blocks b where b.target_id = $1 and b.account_id <> $2 and not exists ("
        " select 1 from blocks o where o.account_id = b.account_id and o.target_id = $2) order by 1 limit $3",
        account_id, target_id, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


async def followers(
    tx: Tx, account_id: int, *, after: int, limit: int
) -> list[tuple[int, bool, bool, list[str] | None]]:
    """Followers in the order of their accounts: (account, show boosts, notify, languages)."""
    rows = await tx.fetch(
        "select follower_id, show_boosts, notify, languages from follows where followed_id = $1 and follower_id > $2"
        " order by follower_id limit $3",
        account_id, after, limit,
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3]) for row in rows]
