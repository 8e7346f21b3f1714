"""Streams of a whole server, as an operator starts it: several processes, and a stop that does not wait for them."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from tests.support.streams import event_stream, talk
from tests.support.whole_server import WholeServer

pytestmark = [pytest.mark.integration, pytest.mark.e2e]

STOPS_WITHIN_SECONDS = 10.0


async def test_streams_over_two_web_processes_and_a_stop(tmp_path: Path) -> None:
    server = WholeServer(tmp_path / "data", workers="2")
    try:
        await asyncio.to_thread(server.wait_ready)
        await asyncio.to_thread(server.add_member, "ann")
        token = await asyncio.to_thread(server.token, "ann")
        async with AsyncExitStack() as stack:
            # Of many connections to one shared socket both processes get some.
            sockets = [
                await stack.enter_async_context(talk(server.port, token, "?stream=user")) for _ in range(12)
            ]
            events = await stack.enter_async_context(event_stream(server.port, "user", token))
            for one in sockets:
                await one.settled()
            async with httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"}) as client:
                answer = await client.post(
                    f"http://127.0.0.1:{server.port}/api/v1/statuses", json={"status": "hello, all of you"}
                )
                assert answer.status_code == 200, answer.text
            said = answer.json()["id"]
            assert {(await one.status())["id"] for one in sockets} == {said}
            assert (await events.status())["id"] == said
            began = time.monotonic()
            assert await asyncio.to_thread(server.stop) == 0
            assert time.monotonic() - began < STOPS_WITHIN_SECONDS
            assert {(await one.end())[0] for one in sockets} == {1001}
            while await events.line() is not None:
                pass
    finally:
        await asyncio.to_thread(server.close)
