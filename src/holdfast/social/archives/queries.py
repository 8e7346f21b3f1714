"""Reads for archives: which there are, and what goes into one."""

from __future__ import annotations

from ...platform.db import Reader
from .errors import ArchiveNotThere
from .model import Archive, ArchiveImport, WaitingImport


async def archives(reader: Reader, account_id: int, *, limit: int = 5) -> list[Archive]:
    """A member's archives, the newest first."""
    rows = await reader.fetch(
        "select id, requested_at, ready_at, failed_at, size_bytes, posts, hash from archives where account_id = $1"
        " order by id desc limit $2",
        account_id, limit,
    )  # fmt: skip
    return [Archive(**dict(row)) for row in rows]


async def ready_archive(reader: Reader, account_id: int, archive_id: int) -> Archive:
    """One that can be downloaded; raises ArchiveNotThere."""
    for archive in await archives(reader, account_id):
        if archive.id == archive_id and archive.ready_at is not None:
            return archive
    raise ArchiveNotThere


async def archive_imports(reader: Reader, account_id: int, *, limit: int = 5) -> list[ArchiveImport]:
    """A member's imports of posts, the newest first."""
    rows = await reader.fetch(
        "select id, private, requested_at, finished_at, imported, already, skipped, problem from archive_imports"
        " where account_id = $1 order by id desc limit $2",
        account_id, limit,
    )  # fmt: skip
    return [ArchiveImport(**dict(row)) for row in rows]


async def archive_owner(reader: Reader, archive_id: int) -> int | None:
    """Whose archive is still to be made; None when it is made, failed, or gone."""
    found: int | None = await reader.fetchval(
        "select r.account_id from archives r join accounts a on a.id = r.account_id"
        " where r.id = $1 and r.ready_at is null and r.failed_at is null and a.state in (0, 2)",
        archive_id,
    )
    return found


async def archived_posts(reader: Reader, account_id: int, after: int, *, limit: int) -> list[int]:
    """The member's own posts and boosts above an id, the oldest first."""
    rows = await reader.fetch(
        "select id from posts where account_id = $1 and id > $2 order by id limit $3",
        account_id,
        after,
        limit,
    )
    return [row[0] for row in rows]


async def kept_addresses(
    reader: Reader, kind: str, account_id: int, after: int, *, limit: int
) -> list[tuple[int, str, int]]:
    """Posts that the member favourited ("likes") or bookmarked, in that order: (relation id, name of the author, post)."""
    rows = await reader.fetch(_KEPT[kind], account_id, after, limit)
    return [(row["id"], row["acct"], row["post_id"]) for row in rows]


_KEPT = {
    "likes": "select k.id, k.post_id, a.username || coalesce('@' || a.domain, '') as acct from favourites k"
    " join posts p on p.id = k.post_id join accounts a on a.id = p.account_id"
    " where k.account_id = $1 and k.id > $2 and a.state in (0, 4) and p.state = 0 order by k.id limit $3",
    "bookmarks": "select k.id, k.post_id, a.username || coalesce('@' || a.domain, '') as acct from bookmarks k"
    " join posts p on p.id = k.post_id join accounts a on a.id = p.account_id"
    " where k.account_id = $1 and k.id > $2 and a.state in (0, 4) and p.state = 0 order by k.id limit $3",
}


async def waiting_import(reader: Reader, import_id: int) -> WaitingImport | None:
    """None when it is done, or its account is no longer active."""
    row = await reader.fetchrow(
        "select i.account_id, a.username, i.hash, i.private from archive_imports i join accounts a on a.id = i.account_id"
        " where i.id = $1 and i.finished_at is null and a.state = 0",
        import_id,
    )
    return WaitingImport(**dict(row)) if row else None


async def count_posts(reader: Reader, account_id: int) -> int:
    """Posts and boosts of a member, held ones included."""
    return int(await reader.fetchval("select count(*) from posts where account_id = $1", account_id))


async def author_name(reader: Reader, post_id: int) -> str | None:
    """The handle of the author of a post; None when it is gone."""
    found: str | None = await reader.fetchval(
        "select a.username || coalesce('@' || a.domain, '') from posts p join accounts a on a.id = p.account_id"
        " where p.id = $1",
        post_id,
    )
    return found
