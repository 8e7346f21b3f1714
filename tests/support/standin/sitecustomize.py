"""Put on the import path by tests of the supervisor: a tiny application and worker in place of ours.

The supervisor's own behaviour does not depend on what is served, and a small child starts faster.
"""

from __future__ import annotations

import asyncio
import sys
import types
from typing import Any


def _application(settings: Any) -> Any:
    import asyncpg

    state: dict[str, Any] = {}

    async def lifespan(receive: Any, send: Any) -> None:
        await receive()
        state["pool"] = await asyncpg.create_pool(settings.database_url, min_size=1, max_size=2)
        await state["pool"].execute("CREATE TABLE IF NOT EXISTS standin (id bigserial, text text)")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await state["pool"].close()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(path: str) -> tuple[int, str]:
        pool = state["pool"]
        if path == "/readyz":
            return 200, str(await pool.fetchval("SELECT 1"))
        if path.startswith("/write/"):
            await pool.execute("INSERT INTO standin (text) VALUES ($1)", path.removeprefix("/write/"))
            return 200, "written"
        if path == "/count":
            return 200, str(await pool.fetchval("SELECT count(*) FROM standin"))
        if path == "/slow":
            await pool.execute("SELECT pg_sleep(1)")
            return 200, "slow"
        return 404, "nothing here"

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        if scope["path"] == "/api/v1/streaming":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b":\n", "more_body": True})
            await asyncio.Event().wait()
        try:
            status, body = await answer(scope["path"])
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            status, body = 503, "no database"
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})

    return application


async def _worker(settings: Any, stop: asyncio.Event) -> None:
    await stop.wait()


def _module(name: str, **members: Any) -> None:
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


_module("holdfast.main.asgi", create_app=_application)
_module("holdfast.main.jobs_runner", run_worker=_worker)
_module("holdfast.main.subscriptions", reactions_to=lambda event: ())
