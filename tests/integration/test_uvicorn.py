"""The application serves under another ASGI server too, so that the server program stays replaceable."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

import httpx2
import msgspec
import uvicorn

from holdfast.main.asgi import create_app
from holdfast.platform.config import Settings


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


async def test_uvicorn_serves_the_application(settings: Settings) -> None:
    app = create_app(msgspec.structs.replace(settings, master_key="5a" * 32))
    server = _Server(uvicorn.Config(cast(Any, app), host="127.0.0.1", port=0, lifespan="on", log_config=None))
    # Signal handlers belong to the test run, so the server is served and stopped by hand.
    serving = asyncio.create_task(server._serve())
    try:
        async with asyncio.timeout(20):
            await server.listening.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await client.get("/readyz")).json() == {"status": "ready"}
            timeline = await client.get("/api/v1/timelines/public")
            assert (timeline.status_code, timeline.json()) == (200, [])
            assert (await client.head("/about")).status_code == 200
    finally:
        server.should_exit = True
        await serving
