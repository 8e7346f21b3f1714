"""A bucket in this process that answers as slowly as one across a continent: `holdfast bench mirror` ships to it.

As much of S3 as the shipper speaks: create-only PUT, GET, HEAD, the first page of a listing. Nothing is kept on a disk; what is measured is
the waiting.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

_LINE: Final = b"\r\n\r\n"
_DATE: Final = "%a, %d %b %Y %H:%M:%S GMT"


class SlowBucket:
    """Objects in memory behind HTTP. put_seconds: how long each write takes."""

    def __init__(self, put_seconds: float) -> None:
        self._put_seconds = put_seconds
        self._objects: dict[str, bytes] = {}
        self.port = 0
        self.puts = 0

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        """Answer until `stop` is set."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, limit=1 << 20)
        self.port = int(server.sockets[0].getsockname()[1])
        ready.set()
        async with server:
            await stop.wait()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(_LINE):
                first, *lines = head.decode("latin-1").split("\r\n")
                method, target, _ = first.split(" ", 2)
                fields = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
                }
                body = await reader.readexactly(int(fields.get("content-length", "0")))
                writer.write(await self._answer(method, target, fields, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, method: str, target: str, fields: dict[str, str], body: bytes) -> bytes:
        parts = urlsplit(target)
        name = unquote(parts.path).lstrip("/").partition("/")[2]
        if method == "PUT":
            await asyncio.sleep(self._put_seconds)
            self.puts += 1
            if "if-none-match" in fields and name in self._objects:
                return _response("412 Precondition Failed", b"")
            self._objects[name] = body
            return _response("200 OK", b"")
        if method == "GET" and not name:
            return _response("200 OK", self._listing(parse_qs(parts.query).get("prefix", [""])[0]))
        found = self._objects.get(name)
        if found is None:
            return _response("404 Not Found", b"<Error><Code>NoSuchKey</Code></Error>")
        return _response("200 OK", found, head=method == "HEAD")

    def _listing(self, prefix: str) -> bytes:
        at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        rows = "".join(
            f"<Contents><Key>{escape(name)}</Key><Size>{len(data)}</Size><LastModified>{at}</LastModified></Contents>"
            for name, data in sorted(self._objects.items())
            if name.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode()


@contextmanager
def slow_buckets(count: int, put_seconds: float) -> Iterator[list[SlowBucket]]:
    """So many buckets, each on a port of its own, in a thread of their own."""
    buckets = [SlowBucket(put_seconds) for _ in range(count)]
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    events = [threading.Event() for _ in buckets]

    async def serve() -> None:
        await asyncio.gather(*(one.serve(ready, stop) for one, ready in zip(buckets, events, strict=True)))

    def run() -> None:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:  # ends what is still connected, too
            runner.run(serve())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    for ready in events:
        ready.wait()
    try:
        yield buckets
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(5)


def _response(status: str, body: bytes, *, head: bool = False) -> bytes:
    date = datetime.now(UTC).strftime(_DATE)
    lines = (
        f'HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nETag: "1"\r\nLast-Modified: {date}\r\nDate: {date}\r\n'
        "Content-Type: application/xml\r\n\r\n"
    )
    return lines.encode() + (b"" if head else body)
