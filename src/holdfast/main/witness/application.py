"""The HTTP interface of a witness: one request that changes something, and a few to look."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import msgspec
import structlog

from holdfast.pure.witnessing import ADD_CHECKPOINT, MAX_SUBMISSION_BYTES

from .cosigning import TEXT, Answer, Witness
from .store import KnownLog

log = structlog.get_logger(__name__)

Result = TypeVar("Result")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_SECONDS = 10.0
WAITING_MAX = 64
"""Requests that wait for their turn; a witness serves few logs, each of which asks every few seconds at most."""
_JSON = "application/json; charset=utf-8"


class Application:
    """Speaks ASGI. The witness itself runs in one thread of its own, where it may wait for the disk."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self._thread = ThreadPoolExecutor(1, "witness")
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] != "http":
            return
        answer = await self._answer(scope, receive)
        headers = [
            (b"content-type", answer.content_type.encode()),
            (b"content-length", str(len(answer.body)).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
        ]
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def close(self) -> None:
        """Finish what runs."""
        self._thread.shutdown()

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        method, path = scope["method"], scope["path"]
        try:
            if path == ADD_CHECKPOINT:
                if method != "POST":
                    return _text(405, "POST a checkpoint here.")
                return await self._add(receive)
            if method not in ("GET", "HEAD"):
                return _text(405, "There is nothing to send here.")
            return await self._look(path)
        except (sqlite3.Error, OSError):
            log.exception("witness.failed")
            return _text(503, "The state of this witness cannot be read or written now.")

    async def _add(self, receive: Receive) -> Answer:
        if self._waiting >= WAITING_MAX:
            return _text(503, "Too many requests wait here.")
        self._waiting += 1
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(receive)
            if body is None:
                return _text(413, f"A request has at most {MAX_SUBMISSION_BYTES} bytes.")
            return await self._run(lambda: self._witness.add_checkpoint(body))
        except TimeoutError:
            return _text(408, "The request did not arrive in time.")
        finally:
            self._waiting -= 1

    async def _look(self, path: str) -> Answer:
        if path == "/vkey":
            return _text(200, self._witness.vkey)
        logs = await self._run(self._witness.logs)
        if path == "/":
            return Answer(200, _page(self._witness.vkey, logs).encode())
        if path == "/logs":
            return Answer(200, msgspec.json.encode([_facts(one) for one in logs]) + b"\n", _JSON)
        for one in logs:
            if path == f"/{one.origin_hash}/checkpoint" and one.note:
                return Answer(200, one.note, TEXT)
        return _text(404, "There is nothing here.")

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def _read(receive: Receive) -> bytes | None:
    """The body, or None if it is too long."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > MAX_SUBMISSION_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _facts(log_: KnownLog) -> dict[str, Any]:
    return {
        "origin": log_.origin,
        "size": log_.seen.size,
        "cosigned_at": log_.cosigned_at,
        "stopped": log_.stopped,
        "checkpoint": f"/{log_.origin_hash}/checkpoint",
    }


def _page(vkey: str, logs: list[KnownLog]) -> str:
    lines = [
        "This is a witness of transparency logs (c2sp.org/tlog-witness).",
        "",
        f"vkey    {vkey}",
        f"send    POST {ADD_CHECKPOINT}",
        "",
    ]
    for one in logs:
        when = f"{one.cosigned_at:%Y-%m-%d %H:%M:%S} UTC" if one.cosigned_at else "never"
        state = f"  STOPPED: {one.stopped}" if one.stopped else ""
        lines += [
            f"log     {one.origin}",
            f"        {one.seen.size} records, last cosigned {when}{state}",
            f"        /{one.origin_hash}/checkpoint",
        ]
    return "\n".join([*lines, ""])


def _text(status: int, sentence: str) -> Answer:
    return Answer(status, f"{sentence}\n".encode())
