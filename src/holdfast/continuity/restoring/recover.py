"""PostgreSQL replays the log to its end, or to a point in time, and becomes a primary on a timeline of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

from ...platform.postgres import EmbeddedPostgres, StartFailed
from ...pure.mirror import parse_lsn
from .errors import StepFailed, StepTooSlow
from .model import RECOVER_SILENCE_SECONDS, Target

_LOOK_SECONDS: Final = 0.5
_NOT_REACHED: Final = "before configured recovery target was reached"
# The log is in place already; asking for a file always says that there is none.
_OPTIONS: Final = {"restore_command": "false", "recovery_target_action": "promote", "hot_standby": "off"}
_LARGE_BUFFERS_MB: Final = 256


@dataclass(frozen=True, slots=True)
class Recovered:
    """The new timeline, and where it left the old one."""

    timeline: int
    switch_lsn: int


async def recover(
    target: Target,
    *,
    timeline: int,
    until: datetime | None = None,
    progress: Callable[[int], None],
) -> tuple[EmbeddedPostgres, Recovered]:
    """Start the server of the target until it accepts writes; it runs when this returns. progress: told each file of log that is done.

    timeline: the last one of the log. Raises StepFailed, StepTooSlow.
    """
    options = _OPTIONS | {"recovery_target_timeline": str(timeline)}
    if until is not None:
        options["recovery_target_time"] = until.astimezone(UTC).isoformat(sep=" ")
    try:
        server = await _started(target, options, progress)
    except StartFailed as error:
        if until is None or _NOT_REACHED not in error.public:
            raise StepFailed(f"The log cannot be replayed: {error.public}", private=error.private) from None
        # Nothing was written after that time: all there is belongs to it.
        del options["recovery_target_time"]
        server = await _started(target, options, progress)
    return server, await asyncio.to_thread(_switch_of, target.data / "postgres")


async def _started(
    target: Target, options: dict[str, str], progress: Callable[[int], None]
) -> EmbeddedPostgres:
    server = target.server(options, shared_buffers_mb=_LARGE_BUFFERS_MB)
    starting = asyncio.ensure_future(server.start())
    watching = asyncio.ensure_future(_watch(server, progress))
    try:
        done, _ = await asyncio.wait({starting, watching}, return_when=asyncio.FIRST_COMPLETED)
        if starting in done:
            starting.result()
            return server
        watching.result()
        raise StepTooSlow("The replay ended without a word; see the log of PostgreSQL in the data folder.")
    except BaseException:
        starting.cancel()
        with suppress(asyncio.CancelledError, StartFailed):
            await starting
        await server.stop()
        raise
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError, StepTooSlow):
            await watching


async def _watch(server: EmbeddedPostgres, progress: Callable[[int], None]) -> None:
    """Follow the title of the process that replays; it names the file of log that it is at."""
    loop = asyncio.get_running_loop()
    last, moved = "", loop.time()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        title = await asyncio.to_thread(_title_of, server)
        if title != last:
            if "recovering" in last:
                progress(1)
            last, moved = title, loop.time()
        elif loop.time() - moved > RECOVER_SILENCE_SECONDS:
            raise StepTooSlow(
                f"The replay has not moved for {RECOVER_SILENCE_SECONDS:.0f} seconds ({last or 'no process'}); see "
                f"{server.log_file}, then repeat."
            )


def _title_of(server: EmbeddedPostgres) -> str:
    if server.process is None:
        return ""
    with suppress(psutil.Error):
        for child in psutil.Process(server.process.pid).children():
            title = " ".join(child.cmdline())
            if "startup" in title:
                return title
    return "starting"


def _switch_of(cluster: Path) -> Recovered:
    newest = max((int(one.stem, 16) for one in (cluster / "pg_wal").glob("*.history")), default=0)
    try:
        lines = (cluster / "pg_wal" / f"{newest:08X}.history").read_text().splitlines()
        switch = [line.split()[1] for line in lines if line.strip() and not line.startswith("#")][-1]
        return Recovered(newest, parse_lsn(switch))
    except (OSError, IndexError) as error:
        raise StepFailed("The replay ended, but left no new timeline.", private=repr(error)) from None
