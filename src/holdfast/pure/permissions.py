"""What the people who run a place may do: bits as the Mastodon API numbers them, and the bits of each role."""

from __future__ import annotations

from enum import IntFlag
from typing import Final


class Permission(IntFlag):
    """One thing that staff may do. Sources: the Mastodon API's Role entity."""

    ADMINISTRATOR = 1 << 0  # everything
    DEVOPS = 1 << 1
    VIEW_AUDIT_LOG = 1 << 2
    VIEW_DASHBOARD = 1 << 3
    MANAGE_REPORTS = 1 << 4
    MANAGE_FEDERATION = 1 << 5
    MANAGE_SETTINGS = 1 << 6
    MANAGE_BLOCKS = 1 << 7
    MANAGE_TAXONOMIES = 1 << 8
    MANAGE_APPEALS = 1 << 9
    MANAGE_USERS = 1 << 10
    MANAGE_INVITES = 1 << 11
    MANAGE_RULES = 1 << 12
    MANAGE_ANNOUNCEMENTS = 1 << 13
    MANAGE_CUSTOM_EMOJIS = 1 << 14
    MANAGE_WEBHOOKS = 1 << 15
    INVITE_USERS = 1 << 16
    MANAGE_ROLES = 1 << 17
    MANAGE_USER_ACCESS = 1 << 18
    DELETE_USER_DATA = 1 << 19
    # Ours, above all bits that the API has, or will have soon.
    MANAGE_NOTICES = 1 << 28
    SEE_SEALED_NOTICES = 1 << 29


NOTHING: Final = Permission(0)
OF_THE_API: Final = Permission((1 << 20) - 1)
"""The bits that clients of the Mastodon API know."""
_EVERYTHING: Final = OF_THE_API | Permission.MANAGE_NOTICES | Permission.SEE_SEALED_NOTICES
_MODERATOR: Final = (
    Permission.VIEW_AUDIT_LOG | Permission.VIEW_DASHBOARD | Permission.MANAGE_REPORTS
    | Permission.MANAGE_TAXONOMIES | Permission.MANAGE_USERS | Permission.MANAGE_NOTICES
)  # fmt: skip
_ADMIN: Final = _EVERYTHING & ~(Permission.ADMINISTRATOR | Permission.DEVOPS | Permission.INVITE_USERS)

# From the lowest to the highest: who is higher may act on who is lower.
PERMISSIONS: Final[dict[str, Permission]] = {
    "member": NOTHING,
    "moderator": _MODERATOR,
    "admin": _ADMIN,
    "owner": Permission.ADMINISTRATOR,
}
_RANKS: Final = {role: rank for rank, role in enumerate(PERMISSIONS)}


def permits(role: str, wanted: Permission) -> bool:
    """Whether a role holds all of `wanted`; a role that is not known holds nothing."""
    held = PERMISSIONS.get(role, NOTHING)
    if Permission.ADMINISTRATOR in held:
        return True
    return wanted in held


def outranks(role: str, other: str) -> bool:
    """Whether one role may act on holders of the other: only those below it."""
    return _RANKS.get(role, 0) > _RANKS.get(other, 0)
