"""What a server does that may not be written to: no jobs, no clocks; it looks where the site went, and points there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from holdfast.continuity.mirror import open_stores, read_setup
from holdfast.continuity.standing import is_read_only, keep_notice
from holdfast.platform.config import Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database
from holdfast.platform.master_key import load_master_key
from holdfast.platform.stores import Store, StoreError
from holdfast.pure.errors import HoldfastError
from holdfast.pure.evidence import VerifierKey
from holdfast.pure.mirror_objects import NEWEST_NOTICE
from holdfast.pure.relaunch_notices import NoticeInvalid, RelaunchNotice, read_notice
from holdfast.records import ledger
from holdfast.records.sequencing import generations, verifier_keys

log = structlog.get_logger(__name__)

_WATCH_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 10.0


async def until_read_only(data: Path) -> None:
    """Return once this server may not be written to any more. Looked at once a second, as the shipper looks at the stores."""
    while not is_read_only(data):  # noqa: ASYNC110 another process writes the file
        await asyncio.sleep(_WATCH_SECONDS)


async def stand_aside(settings: Settings, stop: asyncio.Event) -> None:
    """Until `stop` is set, or the site may be written to here: look for the newest notice at the stores every ten seconds."""
    from holdfast.main.wiring import open_database

    log.warning("server.read_only", data=str(settings.data))
    async with open_database(settings, 1) as database:
        while not stop.is_set() and is_read_only(settings.data):
            try:
                await look_where(settings, database)
            except HoldfastError as error:
                log.info("server.notice_not_read", why=error.private or error.public)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)


async def look_where(settings: Settings, database: Database) -> RelaunchNotice | None:
    """Keep the newest notice that a store has and the ledger's keys signed. Raises MirrorSetupUnreadable."""
    keyring = Keyring(load_master_key(settings))
    setup = read_setup(settings.data, keyring)
    logs = await ledger.logs(database)
    if setup is None or not logs:
        return None
    numbers = [one.number for one in await generations(database)] or [1]
    keys = verifier_keys(keyring, logs[-1].origin, max(numbers))
    newest: tuple[RelaunchNotice, bytes] | None = None
    for store in open_stores(setup).values():
        found = await _read(store, keys)
        await store.close()
        if found is not None and (newest is None or found[0].sequence > newest[0].sequence):
            newest = found
    if newest is None:
        return None
    keep_notice(settings.data, newest[1], newest[0].addresses[0] if newest[0].addresses else None)
    return newest[0]


async def _read(store: Store, keys: Sequence[VerifierKey]) -> tuple[RelaunchNotice, bytes] | None:
    try:
        document = await store.get(NEWEST_NOTICE)
        return read_notice(document, keys), document
    except (StoreError, NoticeInvalid):
        return None
