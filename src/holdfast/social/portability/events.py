"""Facts about imports and archives, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event
from ..lists import ListLimits


class RelationImportBegun(Event, frozen=True):
    """A member gave a file of relations. Its rows are done so many a minute, within the limits of that time."""

    import_id: int
    rows_per_minute: int
    lists: ListLimits
