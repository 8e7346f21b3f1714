"""Sites of strangers on this machine: one raw HTTP server that answers each path as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from holdfast.platform.guarded_http import ClientLimits, GuardedClient
from holdfast.platform.resolving import FakeResolver
from holdfast.pure.outbound_addresses import read_allowed

Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]
HERE = "127.0.0.0/8"
"""What a client must be allowed to reach these servers."""


@dataclass
class PageServer:
    """Requests as they came. A path without an answer gives 404."""

    answers: dict[str, Answering]
    port: int = 0
    heads: list[str] = field(default_factory=list)
    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def at(self, host: str, path: str = "/") -> str:
        """An address of this server under a name."""
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """What was asked for."""
        return [head.split(" ")[1] for head in self.heads]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            self.asked.release()
            await self.answers.get(head.split(" ")[1], page("gone", status=404))(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client left, which some tests want
        finally:
            writer.close()


@asynccontextmanager
async def open_pages(answers: Mapping[str, Answering] | None = None) -> AsyncIterator[PageServer]:
    """A server on a free port."""
    server = PageServer(dict(answers or {}))
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


def page(
    body: str | bytes, *headers: str, status: int = 200, kind: str = "text/html; charset=utf-8"
) -> Answering:
    """A whole answer."""
    content = body.encode() if isinstance(body, str) else body

    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = [
            f"HTTP/1.1 {status} So",
            f"content-type: {kind}",
            f"content-length: {len(content)}",
            *headers,
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)

    return answer


def leads_to(address: str, status: int = 302) -> Answering:
    """A redirect."""
    return page("", f"location: {address}", status=status)


async def endless(writer: asyncio.StreamWriter) -> None:
    """A body without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
    while True:
        writer.write(b" " * 65536)
        await writer.drain()


async def trickles(writer: asyncio.StreamWriter) -> None:
    """A byte every now and then, for ever: no single wait is long."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
    loop = asyncio.get_running_loop()
    while True:
        writer.write(b" ")
        await writer.drain()
        pause = loop.create_future()
        loop.call_later(0.02, pause.set_result, None)
        await pause


def client_for(
    names: Mapping[str, list[str] | list[list[str]]], *allowed: str, limits: ClientLimits | None = None
) -> tuple[GuardedClient, FakeResolver]:
    """A guarded client for which these names have these addresses."""
    resolver = FakeResolver(names)
    ports = ("80", "443", "1024-65535")
    return GuardedClient(read_allowed(ports, allowed), limits, resolver=resolver), resolver
