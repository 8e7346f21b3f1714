"""What a notification is, and the pure questions about it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ...platform.clock import Instant
from ..accounts import AccountView
from ..graph import Viewer
from ..posts import Seen


class NotificationKind(StrEnum):
    """What happened. Each is about one other account and, but for follows and sign-ups, about one post."""

    MENTION = "mention"  # somebody named the member
    POST = "post"  # somebody posted whose posts the member asked to be told of
    BOOST = "boost"
    FAVOURITE = "favourite"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    EDIT = "edit"  # a post that the member boosted, or was told of, has a new version
    QUOTE = "quote"  # somebody quoted a post of the member's
    QUOTED_UPDATE = (
        "quoted_update"  # a post that the member quoted has a new version; about the member's own post
    )
    POLL = "poll"  # a poll ended that the member made or voted in
    SIGN_UP = "sign_up"  # for staff: somebody waits for approval


class Wanted(msgspec.Struct, frozen=True):
    """Which notifications are asked for. `kinds` None: all but `excluded`."""

    kinds: frozenset[NotificationKind] | None = None
    excluded: frozenset[NotificationKind] = frozenset()
    from_id: int | None = None


EVERYTHING = Wanted()


class Entry(msgspec.Struct, frozen=True):
    """A row as it is kept. `post_id` is the post that is meant; for a boost, the post that was boosted."""

    id: int
    kind: NotificationKind
    from_id: int
    post_id: int | None
    created_at: Instant


class NotificationView(msgspec.Struct, frozen=True):
    """A notification that its member may see: who did it and, if it is about a post, the post."""

    id: int
    kind: NotificationKind
    created_at: Instant
    author: AccountView
    seen: Seen | None


class NotificationPage(msgspec.Struct, frozen=True):
    """Notifications, newest first; `scanned` are the ids that were looked at for it, newest first."""

    items: list[NotificationView]
    scanned: list[int]


class Marker(msgspec.Struct, frozen=True):
    """How far a member has read a timeline. `last_read_id` is the public id that the client gave."""

    last_read_id: str
    version: int
    updated_at: Instant


def turned_away(entry: Entry, viewer: Viewer, now: Instant) -> bool:
    """Whether the member blocks the other account, is blocked by it, or mutes it with its notifications."""
    other = entry.from_id
    if other in viewer.blocking or other in viewer.blocked_by:
        return True
    mute = viewer.mutes.get(other)
    return mute is not None and mute.hide_notifications and viewer.mutes_now(other, now)


def may_know(entry: Entry, author: AccountView, reader_role: str) -> bool:
    """Whether the member may know of the other account: a sign-up that waits is for staff alone."""
    if entry.kind is NotificationKind.SIGN_UP:
        return reader_role != "member"
    return author.shown
