"""Facts about what people do with posts of others."""

from __future__ import annotations

from ...platform.outbox import Event


class PostFavourited(Event, frozen=True):
    """Somebody favourited a post."""

    post_id: int
    account_id: int


class PostUnfavourited(Event, frozen=True):
    """Somebody took a favourite back."""

    post_id: int
    account_id: int


class PostBoosted(Event, frozen=True):
    """Somebody boosted a post; `boost_id` is the boost."""

    boost_id: int
    post_id: int
    account_id: int


class PollClosed(Event, frozen=True):
    """A poll's time is over."""

    poll_id: int
    post_id: int
