"""One worker process: `python -m holdfast.main.worker`, or `holdfast worker`."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from holdfast.continuity.standing import is_read_only
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.telemetry import configure_logging
from holdfast.pure.errors import HoldfastError

SUPERVISED = "HOLDFAST_RUN_SUPERVISED"
_CLEANUP_SECONDS = 5.0


async def work(settings: Settings) -> int:
    """Run jobs until SIGTERM or SIGINT; returns the exit status. Where the site may only be read, nothing is done."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    aside = importlib.import_module("holdfast.main.standing_aside")
    while not stop.is_set():
        if is_read_only(settings.data):
            await aside.stand_aside(settings, stop)
            continue
        status = await _work_until(settings, _first_of(stop.wait(), aside.until_read_only(settings.data)))
        if status:
            return status
    return 0


def _first_of(*waits: Coroutine[Any, Any, Any]) -> asyncio.Event:
    """Set once one of them is over."""
    ended = asyncio.Event()
    tasks = [asyncio.get_running_loop().create_task(one) for one in waits]

    def over(_: asyncio.Task[Any]) -> None:
        ended.set()
        for task in tasks:
            task.cancel()

    for task in tasks:
        task.add_done_callback(over)
    return ended


async def _work_until(settings: Settings, stop: asyncio.Event) -> int:
    loop = asyncio.get_running_loop()
    run_worker = importlib.import_module("holdfast.main.jobs_runner").run_worker
    working = loop.create_task(run_worker(settings, stop))
    asked = loop.create_task(stop.wait())
    await asyncio.wait({working, asked}, return_when=asyncio.FIRST_COMPLETED)
    if working.done():
        asked.cancel()
        working.result()
        return 0 if stop.is_set() else 1
    # Jobs that do not finish in time keep their lease and are run again by another worker.
    done, _ = await asyncio.wait({working}, timeout=settings.shutdown_grace_seconds)
    if not done:
        working.cancel()
        await asyncio.wait({working}, timeout=_CLEANUP_SECONDS)
    elif not working.cancelled():
        working.result()
    return 0


async def _with_database(settings: Settings) -> int:
    from holdfast.main.prepare import prepare_alone
    from holdfast.main.running_database import running_database

    async with running_database(settings) as ready:
        await prepare_alone(ready)
        return await work(ready)


def run(settings: Settings) -> int:
    """Run one worker in this process; returns the exit status."""
    import uvloop

    configure_logging(settings, "worker")
    return uvloop.run(work(settings) if SUPERVISED in os.environ else _with_database(settings))


def main() -> int:
    """The supervisor's child."""
    try:
        return run(load_settings())
    except HoldfastError as error:
        sys.stderr.write(f"holdfast worker: {error.public}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
