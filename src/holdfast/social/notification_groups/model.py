"""What a group is, as one member sees it."""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ..accounts import AccountView
from ..notifications import EVERYTHING, GROUPED, GroupKey, NotificationKind, Wanted
from ..posts import Seen

SAMPLE_ACCOUNTS: Final = 8
"""Of a group so many accounts are named, the latest first."""


class Grouping(msgspec.Struct, frozen=True):
    """Which notifications are asked for, and the kinds of which many become one."""

    wanted: Wanted = EVERYTHING
    kinds: frozenset[NotificationKind] = GROUPED


EVERY_GROUP = Grouping()


class Head(msgspec.Struct, frozen=True):
    """The notification by which a group stands in its page: the newest of it there, the oldest when reading forward.

    `group` None: it stands alone.
    """

    id: int
    kind: NotificationKind
    from_id: int
    post_id: int | None
    created_at: Instant
    group: GroupKey | None
    subject_id: int | None


class Figures(msgspec.Struct, frozen=True):
    """What a group holds up to the end of a page, and within it."""

    count: int
    newest_id: int
    latest_at: Instant
    oldest_on_page: int | None
    newest_on_page: int | None
    from_ids: tuple[int, ...]


class Group(msgspec.Struct, frozen=True):
    """One line: one notification, or several that share `key`. `accounts`: who did it, the latest first.

    `id` is the notification itself where `key` is None; `on_page` are the oldest and newest ids within the page.
    """

    id: int
    key: GroupKey | None
    kind: NotificationKind
    count: int
    newest_id: int
    latest_at: Instant
    on_page: tuple[int, int]
    accounts: list[AccountView]
    seen: Seen | None
    subject_id: int | None


class GroupPage(msgspec.Struct, frozen=True):
    """Groups, newest first; `scanned` are ids that bound what was looked at for it, newest first."""

    groups: list[Group]
    scanned: list[int]
