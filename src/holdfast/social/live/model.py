"""What can be followed live, and what is told."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from ..graph import Viewer
from ..notifications import NotificationView
from ..posts import Seen
from ..timelines import Place


class What(StrEnum):
    """Kinds of things to follow."""

    HOME = "home"  # the home timeline of the account `key`
    NOTIFICATIONS = "notifications"  # of the account `key`
    ACCOUNT = "account"  # what else concerns the account `key`: its filters, announcements
    DIRECT = "direct"  # conversations of the account `key`
    PUBLIC = "public"  # the public timeline
    TAG = "tag"  # public posts with the hashtag `key`
    LIST = "list"  # the list `key`


class Topic(NamedTuple):
    """One thing to follow. `local`, `remote`, `media` narrow public timelines and hashtags."""

    what: What
    key: int | str = 0
    local: bool = False
    remote: bool = False
    media: bool = False


Label = tuple[str, ...]
"""What a dialect calls a stream; here it only tells subscriptions of one connection apart."""


class Item(msgspec.Struct):
    """One thing to tell one account. `shared` is common to all who are told the same: a dialect keeps there what it made.

    event: as the streams of the API call it. ident: what is gone, or what is to be read anew; 0 where nothing is named.
    """

    event: str
    viewer: Viewer
    shared: dict[Any, Any]
    ident: int = 0
    seen: Seen | None = None
    notification: NotificationView | None = None


def public_topics(place: Place) -> list[Topic]:
    """The topics without an account that a new or edited post belongs to."""
    topics: list[Topic] = []
    medias = (False, True) if place.media else (False,)
    for media in medias:
        if place.public:
            topics.append(Topic(What.PUBLIC, media=media))
            topics.append(Topic(What.PUBLIC, local=place.local, remote=not place.local, media=media))
    for tag in place.tags:
        topics.append(Topic(What.TAG, tag))
        if place.local:
            topics.append(Topic(What.TAG, tag, local=True))
    return topics


PUBLIC_EVERYWHERE: tuple[Topic, ...] = tuple(
    Topic(What.PUBLIC, local=local, remote=remote, media=media)
    for local, remote in ((False, False), (True, False), (False, True))
    for media in (False, True)
)
