"""Who stands how to whom, seen from one viewer; and the pure questions about it."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ..filters import NO_FILTERS, FilterSet


class Following(msgspec.Struct, frozen=True):
    """How the viewer follows somebody. `languages` None: all."""

    show_boosts: bool
    notify: bool
    languages: tuple[str, ...] | None


class Mute(msgspec.Struct, frozen=True):
    """How the viewer mutes somebody; `expires_at` None: until undone."""

    hide_notifications: bool
    expires_at: Instant | None


class Viewer(msgspec.Struct):
    """Somebody who looks, with all relations that decide what they may and want to see.

    `home_slots` are the change stamps that the home timeline depends on. `as_staff` are posts that the viewer may
    read as one of the staff, because a report names them, whoever they were for. `listed_apart` are accounts read in an
    exclusive list and not at home; `filters`, what the viewer wants to be warned of; `followed_tags`, keys of hashtags,
    and `followed_tag_ids`, the ids of the same.
    """

    account_id: int | None
    following: dict[int, Following] = msgspec.field(default_factory=dict)
    blocking: frozenset[int] = frozenset()
    blocked_by: frozenset[int] = frozenset()
    mutes: dict[int, Mute] = msgspec.field(default_factory=dict)
    home_slots: list[int] = msgspec.field(default_factory=list)
    as_staff: frozenset[int] = frozenset()
    blocked_domains: frozenset[str] = frozenset()
    listed_apart: frozenset[int] = frozenset()
    filters: FilterSet = NO_FILTERS
    followed_tags: frozenset[str] = frozenset()
    followed_tag_ids: tuple[int, ...] = ()

    def mutes_now(self, account_id: int, now: Instant) -> bool:
        """Whether a mute of that account is in force."""
        mute = self.mutes.get(account_id)
        return mute is not None and (mute.expires_at is None or mute.expires_at > now)

    def turns_away(self, account_id: int, now: Instant) -> bool:
        """Whether this viewer keeps that account out of timelines, or is kept out by it."""
        return (
            account_id in self.blocking
            or account_id in self.blocked_by
            or (bool(self.mutes) and self.mutes_now(account_id, now))
        )


ANONYMOUS = Viewer(None)


class Relationship(msgspec.Struct, frozen=True):
    """Everything between the viewer and one other account, as clients ask for it."""

    id: int
    following: bool
    showing_boosts: bool
    notifying: bool
    languages: tuple[str, ...] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: Instant | None
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str


class FollowOptions(msgspec.Struct, frozen=True):
    """What a follow says besides itself; UNSET keeps what was set before."""

    show_boosts: bool | msgspec.UnsetType = msgspec.UNSET
    notify: bool | msgspec.UnsetType = msgspec.UNSET
    languages: list[str] | None | msgspec.UnsetType = msgspec.UNSET


class Standing(msgspec.Struct, frozen=True):
    """What stands between two accounts before one acts on the other: `blocked` in either direction."""

    locked: bool
    blocked: bool
