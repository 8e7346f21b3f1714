"""Every statement that writes announcements and what people answered."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from .model import NewAnnouncement


async def insert(tx: Tx, new: NewAnnouncement, *, published_at: Instant | None, now: Instant) -> int:
    """Add a row; its id."""
    announcement_id = new_id(now)
    await tx.execute(
        "insert into announcements (id, text, starts_at, ends_at, all_day, publish_at, published_at, updated_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        announcement_id, new.text, new.starts_at, new.ends_at, new.all_day, new.publish_at, published_at, now,
    )  # fmt: skip
    return announcement_id


async def delete(tx: Tx, announcement_id: int) -> bool:
    """Whether there was one."""
    return await tx.execute("delete from announcements where id = $1", announcement_id) > 0


async def publish_due(tx: Tx, now: Instant) -> list[int]:
    """Publish what waited for a time that has come, and is not over; which."""
    rows = await tx.fetch(
        "update announcements set published_at = $1, updated_at = $1 where published_at is null and publish_at <= $1"
        " and (ends_at is null or ends_at > $1) returning id",
        now,
    )
    return [row[0] for row in rows]


async def end_over(tx: Tx, now: Instant) -> list[int]:
    """Note which published ones are over; each is answered once."""
    rows = await tx.fetch(
        "update announcements set ended_at = $1 where published_at is not null and ended_at is null and ends_at <= $1"
        " returning id",
        now,
    )
    return [row[0] for row in rows]


async def insert_read(tx: Tx, announcement_id: int, account_id: int) -> None:
    """Put away; twice is once."""
    await tx.execute(
        "insert into announcement_reads (announcement_id, account_id) values ($1, $2) on conflict do nothing",
        announcement_id, account_id,
    )  # fmt: skip


async def lock(tx: Tx, announcement_id: int) -> None:
    """Wait until nobody else reacts to it, so that the cap holds."""
    await tx.execute("select 1 from announcements where id = $1 for no key update", announcement_id)


async def is_custom_emoji(tx: Tx, shortcode: str) -> bool:
    """Whether this server has such an emoji."""
    found: bool = await tx.fetchval(
        "select exists (select 1 from custom_emojis where shortcode = $1 and visible)", shortcode
    )
    return found


async def insert_reaction(tx: Tx, announcement_id: int, account_id: int, name: str, now: Instant) -> int:
    """Add a reaction; the id of its emoji."""
    await tx.execute(
        "insert into announcement_emoji (id, announcement_id, name) values ($1, $2, $3) on conflict do nothing",
        new_id(now), announcement_id, name,
    )  # fmt: skip
    emoji_id: int = await tx.fetchval(
        "insert into announcement_reactions (emoji_id, account_id)"
        " select id, $3 from announcement_emoji where announcement_id = $1 and name = $2"
        " on conflict (emoji_id, account_id) do update set account_id = excluded.account_id returning emoji_id",
        announcement_id, name, account_id,
    )  # fmt: skip
    return emoji_id


async def delete_reaction(tx: Tx, emoji_id: int, account_id: int) -> None:
    """Take it back."""
    await tx.execute(
        "delete from announcement_reactions where emoji_id = $1 and account_id = $2", emoji_id, account_id
    )
