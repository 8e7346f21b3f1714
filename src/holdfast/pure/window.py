"""The part of a list that is asked for, whatever the list holds."""

from __future__ import annotations

import msgspec

NEWEST = (1 << 63) - 1
"""Above every id."""


class Window(msgspec.Struct, frozen=True):
    """Ids strictly between two bounds.

    below, above: only ids under, over these. forward: the oldest of them (`min_id`) instead of the newest
    (`since_id`, `max_id`); shown newest first all the same.
    """

    limit: int = 20
    below: int = NEWEST
    above: int = -1
    forward: bool = False
