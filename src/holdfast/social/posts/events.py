"""Facts about posts, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event
from ..drafts import Visibility


class PostPublished(Event, frozen=True):
    """A post, or a boost, can be seen by those it is for.

    `links`, `direct`: whether its text holds addresses, whether it is for those alone whom it names; true where that
    is not known to whoever publishes it.
    """

    post_id: int
    links: bool = True
    direct: bool = True


class PostHeld(Event, frozen=True):
    """Screening held a post: its author alone sees it until a person decides."""

    post_id: int


class PostFlagged(Event, frozen=True):
    """Screening let a post through and wants a person to look at it."""

    post_id: int


class PostEdited(Event, frozen=True):
    """A post that can be seen has a new version."""

    post_id: int


class PostHidden(Event, frozen=True):
    """A post that could be seen was held or withdrawn: its author alone sees it now.

    What the post was is told along, as with `PostDeleted`.
    """

    post_id: int
    account_id: int
    visibility: int = Visibility.DIRECT.value
    tag_ids: tuple[int, ...] = ()
    mentioned_ids: tuple[int, ...] = ()


class PostReachChanged(Event, frozen=True):
    """The staff limited how far a post goes, or took that back."""

    post_id: int


class PostDeleted(Event, frozen=True):
    """A post, or a boost, is gone from every surface. What it was is told along, since no one can look it up any more.

    `tag_ids`: its hashtags; `mentioned_ids`: accounts that it named.
    """

    post_id: int
    account_id: int
    visibility: int = Visibility.DIRECT.value
    tag_ids: tuple[int, ...] = ()
    mentioned_ids: tuple[int, ...] = ()
