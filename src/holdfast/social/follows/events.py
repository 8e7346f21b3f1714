"""Facts about follows, in the past tense. In each, `follower_id` is who follows, or wants to."""

from __future__ import annotations

from ...platform.outbox import Event


class AccountFollowed(Event, frozen=True):
    """A follow began at once, without a request."""

    follower_id: int
    followed_id: int


class FollowRequested(Event, frozen=True):
    """A locked account was asked."""

    follower_id: int
    followed_id: int


class FollowAccepted(Event, frozen=True):
    """A request became a follow."""

    follower_id: int
    followed_id: int


class FollowRejected(Event, frozen=True):
    """A request was turned down, by hand or by a block."""

    follower_id: int
    followed_id: int


class FollowEnded(Event, frozen=True):
    """A follow, or a request for one (`was_request`), was taken back or removed."""

    follower_id: int
    followed_id: int
    was_request: bool = False
