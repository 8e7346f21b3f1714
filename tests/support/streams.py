"""Streams as clients follow them: over a real server program, event by event, with deadlines instead of sleeps."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
import msgspec
import uvicorn
import websockets
from litestar import Litestar
from websockets.asyncio.client import ClientConnection, connect

from holdfast.edge.routes import WEBSOCKET

PATIENCE_SECONDS = 10.0


class _Server(uvicorn.Server):
    """Says when it listens. Signal handlers belong to the test run, so it is served and stopped by hand."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def served(app: Litestar, *, lifespan: bool = False) -> AsyncIterator[int]:
    """Serves the application with uvicorn in this process; the port. `lifespan`: it opens its own services."""
    config = uvicorn.Config(
        cast(Any, app), host="127.0.0.1", port=0, lifespan="on" if lifespan else "off", log_config=None,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = _Server(config)
    serving = asyncio.create_task(server._serve())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await server.listening.wait()
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


async def first_answer(
    app: Litestar, method: str, path: str, query: dict[str, str], headers: dict[str, str]
) -> httpx2.Response:
    """What a stream answers when it is opened, which is then closed at once. WEBSOCKET as method: 101 when accepted."""
    socket_wanted = method == WEBSOCKET
    began: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    sent: list[dict[str, Any]] = []
    hangs_up = asyncio.Event()
    beginning = [{"type": "websocket.connect"} if socket_wanted else {"type": "http.request", "body": b""}]

    async def receive() -> dict[str, Any]:
        if beginning:
            return beginning.pop()
        await hangs_up.wait()
        return (
            {"type": "websocket.disconnect", "code": 1001} if socket_wanted else {"type": "http.disconnect"}
        )

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)
        whole = message["type"].endswith("body") and not message.get("more_body")
        is_begun = whole or message["type"] == "websocket.accept" or message.get("more_body")
        if is_begun and not began.done():
            began.set_result(None)

    scope: dict[str, Any] = {
        "type": "websocket" if socket_wanted else "http", "method": method, "path": path, "client": ("192.0.2.1", 1),
        "query_string": str(httpx2.QueryParams(query)).encode(), "http_version": "1.1", "scheme": "http",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "extensions": {"websocket.http.response": {}}, "subprotocols": [],
    }  # fmt: skip
    if socket_wanted:
        del scope["method"]
    answering = asyncio.create_task(cast(Any, app)(scope, receive, send))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await began
    finally:
        hangs_up.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await answering
    start = sent[0]
    lasts = start["type"] == "websocket.accept" or sent[1].get("more_body")
    return httpx2.Response(
        101 if start["type"] == "websocket.accept" else start["status"],
        headers=[(name.decode(), value.decode()) for name, value in start.get("headers", [])],
        content=b"" if lasts else b"".join(part.get("body", b"") for part in sent[1:]),
    )


class EventStream:
    """One stream of Server-Sent Events."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def line(self) -> str | None:
        """The next line; None at the end."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await anext(self._lines, None)

    async def next(self) -> tuple[str, str] | None:
        """The next event and its data; None at the end."""
        event = ""
        while True:
            line = await self.line()
            if line is None:
                return None
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                return event, line.removeprefix("data: ")

    async def status(self) -> dict[str, Any]:
        """The next event must carry a Status."""
        found = await self.next()
        assert found is not None
        assert found[0] in ("update", "status.update"), found
        return msgspec.json.decode(found[1])


@asynccontextmanager
async def event_stream(
    port: int, path: str, token: str | None = None, **query: Any
) -> AsyncIterator[EventStream]:
    """Opens /api/v1/streaming/PATH and waits until it has begun; answers other than 200 are given as they are."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS) as client:
        address = f"/api/v1/streaming/{path}"
        async with client.stream("GET", address, params=query, headers=headers) as response:
            stream = EventStream(response)
            if response.status_code == 200:
                assert await stream.line() == ":)"
            yield stream


class Talk:
    """One WebSocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, **command: Any) -> None:
        await self.socket.send(msgspec.json.encode(command).decode())

    async def subscribe(self, stream: str, **parameters: Any) -> None:
        """Subscribe, and wait until that was heard: messages are read in order, and this one is answered."""
        await self.say(type="subscribe", stream=stream, **parameters)
        await self.settled()

    async def settled(self) -> None:
        """Wait until all that was said is heard."""
        await self.say(type="subscribe", stream="no such stream")
        assert await self.raw() == {"error": "Unknown stream type", "status": 400}

    async def raw(self) -> dict[str, Any]:
        """The next message, heartbeats left out."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                message = msgspec.json.decode(await self.socket.recv())
                if message.get("event") != "heartbeat":
                    return cast(dict[str, Any], message)

    async def status(self) -> dict[str, Any]:
        """The next message must carry a Status."""
        message = await self.raw()
        assert message["event"] in ("update", "status.update"), message
        return cast(dict[str, Any], msgspec.json.decode(message["payload"]))

    async def end(self) -> tuple[int, str]:
        """Read to the end; the code and the reason."""
        with contextlib.suppress(websockets.ConnectionClosed):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    await self.socket.recv()
        return self.socket.close_code or 0, self.socket.close_reason or ""


@asynccontextmanager
async def talk(
    port: int, token: str | None = None, query: str = "", *, subprotocol: str | None = None
) -> AsyncIterator[Talk]:
    """Opens the WebSocket; raises websockets.InvalidStatus when it is turned away."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    async with connect(
        f"ws://127.0.0.1:{port}/api/v1/streaming{query}", additional_headers=headers, max_size=None,
        subprotocols=None if subprotocol is None else [cast(Any, subprotocol)], open_timeout=PATIENCE_SECONDS,
    ) as socket:  # fmt: skip
        yield Talk(socket)
