"""The emoji of this server, kept by a process for as long as their stamp says that they are the same."""

from __future__ import annotations

from ...platform.db import Database
from ...platform.stamps import Kind, slot
from .model import NO_EMOJIS, EmojiSet
from .queries import all_emojis

_SLOT = slot(Kind.EMOJIS)


class EmojiReader:
    """`current` answers without waiting, for what renders; whoever is about to render asks `look` before."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stamp: int | None = None
        self.current: EmojiSet = NO_EMOJIS

    async def look(self) -> EmojiSet:
        """The emoji of now, which `current` is from then on."""
        [stamp] = await self._database.stamps.read((_SLOT,))
        if stamp != self._stamp:
            found = {one.shortcode: one for one in await all_emojis(self._database)}
            # Named after the stamp from before the reading: one that changed meanwhile is read again.
            self.current = EmojiSet(f", emoji {stamp}", found) if found else NO_EMOJIS
            self._stamp = stamp
        return self.current
