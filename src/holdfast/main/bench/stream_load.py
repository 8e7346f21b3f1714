"""Followers of streams, and who posts: `python -m holdfast.main.bench.stream_load`, a process of its own.

Reads one `StreamPlan` as JSON in one line, opens every stream, writes the line `open`, waits for another line, posts at
its pace and writes one `StreamResult`. Posts carry numbers; a delivery is a number that is seen in a stream.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import resource
import sys
import time
from typing import cast

import msgspec

from holdfast.main.bench.load import Connection, numbered
from holdfast.main.bench.model import percentile

_NUMBER = re.compile(rb"Bench post (\d{17})")
_LONGEST = 28  # what of a chunk may be the beginning of a number that goes on in the next
_OPENING_AT_ONCE = 64
_POSTING_CONNECTIONS = 4
_LATE_SECONDS = 10.0
_OPEN_SECONDS = 120.0


class StreamPlan(msgspec.Struct):
    """What to do. `streams` are requests that open one each; `posts` are sent in turns; `expected` is how many deliveries."""

    port: int
    streams: list[bytes]
    posts: list[bytes]
    posts_per_second: float
    seconds: float
    expected: list[int]
    """For each of `posts`, in how many streams it belongs."""


class StreamResult(msgspec.Struct, frozen=True):
    """What was seen. Latencies in milliseconds, from the sending of the post to its arrival in a stream."""

    streams: int
    posts: int
    posts_per_second: float
    deliveries: int
    expected: int
    p50_ms: float
    p99_ms: float
    longest_ms: float
    received_mb: float
    closed: int
    errors: int
    first_error: str
    cpu_seconds: float


class _Tally:
    def __init__(self) -> None:
        self.sent_at: dict[bytes, float] = {}
        self.latencies: list[float] = []
        self.bytes = 0
        self.closed = 0
        self.opened = 0
        self.first_error = ""


class _Stream(asyncio.Protocol):
    """One stream that stays open; it answers nothing, since the server asks nothing of it."""

    def __init__(self, tally: _Tally, request: bytes) -> None:
        self._tally = tally
        self._request = request
        self._tail = b""
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        cast(asyncio.Transport, transport).write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server closed it."""
        self._tally.closed += 1
        if not self.begun.done():
            self.begun.set_exception(
                exc or ConnectionResetError("the server closed a stream that was opening")
            )

    def data_received(self, data: bytes) -> None:
        """Events, or the beginning of the answer."""
        now = time.perf_counter()
        tally = self._tally
        tally.bytes += len(data)
        if not self.begun.done():
            if not data.startswith((b"HTTP/1.1 101", b"HTTP/1.1 200")):
                self.begun.set_exception(ConnectionError(data[:200].decode("latin-1")))
                return
            self.begun.set_result(None)
        data = self._tail + data
        end = 0
        for found in _NUMBER.finditer(data):
            end = found.end()
            sent = tally.sent_at.get(found[1])
            if sent is not None:
                tally.latencies.append(now - sent)
        self._tail = data[max(end, len(data) - _LONGEST) :]


async def _open_all(plan: StreamPlan, tally: _Tally) -> None:
    gate = asyncio.Semaphore(_OPENING_AT_ONCE)
    loop = asyncio.get_running_loop()

    async def one(request: bytes) -> None:
        async with gate:
            _, stream = await loop.create_connection(lambda: _Stream(tally, request), "127.0.0.1", plan.port)
            await stream.begun
            tally.opened += 1

    async with asyncio.timeout(_OPEN_SECONDS):
        await asyncio.gather(*(one(request) for request in plan.streams))


async def _post_all(plan: StreamPlan, tally: _Tally) -> tuple[int, int, int]:
    """Posts, deliveries to be expected, and posts that were refused."""
    loop = asyncio.get_running_loop()
    connections = [
        (await loop.create_connection(Connection, "127.0.0.1", plan.port))[1]
        for _ in range(_POSTING_CONNECTIONS)
    ]
    numbers = itertools.count(1)
    due = began = time.perf_counter()
    posts = expected = errors = 0
    turns = itertools.cycle(zip(plan.posts, plan.expected, strict=True))

    async def drive(connection: Connection) -> None:
        nonlocal due, posts, expected, errors
        while due < began + plan.seconds:
            mine, due = due, due + 1 / plan.posts_per_second
            await asyncio.sleep(max(0.0, mine - time.perf_counter()))
            request, belongs = next(turns)
            body = numbered(request, numbers)
            number = _NUMBER.search(body)
            if number is not None:
                tally.sent_at[number[1]] = time.perf_counter()
            answer = await connection.ask(body)
            if answer.startswith(b"HTTP/1.1 200"):
                posts, expected = posts + 1, expected + belongs
            else:
                errors += 1
                tally.first_error = tally.first_error or answer[:300].decode("latin-1")

    await asyncio.gather(*(drive(connection) for connection in connections))
    for connection in connections:
        connection.close()
    return posts, expected, errors


async def run_streams(plan: StreamPlan) -> StreamResult:
    """Open, wait for the word, post, and count."""
    tally = _Tally()
    loop = asyncio.get_running_loop()
    await _open_all(plan, tally)
    sys.stdout.write("open\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.buffer.readline)
    began = time.perf_counter()
    posts, expected, errors = await _post_all(plan, tally)
    seconds = time.perf_counter() - began
    late = time.perf_counter() + _LATE_SECONDS
    while len(tally.latencies) < expected and time.perf_counter() < late:  # noqa: ASYNC110 - counted, not signalled
        await asyncio.sleep(0.05)
    ordered = sorted(tally.latencies)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return StreamResult(
        streams=tally.opened,
        posts=posts,
        posts_per_second=posts / seconds,
        deliveries=len(ordered),
        expected=expected,
        p50_ms=percentile(ordered, 0.5) * 1000,
        p99_ms=percentile(ordered, 0.99) * 1000,
        longest_ms=(ordered[-1] if ordered else 0.0) * 1000,
        received_mb=tally.bytes / 2**20,
        closed=tally.closed,
        errors=errors,
        first_error=tally.first_error,
        cpu_seconds=used.ru_utime + used.ru_stime,
    )


def main() -> int:
    """The benchmark's child."""
    import uvloop

    from holdfast.main.descriptors import allow_descriptors

    plan = msgspec.json.decode(sys.stdin.buffer.readline(), type=StreamPlan)
    allow_descriptors(len(plan.streams) + 100)
    result = uvloop.run(run_streams(plan))
    sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
