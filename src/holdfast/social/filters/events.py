"""Facts about filters, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class FiltersChanged(Event, frozen=True):
    """A member's filters are not what they were: what the member's apps keep of them is old."""

    account_id: int
