"""How answers that last are sent: streams over HTTP, and WebSockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .answers import Answer, FileAnswer, Header, SocketAnswer, StreamingAnswer
from .call import Call
from .sockets import GOING_AWAY, POLICY_VIOLATION, Socket, SocketClosed

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_GOODBYE_SECONDS = 1.0  # for a client that does not read
_DENIAL = "websocket.http.response"


async def stream(
    call: Call, send: Send, answer: StreamingAnswer, headers: list[Header], *, head_only: bool
) -> None:
    """Send the chunks as they come, until they end, the client leaves or this process stops."""
    start = [(b"content-type", answer.content_type), *headers]
    hung_up: asyncio.Task[None] | None = None
    try:
        await send({"type": "http.response.start", "status": 200, "headers": start})
        if not head_only:
            hung_up = asyncio.create_task(_hung_up(call))
            hung_up.add_done_callback(lambda _: answer.ended())
            async for chunk in answer.chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except OSError:
        # The client left in the middle of a chunk.
        return
    except asyncio.CancelledError:
        # This process stops: a client that reads an orderly end connects again at once, to the next one.
        with contextlib.suppress(OSError, RuntimeError, TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await send({"type": "http.response.body", "body": b""})
        raise
    finally:
        answer.ended()
        if hung_up is not None:
            hung_up.cancel()


async def send_file(send: Send, answer: FileAnswer, headers: list[Header], *, head_only: bool) -> None:
    """Send a file in pieces. One whose source fails on the way ends short, which the client sees by its length."""
    start = [
        (b"content-type", answer.content_type),
        (b"content-length", str(answer.size_bytes).encode()),
        *headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": start})
    if not head_only:
        async for chunk in answer.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _hung_up(call: Call) -> None:
    while (await call.receive())["type"] != "http.disconnect":
        pass


async def talk(call: Call, send: Send, answer: SocketAnswer, headers: list[Header]) -> None:
    """Accept the WebSocket and let the answer have it."""
    socket = Socket(call.receive, send)
    try:
        await call.receive()
        await send({"type": "websocket.accept", "subprotocol": answer.subprotocol, "headers": headers})
        await answer.talk(socket)
        await socket.close(1000)
    except SocketClosed:
        return
    except asyncio.CancelledError:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await socket.close(GOING_AWAY, "the server stops")
        raise
    finally:
        answer.ended()


async def refuse(call: Call, send: Send, answer: Answer, headers: list[Header]) -> None:
    """Turn a WebSocket away, with the answer as an HTTP response where the server program can send one."""
    await call.receive()
    if _DENIAL not in (call.scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
        return
    start = [
        (b"content-type", answer.content_type),
        (b"content-length", str(len(answer.body)).encode()),
        *headers,
    ]
    await send({"type": "websocket.http.response.start", "status": answer.status, "headers": start})
    await send({"type": "websocket.http.response.body", "body": answer.body})
