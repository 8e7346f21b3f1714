"""The baseline: `python -m holdfast.main.bench.baseline`, the least that a web application with a database can do.

The same web server, event loop and driver as Holdfast, and one query by primary key per request. No routing, no
access, no limits. Listens on the descriptor in HOLDFAST_RUN_LISTEN_FD and uses HOLDFAST_DATABASE_URL.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

from holdfast.main.web import LISTEN_FD, OneProcessServer, Receive, Scope, Send
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.db import Database, PoolLimits

_QUERY = "select text from posts where id = $1"


class BareApplication:
    """Answers every request with the text of one post."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._database: Database | None = None
        self._post_id = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if self._database is None:
            raise RuntimeError("the server asked before the application had started")
        body = str(await self._database.fetchval(_QUERY, self._post_id)).encode()
        headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        limits = PoolLimits(self._settings.database_pool_size)
        async with await Database.connect(str(self._settings.database_url), limits) as database:
            self._post_id = await database.fetchval("select max(id) from posts")
            self._database = database
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _serve(settings: Settings) -> None:
    server = OneProcessServer(
        BareApplication(settings), socket.socket(fileno=int(os.environ[LISTEN_FD])), settings
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.finish)
    await server.serve()


def main() -> int:
    """The benchmark's child."""
    import uvloop

    uvloop.run(_serve(load_settings()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
