"""Facts about posts, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class PostPublished(Event, frozen=True):
    """A post, or a boost, can be seen by those it is for."""

    post_id: int


class PostHeld(Event, frozen=True):
    """Screening held a post: its author alone sees it until a person decides."""

    post_id: int


class PostFlagged(Event, frozen=True):
    """Screening let a post through and wants a person to look at it."""

    post_id: int


class PostEdited(Event, frozen=True):
    """A post that can be seen has a new version."""

    post_id: int


class PostDeleted(Event, frozen=True):
    """A post is gone from every surface."""

    post_id: int
    account_id: int
