"""Every statement that writes witnesses."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Trouble


async def insert_witness(
    tx: Tx, name: str, vkey: str, url: str, *, by_setting: bool, now: Instant
) -> bool:  # fmt: skip
    """A new one; False where its name or key is taken."""
    return (
        await tx.execute(
            "insert into ledger_witnesses (name, vkey, url, by_setting, added_at) values ($1, $2, $3, $4, $5)"
            " on conflict do nothing",
            name, vkey, url, by_setting, now,
        )
        > 0
    )  # fmt: skip


async def delete_witness(tx: Tx, name: str) -> bool:
    """Whether it was there. What it signed stays with the checkpoints."""
    return await tx.execute("delete from ledger_witnesses where name = $1", name) > 0


async def set_address(tx: Tx, name: str, url: str) -> None:
    """It moved."""
    await tx.execute("update ledger_witnesses set url = $2 where name = $1 and url <> $2", name, url)


async def set_asked(tx: Tx, name: str, now: Instant) -> None:
    """It is being asked."""
    await tx.execute("update ledger_witnesses set asked_at = $2 where name = $1", name, now)


async def set_cosigned(tx: Tx, name: str, origin: str, size: int, at: Instant) -> None:
    """It cosigned; whatever was the matter is over."""
    await tx.execute(
        "update ledger_witnesses set seen_origin = $2, seen_size = $3, seen_at = $4,"
        " trouble = null, trouble_text = null, trouble_since = null"
        " where name = $1 and (seen_origin is distinct from $2 or seen_size <= $3)",
        name, origin, size, at,
    )  # fmt: skip


async def set_trouble(tx: Tx, name: str, trouble: Trouble, text: str, now: Instant) -> bool:
    """It did not cosign; whether that is new."""
    row = await tx.fetchrow(
        "update ledger_witnesses w set trouble = $2, trouble_text = left($3, 500),"
        " trouble_since = case when w.trouble is distinct from $2 then $4 else w.trouble_since end"
        " from ledger_witnesses old where w.name = $1 and old.name = w.name"
        " returning old.trouble is distinct from $2 as new",
        name, trouble.value, text, now,
    )  # fmt: skip
    return bool(row and row["new"])
