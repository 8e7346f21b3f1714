"""Every statement that writes followed and featured hashtags."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind


async def lock_owner(tx: Tx, account_id: int) -> None:
    """Wait until nobody else changes what this member follows or features, so that the caps hold."""
    await tx.execute("select 1 from users where account_id = $1 for no key update", account_id)


async def ensure_tag(tx: Tx, key: str, written: str, now: Instant) -> int:
    """The id of a hashtag, which may be one that nobody has used yet."""
    await tx.execute(
        "insert into tags (id, name, display, created_at) select $1, $2, $3, $4"
        " where not exists (select 1 from tags where name = $2) on conflict (name) do nothing",
        new_id(now), key, written, now,
    )  # fmt: skip
    tag_id: int = await tx.fetchval("select id from tags where name = $1", key)
    return tag_id


async def insert_follow(tx: Tx, account_id: int, tag_id: int, now: Instant) -> None:
    """Follow; twice is once."""
    await tx.execute(
        "insert into tag_follows (id, account_id, tag_id) values ($1, $2, $3) on conflict do nothing",
        new_id(now), account_id, tag_id,
    )  # fmt: skip
    tx.touch(Kind.RELATIONS, account_id)


async def delete_follow(tx: Tx, account_id: int, key: str) -> None:
    """Follow no longer; one that is not followed is as good."""
    await tx.execute(
        "delete from tag_follows f using tags t where t.id = f.tag_id and f.account_id = $1 and t.name = $2",
        account_id, key,
    )  # fmt: skip
    tx.touch(Kind.RELATIONS, account_id)


async def count_follows(tx: Tx, account_id: int) -> int:
    """How many the member follows."""
    count: int = await tx.fetchval("select count(*) from tag_follows where account_id = $1", account_id)
    return count


async def insert_featured(tx: Tx, account_id: int, tag_id: int, now: Instant) -> None:
    """Feature; twice is once."""
    await tx.execute(
        "insert into featured_tags (id, account_id, tag_id) values ($1, $2, $3) on conflict do nothing",
        new_id(now), account_id, tag_id,
    )  # fmt: skip


async def delete_featured(tx: Tx, account_id: int, featured_id: int | None, key: str | None) -> bool:
    """Feature no longer, named by its id or by its key; whether it was."""
    return (
        await tx.execute(
            "delete from featured_tags f using tags t where t.id = f.tag_id and f.account_id = $1"
            " and (f.id = $2 or t.name = $3)",
            account_id, featured_id, key,
        )
        > 0
    )  # fmt: skip


async def count_featured(tx: Tx, account_id: int) -> int:
    """How many stand on the profile."""
    count: int = await tx.fetchval("select count(*) from featured_tags where account_id = $1", account_id)
    return count
