"""Ids of notifications where the API wants a number, and keys of groups.

Two places of the API are numbers that apps read into 64 bits, or into the 53 that JavaScript keeps: the id in a push
message, and `most_recent_notification_id` of a group. Our public ids are longer. There the first 53 bits of the
internal id stand for it: the millisecond and half of the random bits. Apps hand such a *short id* back as an id, a
cursor or a marker, so all three are read here. It opens nothing: one finds only one's own notifications.
"""

from __future__ import annotations

from ...platform.ids import PublicIds
from ...pure.errors import Invalid
from ...social.notification_groups import Group
from ...social.notifications import GroupKey, NotificationNotVisible
from .notification_types import TYPE_OF, TYPES

_SHORT_DROPS_BITS = 10
_SHORT_LAST = (1 << _SHORT_DROPS_BITS) - 1
# Every id since 1987 has one of these as its short form; a public id never is so small, a low cursor such as 0 neither.
_SHORT_RANGE = range(1 << 50, 1 << 53)


def short_id(internal: int) -> int:
    """The number that stands for a notification where the API wants one."""
    return internal >> _SHORT_DROPS_BITS


def id_range(ids: PublicIds, public: str) -> tuple[int, int]:
    """The internal ids that a public or a short id may stand for. Raises NotificationNotVisible."""
    short = _short(public)
    if short is not None:
        return short << _SHORT_DROPS_BITS, (short << _SHORT_DROPS_BITS) + _SHORT_LAST
    internal = ids.decode(public)
    if internal is None:
        raise NotificationNotVisible
    return internal, internal


def cursor(ids: PublicIds, public: str | None, *, newer: bool) -> str | None:
    """A cursor in its long form. `newer`: it asks for what is above it, else for what is below."""
    short = None if public is None else _short(public)
    if short is None:
        return public
    return ids.encode((short << _SHORT_DROPS_BITS) + (_SHORT_LAST if newer else 0))


def group_key(ids: PublicIds, key: GroupKey | None, notification_id: int) -> str:
    """The public key of a group, or of a notification that stands alone."""
    if key is None:
        return f"ungrouped-{ids.encode(notification_id)}"
    name = TYPE_OF[key.kind].name
    return f"{name}-{ids.encode(key.about)}-{key.hour}" if key.about else f"{name}-{key.hour}"


def key_of(ids: PublicIds, group: Group) -> str:
    """The public key of a group that was read."""
    return group_key(ids, group.key, group.id)


def read_group_key(ids: PublicIds, text: str) -> GroupKey | tuple[int, int]:
    """A group, or the ids that a notification which stands alone may have. Raises NotificationNotVisible."""
    name, _, rest = text.partition("-")
    if name == "ungrouped":
        return id_range(ids, rest)
    kind = TYPES.get(name)
    about, dash, hour = rest.rpartition("-")
    post_id = ids.decode(about) if dash else 0
    if kind is None or post_id is None or not (hour.isascii() and hour.isdigit() and len(hour) < 8):
        raise NotificationNotVisible
    return GroupKey(kind, post_id, int(hour))


def read_marker(ids: PublicIds, field: str, last_read_id: str) -> str:
    """A marker of notifications in its long form. Raises Invalid."""
    long = cursor(ids, last_read_id, newer=True) or ""
    if ids.after(long) is None:
        raise Invalid(
            f"{field} must be an id, a decimal number.", details={field: [("ERR_INVALID", "is not an id")]}
        )
    return long


def _short(public: str) -> int | None:
    if public.isascii() and public.isdigit() and len(public) <= 16 and int(public) in _SHORT_RANGE:
        return int(public)
    return None
