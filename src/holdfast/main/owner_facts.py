"""The port through which the desk sees the mirror and what the site depends on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from ..continuity.mirror import read_setup
from ..platform.clock import Clock
from ..platform.config import Settings
from ..platform.crypto import Keyring
from ..platform.db import Database

_NONE = "there is no mirror yet; begin one with `holdfast mirror init`"


class OwnerFacts:
    """See edge.ports.OwnerPort."""

    def __init__(self, settings: Settings, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._settings, self._database, self._keyring, self._clock = settings, database, keyring, clock
        self._data: Path = settings.data.resolve()

    async def mirror(self) -> dict[str, Any]:
        """Read from files alone, so that it can be told while the database is in trouble."""
        return await asyncio.to_thread(self._mirror)

    async def doctor(self) -> dict[str, Any]:
        """As `holdfast doctor --json`."""
        # Behind wiring, which builds this.
        from .diagnosis import diagnosis, facts_of

        return facts_of(await diagnosis(self._settings, self._database, now=self._clock.now()))

    def _mirror(self) -> dict[str, Any]:
        from .mirror_facts import mirror_facts

        setup = read_setup(self._data, self._keyring)
        if setup is None:
            return {"configured": False, "stores": [], "problems": [_NONE]}
        return {"configured": True, **mirror_facts(self._data, setup, now=self._clock.now())}
