"""What a policy says, and the pure decision about one notification."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant

NEW_ACCOUNT: Final = timedelta(days=30)
"""An account younger than this is new."""
NEW_FOLLOWER: Final = timedelta(days=3)
"""A follow younger than this does not count as one: else whoever wants to be heard would follow first."""


class Treatment(StrEnum):
    """What becomes of a notification: told, kept apart until the member looks, or never made."""

    ACCEPT = "accept"
    FILTER = "filter"
    DROP = "drop"


class NotificationPolicy(msgspec.Struct, frozen=True):
    """What a member wants of whom. A notification meets the strictest that applies to it."""

    not_following: Treatment = Treatment.ACCEPT
    not_followers: Treatment = Treatment.ACCEPT
    new_accounts: Treatment = Treatment.ACCEPT
    private_mentions: Treatment = Treatment.FILTER
    limited_accounts: Treatment = Treatment.FILTER
    bots: Treatment = Treatment.ACCEPT


DEFAULT_POLICY: Final = NotificationPolicy()
"""Of members who chose nothing: strangers' private messages and limited accounts wait apart."""


class PolicyChange(msgspec.Struct, frozen=True):
    """What a member changes; None leaves it as it is."""

    not_following: Treatment | None = None
    not_followers: Treatment | None = None
    new_accounts: Treatment | None = None
    private_mentions: Treatment | None = None
    limited_accounts: Treatment | None = None
    bots: Treatment | None = None


class Sender(msgspec.Struct, frozen=True):
    """Who did something. `staff`: one of those who run the place, who must be able to reach members."""

    created_at: Instant
    limited: bool
    staff: bool
    bot: bool = False


class Standing(msgspec.Struct, frozen=True):
    """How the member stands to the sender.

    `follower_since` None: the sender does not follow the member. `allowed`: the member lets this sender through.
    `private`: it is about a private mention; `answered`: the member wrote to the sender in that thread.
    """

    following: bool
    follower_since: Instant | None
    allowed: bool
    private: bool = False
    answered: bool = False


def treatment(policy: NotificationPolicy, sender: Sender, standing: Standing, now: Instant) -> Treatment:
    """What becomes of a notification that the sender's act would make."""
    if standing.allowed or sender.staff:
        return Treatment.ACCEPT
    stranger = not standing.following
    since = standing.follower_since
    applies = (
        (policy.not_following, stranger),
        (policy.not_followers, since is None or now - since < NEW_FOLLOWER),
        (policy.new_accounts, stranger and now - sender.created_at < NEW_ACCOUNT),
        (policy.private_mentions, stranger and standing.private and not standing.answered),
        (policy.limited_accounts, stranger and sender.limited),
        (policy.bots, stranger and sender.bot),
    )
    chosen = {wanted for wanted, meets in applies if meets}
    for strictest in (Treatment.DROP, Treatment.FILTER):
        if strictest in chosen:
            return strictest
    return Treatment.ACCEPT
