"""Facts about hashtags, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class HashtagFollowed(Event, frozen=True):
    """A member follows one more hashtag, or did already."""

    account_id: int
