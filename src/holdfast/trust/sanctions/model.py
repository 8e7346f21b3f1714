"""What the staff may do to an account or its posts, and what the member is told it was."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ...platform.clock import Instant
from ...pure.errors import Invalid, NotAllowed, NotFound
from ...social.accounts import Restriction
from ..staff_actions import WarningKind

TEXT_CHARACTERS = 5000
"""Longest text to a member: with a policy quoted in it, several times that of a post."""


class SanctionKind(StrEnum):
    """As the Mastodon API names what is done; the last two act on posts."""

    NONE = "none"  # nothing but the words
    SENSITIVE = "sensitive"
    DISABLE = "disable"
    LIMIT = "silence"
    SUSPEND = "suspend"
    MARK_SENSITIVE = "mark_as_sensitive"
    WITHDRAW = "delete"


RESTRICTIONS = {
    SanctionKind.SENSITIVE: Restriction.SENSITIZED,
    SanctionKind.DISABLE: Restriction.DISABLED,
    SanctionKind.LIMIT: Restriction.LIMITED,
}
ON_POSTS = frozenset((SanctionKind.MARK_SENSITIVE, SanctionKind.WITHDRAW))
TOLD_AS = {
    SanctionKind.NONE: WarningKind.NONE,
    SanctionKind.SENSITIVE: WarningKind.SENSITIVE,
    SanctionKind.DISABLE: WarningKind.DISABLE,
    SanctionKind.LIMIT: WarningKind.LIMIT,
    SanctionKind.SUSPEND: WarningKind.SUSPEND,
    SanctionKind.MARK_SENSITIVE: WarningKind.MARK_SENSITIVE,
    SanctionKind.WITHDRAW: WarningKind.WITHDRAW,
}


class Sanction(msgspec.Struct, frozen=True):
    """What is to be done. `policy` is what the member is told, `reason` stays with the staff.

    until: when it ends by itself. post_ids: which posts, for what acts on posts; those of the report when none is
    named.
    """

    account_id: int
    kind: SanctionKind
    policy: str = ""
    reason: str = ""
    report_id: int | None = None
    post_ids: tuple[int, ...] = ()
    until: Instant | None = None


class SanctionNotAllowed(Invalid):
    """What is to be done does not fit together; says why."""


class SignUpNotWaiting(NotAllowed):
    """Only a sign-up that waits can be decided about."""

    public = "This sign-up does not wait for approval"


class NotSuspended(NotAllowed):
    """Only a suspended account can be deleted by the staff."""

    public = "Suspend the account first; only what is suspended can be deleted for good"


class SanctionedNotThere(NotFound):
    """No account of this id, or it is gone for good."""


def check(sanction: Sanction, now: Instant) -> None:
    """Raises SanctionNotAllowed."""
    if len(sanction.policy) > TEXT_CHARACTERS or len(sanction.reason) > TEXT_CHARACTERS:
        raise SanctionNotAllowed(f"text must not be longer than {TEXT_CHARACTERS} characters")
    if sanction.until is not None:
        if sanction.kind is SanctionKind.NONE or sanction.kind in ON_POSTS:
            raise SanctionNotAllowed("only what is done to the account itself can have an end")
        if sanction.until <= now:
            raise SanctionNotAllowed("the end must lie in the future")
