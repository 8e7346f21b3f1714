"""An outside judge on this machine: a raw HTTP server that answers as a test says, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]

SCORES = {"threat_direct": 0.75, "incitement": 0.5, "glorification": 0.0, "harassment_hate": 1.0}


@dataclass
class JudgeServer:
    """Requests as they came, and what the next ones are answered with; the last answer stays."""

    port: int = 0
    answers: list[Answering] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    asked: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))
    under_way: int = 0
    most_under_way: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def until_asked(self, times: int = 1) -> None:
        """Wait for so many more requests."""
        for _ in range(times):
            await self.asked.acquire()

    def posts(self) -> list[dict[str, Any]]:
        """The documents with the posts that were sent."""
        return [json.loads(request["messages"][1]["content"])["post"] for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                int(line.split(":")[1])
                for line in head.splitlines()
                if line.lower().startswith("content-length:")
            )
            self.requests.append(json.loads(await reader.readexactly(length)))
            self.heads.append(head)
            self.asked.release()
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            await answer(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # the client left, which some tests want
        finally:
            self.under_way -= 1
            writer.close()


@asynccontextmanager
async def open_judge_server(
    *answers: Answering, tls: ssl.SSLContext | None = None
) -> AsyncIterator[JudgeServer]:
    server = JudgeServer(answers=list(answers))
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()


def status(code: int, body: bytes = b"", *headers: str) -> Answering:
    """An answer with this status line, these headers and this body."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} So", f"content-length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return answer


def says(content: str, **usage: Any) -> Answering:
    """A chat completion with this content."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return status(200, json.dumps({"choices": [choice], **({"usage": usage} if usage else {})}).encode())


def good(reason: str = "It threatens somebody.", **usage: Any) -> Answering:
    """An answer of the right form."""
    usage = usage or {"prompt_tokens": 500, "completion_tokens": 50, "cost": 0.001}
    return says(json.dumps({**SCORES, "reason": reason}), **usage)


def waits_for(event: asyncio.Event, then: Answering) -> Answering:
    """Answers when the event is set."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        await event.wait()
        await then(writer)

    return answer


async def endless(writer: asyncio.StreamWriter) -> None:
    """A body without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
    while True:
        writer.write(b" " * 65536)
        await writer.drain()


async def breaks_off(writer: asyncio.StreamWriter) -> None:
    """Half an answer."""
    writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"choices"')
