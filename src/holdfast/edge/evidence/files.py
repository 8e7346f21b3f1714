"""The log as static files (C2SP tlog-tiles) below /.well-known/holdfast/evidence/<log>.

Tiles come from the data folder where a worker of this machine has written them, else from the database, which has all of
them; either way the same bytes for ever, so that anything in between may keep them. Only what a checkpoint covers is
served.
"""

from __future__ import annotations

import gzip
from hashlib import sha256

from ...pure.errors import NotFound
from ...pure.evidence import TILE_WIDTH, MalformedTile, Tile, parse_tile_path
from ...records.ledger import latest_checkpoint, read_tile
from ...records.sequencing import LedgerFiles
from ..answers import Answer, Header
from ..call import Call
from ..routes import Access, Limit, RouteTable

routes = RouteTable()

PREFIX = "/.well-known/holdfast/evidence/{log}"
_TEXT = b"text/plain; charset=utf-8"
_BINARY = b"application/octet-stream"
_FOREVER: Header = (b"cache-control", b"public, max-age=31536000, immutable")
_MOMENTS: Header = (b"cache-control", b"public, max-age=5")
# Nine digits: as many logs as no server opens, and no number too large for the database.
_LOG_DIGITS = 9


@routes.get(f"{PREFIX}/checkpoint", Access.anyone(), limit=Limit.NONE)
async def checkpoint(call: Call) -> Answer:
    """What the log says of itself now, signed, with the cosignatures that there are."""
    found = await latest_checkpoint(call.services.database, number_of(call))
    if found is None:
        raise NotFound
    return _sent(call, found.whole_note, _TEXT, _MOMENTS)


@routes.get(f"{PREFIX}/tile/{{level}}/{{a}}", Access.anyone(), limit=Limit.NONE)
async def tile_1(call: Call) -> Answer:
    """A full tile or entry bundle among the first thousand."""
    return await _tile(call, "a")


@routes.get(f"{PREFIX}/tile/{{level}}/{{a}}/{{b}}", Access.anyone(), limit=Limit.NONE)
async def tile_2(call: Call) -> Answer:
    """A partial one of those, or a full one among the first million."""
    return await _tile(call, "a", "b")


@routes.get(f"{PREFIX}/tile/{{level}}/{{a}}/{{b}}/{{c}}", Access.anyone(), limit=Limit.NONE)
async def tile_3(call: Call) -> Answer:
    """A partial one of those, or a full one among the first billion: more leaves than this format will see here."""
    return await _tile(call, "a", "b", "c")


@routes.get(f"{PREFIX}/tile/{{level}}/{{a}}/{{b}}/{{c}}/{{d}}", Access.anyone(), limit=Limit.NONE)
async def tile_4(call: Call) -> Answer:
    """A partial one of those."""
    return await _tile(call, "a", "b", "c", "d")


def number_of(call: Call) -> int:
    """The log that a path names. Raises NotFound."""
    text = call.segment("log")
    if not (text.isascii() and text.isdigit()) or text.startswith("0") or len(text) > _LOG_DIGITS:
        raise NotFound
    return int(text)


async def _tile(call: Call, *names: str) -> Answer:
    log = number_of(call)
    path = "/".join(["tile", call.segment("level"), *(call.segment(name) for name in names)])
    try:
        tile = parse_tile_path(path)
    except MalformedTile:
        raise NotFound from None
    data = await _content(call, log, tile)
    if data is None:
        raise NotFound
    return _sent(call, data, _BINARY, _FOREVER, pack=tile.level is None)


async def _content(call: Call, log: int, tile: Tile) -> bytes | None:
    services = call.services
    signed = await latest_checkpoint(services.database, log)
    height = 8 * (tile.level or 0)
    if signed is None or (tile.index * TILE_WIDTH + tile.width) << height > signed.size:
        return None
    kept = await LedgerFiles(services.settings.data).tile(log, tile)
    return kept if kept is not None else await read_tile(services.database, log, tile)


def _sent(call: Call, content: bytes, content_type: bytes, cache: Header, *, pack: bool = False) -> Answer:
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = [cache, (b"etag", tag.encode())]
    if pack:
        headers.append((b"vary", b"Accept-Encoding"))
    if tag in call.header(b"if-none-match"):
        return Answer(304, b"", content_type, headers)
    if pack and "gzip" in call.header(b"accept-encoding"):
        return Answer(
            200, gzip.compress(content, 6, mtime=0), content_type, [*headers, (b"content-encoding", b"gzip")]
        )
    return Answer(200, content, content_type, headers)
