"""Uploaded files, as they are shown: whole or in ranges, from a path of this server's own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from ...social.cards import image_named
from ...social.emojis import emoji_file
from ...social.media import SERVED_TYPES, MediaNotVisible, ServedFile, file_named
from ..answers import Answer, AnyAnswer, FileAnswer, Header
from ..call import Call
from ..routes import Access, Limit, RouteTable

routes = RouteTable()

# A name never stands for other content, so whoever has it may keep it. Nothing in a file can do anything in a browser,
# whatever it holds: it is no page, runs nothing, and is no part of this site.
_ALWAYS: list[Header] = [
    (b"cache-control", b"public, max-age=31536000, immutable"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
    (b"accept-ranges", b"bytes"),
]
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@routes.get("/media/{file}", Access.anyone(), limit=Limit.NONE)
async def file(call: Call) -> AnyAnswer:
    """A file under the name it was given out by, for as long as the post or profile that shows it is there."""
    name = call.segment("file")
    found = await _named(call, name)
    shown = found.content_type in SERVED_TYPES
    content_type = found.content_type if shown else "application/octet-stream"
    etag = f'"{found.hash.hex()[:32]}"'
    disposition = f'{"inline" if shown else "attachment"}; filename="{name}"'
    headers = [
        *_ALWAYS,
        (b"etag", etag.encode()),
        (b"content-disposition", disposition.encode("latin-1", "replace")),
    ]
    if etag in call.header(b"if-none-match"):
        return Answer(304, b"", content_type.encode(), headers)
    bounds = _wanted(call, found, etag)
    if bounds is None:
        unsatisfied = (b"content-range", f"bytes */{found.size_bytes}".encode())
        return Answer(416, b"", content_type.encode(), [*headers, unsatisfied])
    start, end = bounds
    partial = (start, end) != (0, found.size_bytes)
    if partial:
        headers.append((b"content-range", f"bytes {start}-{end - 1}/{found.size_bytes}".encode()))
    chunks = call.services.media.blobs.stream(found.hash, start, end)
    if call.method != "HEAD":
        chunks = await _begun(chunks)
    return FileAnswer(206 if partial else 200, chunks, end - start, content_type.encode(), headers)


async def _named(call: Call, name: str) -> ServedFile:
    """An upload, the picture of a card, or a custom emoji. Raises MediaNotVisible."""
    try:
        return await file_named(call.services.database, name)
    except MediaNotVisible:
        picture = await image_named(call.services.database, name)
        if picture is None:
            emoji = await emoji_file(call.services.database, name)
            if emoji is None:
                raise
            return emoji
    return ServedFile(picture.hash, picture.content_type, picture.size_bytes)


def _wanted(call: Call, found: ServedFile, etag: str) -> tuple[int, int] | None:
    """First byte and the one after the last; None: outside of the file. What is no range asks for everything."""
    size = found.size_bytes
    condition = call.header(b"if-range")
    match = _RANGE.fullmatch(call.header(b"range").strip())
    if match is None or (condition and condition != etag) or match[0] == "bytes=-":
        return 0, size
    first, last = match[1][:19], match[2][:19]
    if not first:
        length = int(last)
        return (max(0, size - length), size) if length and size else None
    start, end = int(first), min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None


async def _begun(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, with the first one at hand: a file that is not there is found out before the answer begins."""
    first = await anext(chunks, b"")

    async def all_of_them() -> AsyncIterator[bytes]:
        yield first
        async for chunk in chunks:
            yield chunk

    return all_of_them()
