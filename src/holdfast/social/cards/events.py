"""Facts about cards, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class CardShown(Event, frozen=True):
    """Posts that link to an address show its card now, or show another one. `post_ids`: the newest of them."""

    card_id: int
    post_ids: list[int]
