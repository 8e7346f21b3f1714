"""Bring what waits to the stores that do not have it; the worker does, every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Final, NamedTuple

import structlog

from ...platform import stores
from ...platform.blobs import BlobMissing, Blobs
from ...platform.clock import Instant
from ..mirror import MirrorSetup
from .hold import hold_file, holds_file
from .waiting import WaitingFile, WaitingFiles

log = structlog.get_logger(__name__)

# What was just uploaded is still being sent by the process that took it.
_LEAVE_ALONE: Final = timedelta(seconds=90)
_AT_ONCE: Final = 4


class Drained(NamedTuple):
    """What came of a round. away: stores that did not answer or refused. degraded: files wait for the quorum still."""

    brought: int
    waiting: int
    away: tuple[str, ...]
    degraded: bool


async def drain_waiting(
    waiting: WaitingFiles,
    setup: MirrorSetup,
    opened: Mapping[str, stores.Store],
    blobs: Blobs,
    *,
    now: Instant,
    all_of_them: bool = False,
) -> Drained:
    """One round over what waits. A store that does not answer is not asked again in it. all_of_them: the newest too.

    Where everything that waits is at the quorum, files count as mirrored again. Raises BlobsAway.
    """
    degraded = waiting.degraded_since() is not None
    found = await asyncio.to_thread(waiting.all)
    due = iter([one for one in found if all_of_them or degraded or now - one.since >= _LEAVE_ALONE])
    away: set[str] = set()
    brought = 0
    held = {one.sha256: set(one.held) & opened.keys() for one in found}

    async def work() -> None:
        nonlocal brought
        for one in due:
            if await _bring(one, held[one.sha256], setup, opened, blobs, away):
                waiting.remove(one.sha256)
                del held[one.sha256]
                brought += 1
            elif held[one.sha256] != one.held:
                waiting.note(one.sha256, held[one.sha256])

    await asyncio.gather(*(work() for _ in range(_AT_ONCE)))
    if degraded and all(len(names) >= setup.quorum for names in held.values()):
        waiting.recover()
        degraded = False
        log.info("mirror.media_recovered")
    return Drained(brought, len(held), tuple(sorted(away)), degraded)


async def _bring(
    one: WaitingFile,
    held: set[str],
    setup: MirrorSetup,
    opened: Mapping[str, stores.Store],
    blobs: Blobs,
    away: set[str],
) -> bool:
    """Whether it need not wait any more; `held` gets the stores that have it now."""
    for name, store in opened.items():
        if name in held or name in away:
            continue
        try:
            if not await holds_file(store, setup, one.sha256):
                await hold_file(store, setup, one.sha256, blobs)
            held.add(name)
        except BlobMissing:
            return True  # deleted here meanwhile
        except stores.StoreError as error:
            away.add(name)
            log.info("mirror.store_away", store=name, error=type(error).__name__)
    return not opened.keys() - held
