"""What a notification is, and the pure questions about it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.ids import time_of
from ..accounts import AccountView
from ..graph import Viewer
from ..notification_policies import (
    DEFAULT_POLICY,
    NotificationPolicy,
    Sender,
    Standing,
    Treatment,
    treatment,
)
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
    REPORT = "report"  # for staff: somebody reported somebody; `subject_id` is the report
    WARNING = "warning"  # the staff decided something about the member's account; `subject_id` is the warning
    OUTCOME = "outcome"  # what the member reported was looked at; `subject_id` is the report
    NOTICE = "notice"  # for staff: time runs out for a notice from outside; `subject_id` is the page about it


GROUPED = frozenset(
    (NotificationKind.FAVOURITE, NotificationKind.BOOST, NotificationKind.FOLLOW, NotificationKind.SIGN_UP)
)
"""Kinds of which many are shown as one."""
FILTERABLE = frozenset(
    (
        NotificationKind.MENTION, NotificationKind.POST, NotificationKind.BOOST, NotificationKind.FAVOURITE,
        NotificationKind.FOLLOW, NotificationKind.FOLLOW_REQUEST, NotificationKind.QUOTE,
    )
)  # fmt: skip
"""Kinds that a member's policy decides about; the others follow from what the member did, or come from the staff."""
FOR_STAFF = frozenset((NotificationKind.SIGN_UP, NotificationKind.REPORT, NotificationKind.NOTICE))
"""Kinds that only those who run the place are told of."""
ABOUT_ONESELF = frozenset((NotificationKind.WARNING, NotificationKind.OUTCOME, NotificationKind.NOTICE))
"""Kinds that come from the member's own account, so that nobody of the staff is named by them."""
GROUP_HOURS: Final = 12
"""A group takes what comes within so many hours of its beginning."""


class Notice(msgspec.Struct, frozen=True):
    """What is to be told. `row_post_id` is the row it goes away with: the post, or the boost itself.

    thread_id: members who muted that thread are not told. own: the author is told as well. about_id: the post that
    others of its group are about, where that is not `row_post_id`. subject_id: a report or a warning.
    """

    kind: NotificationKind
    from_id: int
    row_post_id: int | None = None
    thread_id: int | None = None
    own: bool = False
    about_id: int | None = None
    subject_id: int | None = None


class Recipient(msgspec.Struct, frozen=True):
    """Somebody who may be told, and how that member stands to who did it. `policy` None: the default."""

    account_id: int
    policy: NotificationPolicy | None
    following: bool
    follow_id: int | None
    allowed: bool
    private: bool
    answered: bool


class GroupKey(msgspec.Struct, frozen=True):
    """What notifications of one group share: the post they are about (0: none), and the hour in which it began."""

    kind: NotificationKind
    about: int
    hour: int


class Wanted(msgspec.Struct, frozen=True):
    """Which notifications are asked for. `kinds` None: all but `excluded`; `filtered`: those kept apart too."""

    kinds: frozenset[NotificationKind] | None = None
    excluded: frozenset[NotificationKind] = frozenset()
    from_id: int | None = None
    filtered: bool = False

    @property
    def shows_filtered(self) -> bool:
        """Whether those that a policy keeps apart are among them: when asked for, and when asking for one sender."""
        return self.filtered or self.from_id is not None


EVERYTHING = Wanted()


class Entry(msgspec.Struct, frozen=True):
    """A row as it is kept. `post_id` is the post that is meant; for a boost, the post that was boosted."""

    id: int
    kind: NotificationKind
    from_id: int
    post_id: int | None
    created_at: Instant
    group: GroupKey | None = None
    subject_id: int | None = None


class NotificationView(msgspec.Struct, frozen=True):
    """A notification that its member may see: who did it and, if it is about a post, the post."""

    id: int
    kind: NotificationKind
    created_at: Instant
    author: AccountView
    seen: Seen | None
    group: GroupKey | None = None
    subject_id: int | None = None


class NotificationPage(msgspec.Struct, frozen=True):
    """Notifications, newest first; `scanned` are the ids that were looked at for it, newest first."""

    items: list[NotificationView]
    scanned: list[int]


def turned_away(entry: Entry, viewer: Viewer, now: Instant) -> bool:
    """Whether the member blocks the other account, is blocked by it, or mutes it with its notifications."""
    other = entry.from_id
    if other in viewer.blocking or other in viewer.blocked_by:
        return True
    mute = viewer.mutes.get(other)
    return mute is not None and mute.hide_notifications and viewer.mutes_now(other, now)


def may_know(entry: Entry, author: AccountView, reader_role: str) -> bool:
    """Whether the member may know of the other account: what is for staff alone is for nobody else."""
    if entry.kind in FOR_STAFF:
        return reader_role != "member"
    return author.shown or entry.kind in ABOUT_ONESELF


def away(viewer: Viewer, now: Instant) -> list[int]:
    """Everybody whom `turned_away` would turn away."""
    muted = (
        other
        for other, mute in viewer.mutes.items()
        if mute.hide_notifications and viewer.mutes_now(other, now)
    )
    return sorted({*viewer.blocking, *viewer.blocked_by, *muted})


def treated(
    notice: Notice, sender: Sender, recipients: Iterable[Recipient], now: Instant
) -> list[tuple[int, bool]]:
    """Who is told, as (account, whether it is kept apart)."""
    told = []
    for member in recipients:
        meets = Treatment.ACCEPT
        if notice.kind in FILTERABLE:
            since = None if member.follow_id is None else time_of(member.follow_id)
            standing = Standing(member.following, since, member.allowed, member.private, member.answered)
            meets = treatment(member.policy or DEFAULT_POLICY, sender, standing, now)
        if meets is not Treatment.DROP:
            told.append((member.account_id, meets is Treatment.FILTER))
    return told
