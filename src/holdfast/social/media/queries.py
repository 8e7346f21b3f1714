"""Reads of uploads. Whoever sees a post sees its uploads, by `load_posts`; here is what their owner asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ...platform.db import Reader, Row
from ..accounts import SHOWN_STATES
from .errors import MediaNotVisible
from .model import MediaView, OwnMedia, Purpose, hash_facts

_VIEW_SQL = """
select m.id, m.post_id, m.scheduled_id, m.problem, m.source_sha256, m.pdq,
       jsonb_build_array(m.id, m.kind, m.state, m.description, m.focus, m.meta, m.blurhash,
         (select name from media_files f where f.media_id = m.id and f.role = 0),
         (select name from media_files f where f.media_id = m.id and f.role = 1))::text as view
from media m
"""
_OWN_SQL = (
    _VIEW_SQL
    + " where m.id = any($1::bigint[]) and m.account_id = $2 and m.purpose = 0 and m.kept_since is null"
)
_SCHEDULED_SQL = _VIEW_SQL + " where m.scheduled_id = any($1::bigint[]) order by m.position, m.id"
_ANY_SQL = _VIEW_SQL + " where m.id = any($1::bigint[])"

_views = msgspec.json.Decoder(MediaView)
views_of = msgspec.json.Decoder(list[MediaView]).decode
"""Reads the JSON that `load_posts` makes of a post's uploads."""


async def own_media(reader: Reader, account_id: int, ids: list[int]) -> dict[int, OwnMedia]:
    """Those of these uploads that are the account's attachments, by id."""
    rows = await reader.fetch(_OWN_SQL, ids, account_id) if ids else []
    return {row["id"]: _own(row) for row in rows}


async def one_own_media(reader: Reader, account_id: int, media_id: int) -> OwnMedia:
    """One; raises MediaNotVisible when the account has no such upload."""
    found = await own_media(reader, account_id, [media_id])
    if media_id not in found:
        raise MediaNotVisible
    return found[media_id]


async def media_views(reader: Reader, ids: list[int]) -> dict[int, MediaView]:
    """What uploads look like, whoever has them: for versions of a post that the viewer sees."""
    rows = await reader.fetch(_ANY_SQL, ids) if ids else []
    return {row["id"]: _views.decode(row["view"]) for row in rows}


async def scheduled_media(reader: Reader, scheduled_ids: list[int]) -> dict[int, list[MediaView]]:
    """What posts that wait for their time will have, by the id of that post."""
    found: dict[int, list[MediaView]] = {}
    for row in await reader.fetch(_SCHEDULED_SQL, scheduled_ids) if scheduled_ids else []:
        found.setdefault(row["scheduled_id"], []).append(_views.decode(row["view"]))
    return found


def _own(row: Row) -> OwnMedia:
    return OwnMedia(
        _views.decode(row["view"]),
        row["post_id"],
        row["scheduled_id"],
        row["problem"],
        hash_facts(row["source_sha256"], row["pdq"]),
    )


async def hashes_of(reader: Reader, media_ids: Sequence[int]) -> dict[int, list[str]]:
    """How these uploads are named in banks and bars."""
    rows = await reader.fetch(
        "select id, source_sha256, pdq from media where id = any($1::bigint[])", list(media_ids)
    )
    return {row["id"]: list(hash_facts(row["source_sha256"], row["pdq"])) for row in rows}


class ServedFile(msgspec.Struct, frozen=True):
    """A file as it is served."""

    hash: bytes
    content_type: str
    size_bytes: int


# A file is there for as long as what it belongs to: not when its post was deleted or withdrawn, not when its account is
# no longer shown. Fresh uploads are there too, so that their owner sees them before the post.
_SERVED_SQL = """
select f.hash, f.content_type, f.size_bytes
from media_files f join media m on m.id = f.media_id join accounts a on a.id = m.account_id
left join posts p on p.id = m.post_id
where f.name = $1 and a.state = any($2::smallint[]) and m.kept_since is null
  and case when m.post_id is null then m.purpose <> 0 or m.loose_since is not null or m.scheduled_id is not null
           else p.state < 2 end
"""
_SHOWN = [state.value for state in SHOWN_STATES]


async def file_named(reader: Reader, name: str) -> ServedFile:
    """The file of a name that was given out; raises MediaNotVisible."""
    row = await reader.fetchrow(_SERVED_SQL, name, _SHOWN)
    if row is None:
        raise MediaNotVisible
    return ServedFile(**dict(row))


async def used_bytes(reader: Reader, account_id: int) -> int:
    """What the uploads of an account take."""
    return int(
        await reader.fetchval(
            "select coalesce(sum(size_bytes), 0)::bigint from media where account_id = $1 and kept_since is null",
            account_id,
        )
    )


class Waiting(msgspec.Struct, frozen=True):
    """An upload whose processing is due."""

    id: int
    account_id: int
    source_hash: bytes


async def waiting_media(reader: Reader, media_id: int) -> Waiting | None:
    """What is to be processed; None when it is done, or gone."""
    row: Any = await reader.fetchrow(
        "select id, account_id, source_hash from media where id = $1 and state = 0 and source_hash is not null",
        media_id,
    )
    return None if row is None else Waiting(**dict(row))


async def stored_files(reader: Reader) -> list[tuple[bytes, int]]:
    """Every file that is in the blob store or about to be: its SHA-256 and its size in bytes."""
    rows = await reader.fetch("select hash, size_bytes from blobs order by hash")
    return [(row[0], row[1]) for row in rows]


async def still_waiting(reader: Reader, ids: list[int]) -> list[int]:
    """Those of these uploads that were never finished."""
    rows = (
        await reader.fetch("select id from media where id = any($1::bigint[]) and state = 0", ids)
        if ids
        else []
    )
    return [row[0] for row in rows]


async def picture_of(reader: Reader, account_id: int, purpose: Purpose) -> int | None:
    """The upload that is an account's avatar or header."""
    found: int | None = await reader.fetchval(
        "select id from media where account_id = $1 and purpose = $2 and kept_since is null",
        account_id,
        purpose.value,
    )
    return found
