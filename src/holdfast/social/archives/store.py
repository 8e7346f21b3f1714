"""Every statement that writes archives and imports of them."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx


async def last_archive_at(tx: Tx, account_id: int) -> Instant | None:
    """When the member last asked for an archive that did not fail; the next asking waits for this transaction."""
    await tx.execute("select 1 from users where account_id = $1 for update", account_id)
    last: Instant | None = await tx.fetchval(
        "select max(requested_at) from archives where account_id = $1 and failed_at is null", account_id
    )
    return last


async def insert_archive(tx: Tx, archive_id: int, account_id: int, now: Instant) -> None:
    """An archive that is to be made."""
    await tx.execute(
        "insert into archives (id, account_id, requested_at) values ($1, $2, $3)", archive_id, account_id, now
    )


async def set_ready(
    tx: Tx, archive_id: int, digest: bytes, *, size_bytes: int, posts: int, now: Instant
) -> None:
    """It is made, and lies in the blob store."""
    await tx.execute(
        "update archives set ready_at = $2, hash = $3, size_bytes = $4, posts = $5 where id = $1",
        archive_id, now, digest, size_bytes, posts,
    )  # fmt: skip


async def forget_archives(tx: Tx, before: Instant) -> int:
    """Drop archives from before an instant, but those of accounts that a legal hold keeps; how many. The blob store is
    swept of their files."""
    return await tx.execute(
        "delete from archives a where a.requested_at < $1"
        " and not exists (select 1 from accounts_on_hold h where h.account_id = a.account_id)",
        before,
    )


async def has_unfinished_archive_import(tx: Tx, account_id: int) -> bool:
    """Whether one of the member's is still under way; the next asking waits for this transaction."""
    await tx.execute("select 1 from users where account_id = $1 for update", account_id)
    return bool(
        await tx.fetchval(
            "select exists (select 1 from archive_imports where account_id = $1 and finished_at is null)",
            account_id,
        )
    )


async def insert_archive_import(
    tx: Tx, import_id: int, account_id: int, digest: bytes, *, private: bool, now: Instant
) -> None:
    """An import of an uploaded archive."""
    await tx.execute(
        "insert into archive_imports (id, account_id, private, hash, requested_at) values ($1, $2, $3, $4, $5)",
        import_id, account_id, private, digest, now,
    )  # fmt: skip


async def finish_archive_import(
    tx: Tx, import_id: int, *, imported: int, already: int, skipped: int, problem: str | None, now: Instant
) -> None:  # fmt: skip
    """What came of it; the file is let go of."""
    await tx.execute(
        "update archive_imports set finished_at = $2, imported = $3, already = $4, skipped = $5, problem = $6, hash = null"
        " where id = $1",
        import_id, now, imported, already, skipped, problem,
    )  # fmt: skip
