"""The types of notifications: one row for each. What the API calls it, how it is said in a line, how it is pushed."""

from __future__ import annotations

import msgspec

from ...social.notifications import NotificationKind


class NotificationType(msgspec.Struct, frozen=True):
    """`title` with `{name}` for who did it. `urgent`: a device that saves power is woken for it.

    `fallback`: newer than the apps that are in use, which are given the title to show when they do not know the type.
    `ours`: the API elsewhere has no such type, so only apps are given it that name it or say which types they know.
    `path`: the page of this server that says more, where it is neither the post nor the profile.
    """

    name: str
    title: str
    urgent: bool = False
    fallback: bool = False
    ours: bool = False
    path: str = ""


TYPE_OF: dict[NotificationKind, NotificationType] = {
    NotificationKind.MENTION: NotificationType("mention", "{name} mentioned you", urgent=True),
    NotificationKind.POST: NotificationType("status", "{name} just posted"),
    NotificationKind.BOOST: NotificationType("reblog", "{name} boosted your post"),
    NotificationKind.FAVOURITE: NotificationType("favourite", "{name} favourited your post"),
    NotificationKind.FOLLOW: NotificationType("follow", "{name} follows you"),
    NotificationKind.FOLLOW_REQUEST: NotificationType("follow_request", "{name} asks to follow you", urgent=True),
    NotificationKind.EDIT: NotificationType("update", "{name} edited a post"),
    NotificationKind.QUOTE: NotificationType("quote", "{name} quoted your post", fallback=True),
    NotificationKind.QUOTED_UPDATE: NotificationType(
        "quoted_update", "{name} edited a post that you quoted", fallback=True
    ),
    NotificationKind.POLL: NotificationType("poll", "A poll by {name} has ended"),
    NotificationKind.SIGN_UP: NotificationType("admin.sign_up", "{name} signed up", urgent=True),
    NotificationKind.REPORT: NotificationType("admin.report", "{name} filed a report", urgent=True),
    NotificationKind.WARNING: NotificationType(
        "moderation_warning", "The moderators decided something about your account", urgent=True, fallback=True,
        path="/statements",
    ),
    NotificationKind.OUTCOME: NotificationType(
        "holdfast.report_outcome", "What you reported was looked at", fallback=True, ours=True,
        path="/app/reports",
    ),
    NotificationKind.NOTICE: NotificationType(
        "holdfast.notice", "Time runs out for a notice from outside", urgent=True, fallback=True, ours=True,
        path="/app/desk/notices",
    ),
}  # fmt: skip

TYPES: dict[str, NotificationKind] = {row.name: kind for kind, row in TYPE_OF.items()}
"""By the API's names. A name that is not here exists in the API, and nothing of that kind happens here."""


def kinds_named(names: list[str]) -> frozenset[NotificationKind]:
    """The kinds of these names; a name that we do not know stands for none."""
    return frozenset(TYPES[name] for name in names if name in TYPES)


OURS: frozenset[NotificationKind] = frozenset(kind for kind, row in TYPE_OF.items() if row.ours)
