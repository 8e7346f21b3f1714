"""Where labels come from: what people decided about posts. Precision is computed from these alone."""

from __future__ import annotations

from typing import Protocol

from ...platform.db import Reader
from ..history import human_decisions


class Labels(Protocol):
    """The port. A post that nobody decided about has no label."""

    async def labels(self, reader: Reader, post_ids: list[int]) -> dict[int, bool]:
        """True: a person found that it breaks the rules; False: a person let it stand."""
        ...


class HeldDecisions:
    """Held posts that were withdrawn (True) or released (False), while their text is what was decided about."""

    async def labels(self, reader: Reader, post_ids: list[int]) -> dict[int, bool]:
        """See `Labels`."""
        return await human_decisions(reader, post_ids)
