"""The screen of a worker: loaded when it is first needed, which most workers never do."""

from __future__ import annotations

import asyncio

from ..platform.clock import Clock
from ..platform.db import Database
from ..platform.limits import RateLimits
from ..platform.settings import Settings
from ..screening import Screen, load_screen
from ..screening.state import RuleKeeper
from .screening_choice import model_choice
from .wiring import keeper_of


class LazyScreen:
    """The rules, the model, and what keeps the rules true to the database. `screen`: one that is loaded already."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, *, screen: Screen | None = None
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._screen = screen
        self._keeper: RuleKeeper | None = None
        self._loading = asyncio.Lock()

    async def get(self) -> tuple[Screen, RuleKeeper]:
        """Both, with the stages of rules as they are recorded now."""
        async with self._loading:
            if self._screen is None:
                self._screen = await asyncio.to_thread(
                    load_screen, self._settings.screening_rules_file, model=model_choice(self._settings)
                )
            if self._keeper is None:
                limits = RateLimits(self._settings.data / "run" / "limits")
                self._keeper = keeper_of(self._settings, self._database, self._screen, limits, self._clock)
        await self._keeper.refresh()
        return self._screen, self._keeper

    async def write_down(self) -> None:
        """Keep what the rules did meanwhile: a worker judges few posts, so it is written at once."""
        if self._keeper is not None:
            await self._keeper.flush()
