"""Every statement that writes endorsements."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id


async def lock_owner(tx: Tx, account_id: int) -> None:
    """Wait until nobody else changes whom this member endorses, so that the cap holds."""
    await tx.execute("select 1 from users where account_id = $1 for no key update", account_id)


async def insert_endorsement(tx: Tx, account_id: int, target_id: int, now: Instant) -> bool:
    """Endorse, where the account is followed; whether it is. Twice is once."""
    followed: bool = await tx.fetchval(
        "select exists (select 1 from follows where follower_id = $1 and followed_id = $2)",
        account_id,
        target_id,
    )
    if followed:
        await tx.execute(
            "insert into endorsements (id, account_id, target_id) values ($1, $2, $3) on conflict do nothing",
            new_id(now), account_id, target_id,
        )  # fmt: skip
    return followed


async def count_endorsements(tx: Tx, account_id: int) -> int:
    """How many the member endorses."""
    count: int = await tx.fetchval("select count(*) from endorsements where account_id = $1", account_id)
    return count


async def delete_endorsement(tx: Tx, account_id: int, target_id: int) -> None:
    """Endorse no longer; one that is not endorsed is as good."""
    await tx.execute(
        "delete from endorsements where account_id = $1 and target_id = $2", account_id, target_id
    )


async def delete_unfollowed(tx: Tx, account_id: int, target_id: int) -> None:
    """Take an endorsement back, unless the account is followed again."""
    await tx.execute(
        "delete from endorsements where account_id = $1 and target_id = $2 and not exists"
        " (select 1 from follows where follower_id = $1 and followed_id = $2)",
        account_id, target_id,
    )  # fmt: skip
