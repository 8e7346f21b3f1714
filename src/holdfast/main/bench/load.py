"""The load generator: `python -m holdfast.main.bench.load`, a process of its own so that its CPU is counted apart.

Reads one `LoadPlan` as JSON from standard input, drives HTTP/1.1 connections that stay open, and writes one
`LoadResult` to standard output. Each connection sends its next request when the answer to the last one is complete.
"""

from __future__ import annotations

import asyncio
import itertools
import resource
import sys
import time
from collections.abc import Iterator
from typing import cast

import msgspec

from holdfast.main.bench.model import LoadResult, percentile

COUNTER = b"~counter~0000000~"
"""Where a request holds these bytes, each sending has a number of its own in their place."""

_HEADER_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class LoadPlan(msgspec.Struct):
    """What to send. `order` holds indices into `requests`; it ends the load when `once`, else it is repeated.

    `background` requests go out at their own pace on one more connection and are counted apart.
    """

    port: int
    requests: list[bytes]
    order: list[int]
    connections: int
    seconds: float
    once: bool = False
    first_number: int = 0
    background: list[bytes] = []
    background_per_second: float = 0.0


class Connection(asyncio.Protocol):
    """One connection; `ask` sends a request and waits for the whole answer."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[bytes] | None = None
        self._received = b""
        self._needed = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        # uvloop's transports do not derive from asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The server closed it."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """A part of an answer."""
        self._received = received = self._received + data if self._received else data
        if self._needed < 0:
            end = received.find(_HEADER_END)
            if end < 0:
                return
            head = received[: end + 2].lower()
            at = head.find(_LENGTH)
            length = int(head[at + len(_LENGTH) : head.index(b"\r\n", at)]) if at >= 0 else 0
            self._needed = end + len(_HEADER_END) + length
        if len(received) >= self._needed and self._waiting is not None:
            self._received, self._needed = b"", -1
            waiting, self._waiting = self._waiting, None
            waiting.set_result(received)

    async def ask(self, request: bytes) -> bytes:
        """Send one request; the answer with its head."""
        if self._transport is None:
            raise ConnectionError("not connected")
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


class Tally:
    """What came back, and how long each took."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.errors = 0
        self.first_error = ""

    def note(self, answer: bytes, seconds: float) -> None:
        """One answer, which took so long."""
        self.latencies.append(seconds)
        if not answer.startswith(b"HTTP/1.1 200"):
            self.errors += 1
            self.first_error = self.first_error or answer[:300].decode("latin-1")

    def result(self, seconds: float, cpu_seconds: float) -> LoadResult:
        """What came back within so many seconds."""
        ordered = sorted(self.latencies)
        return LoadResult(
            requests=len(ordered),
            errors=self.errors,
            seconds=seconds,
            p50_ms=percentile(ordered, 0.5) * 1000,
            p95_ms=percentile(ordered, 0.95) * 1000,
            p99_ms=percentile(ordered, 0.99) * 1000,
            cpu_seconds=cpu_seconds,
            first_error=self.first_error,
        )


async def _drive(
    plan: LoadPlan, order: Iterator[int], numbers: Iterator[int], tally: Tally, until: float
) -> None:
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", plan.port)
    try:
        for index in order:
            began = time.perf_counter()
            if began >= until:
                break
            answer = await connection.ask(numbered(plan.requests[index], numbers))
            tally.note(answer, time.perf_counter() - began)
    finally:
        connection.close()


async def _drip(plan: LoadPlan, numbers: Iterator[int], tally: Tally, until: float) -> None:
    """The background requests: one every so often, whatever the others do."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", plan.port)
    due = time.perf_counter()
    try:
        for request in itertools.cycle(plan.background):
            due += 1 / plan.background_per_second
            if due >= until:
                break
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            answer = await connection.ask(numbered(request, numbers))
            tally.note(answer, time.perf_counter() - began)
    finally:
        connection.close()


def numbered(request: bytes, numbers: Iterator[int]) -> bytes:
    """The request with the next number where it asks for one; its length stays the same."""
    if COUNTER not in request:
        return request
    return request.replace(COUNTER, str(next(numbers)).zfill(len(COUNTER)).encode())


async def run_load(plan: LoadPlan) -> LoadResult:
    """Send until the time is over or, with `once`, the order is through."""
    main, background = Tally(), Tally()
    order = iter(plan.order) if plan.once else itertools.cycle(plan.order)
    numbers = itertools.count(plan.first_number)
    began = time.perf_counter()
    until = began + plan.seconds
    work = [_drive(plan, order, numbers, main, until) for _ in range(plan.connections)]
    if plan.background:
        work.append(_drip(plan, numbers, background, until))
    await asyncio.gather(*work)
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    result = main.result(seconds, used.ru_utime + used.ru_stime)
    return msgspec.structs.replace(
        result,
        first_error=main.first_error or background.first_error,
        background_requests=len(background.latencies),
        background_errors=background.errors,
    )


def main() -> int:
    """The benchmark's child."""
    import uvloop

    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=LoadPlan)
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run_load(plan))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
