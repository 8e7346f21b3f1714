"""What decisions do to things, as data: an effect sets one aspect of one subject, and the newest in force counts.

Undoing a decision takes its effects away again, in whatever order decisions are undone: an aspect then has the value of
the newest effect that is left, or the one from before the oldest.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant
from ..staff_actions import Staff, Versions


class SubjectKind(StrEnum):
    """What an effect can be about."""

    POST = "post"
    ACCOUNT = "account"
    SIGN_UP = "sign_up"  # the key is field:pattern
    LINK = "link"
    IMAGE = "image"  # the key is the hash of a file


VISIBILITY: Final = "visibility"  # of a post: visible, held, withdrawn
SENSITIVE: Final = "sensitive"
REACH: Final = "limited_reach"
REPLIES: Final = "closed_replies"
LABEL: Final = "label:"  # and the label
STANDING: Final = "standing"  # of an account: active, pending, unclaimed, suspended
FROZEN: Final = "frozen"
LIMITED: Final = "limited"
SENSITIZED: Final = "sensitized"
DISABLED: Final = "disabled"
STRIKE: Final = "strike:"  # and the decision; the value is the severity
SEVERITY: Final = "severity"  # of a sign-up pattern: off, approval, refuse
BARRED: Final = "barred"
TOLD: Final = "told"  # the member of an account was sent a statement of reasons
ON: Final = "on"
OFF: Final = "off"


class ActionKind(StrEnum):
    """What a person can decide. Several go together in one decision."""

    HIDE = "hide"  # taken from view, and may come back
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    LABEL = "label"
    MARK_SENSITIVE = "mark_sensitive"
    LIMIT_REACH = "limit_reach"
    RESTRICT_REPLIES = "restrict_replies"
    FREEZE = "freeze"  # the account may read, and nothing that others see
    LIMIT = "limit"
    SENSITIZE = "sensitize"
    DISABLE = "disable"
    SUSPEND = "suspend"
    WARN = "warn"
    STRIKE = "strike"
    RESTRICT_SIGN_UPS = "restrict_sign_ups"
    BLOCK_LINK = "block_link"
    BLOCK_IMAGE = "block_image"
    REFER = "refer"  # to the police or another authority
    NO_VIOLATION = "no_violation"
    DISMISS = "dismiss"  # what was said is no reason to look any further


class EffectState(IntEnum):
    """Where an effect stands."""

    WAITING = 0
    IN_FORCE = 1
    TAKEN_BACK = 2  # its decision was undone
    OVER = 3  # its time came
    OVERTAKEN = 4  # somebody set the aspect otherwise since, by another way
    NOTHING = 5  # the subject is gone


class NewEffect(msgspec.Struct, frozen=True):
    """What a decision wants. `until`: when it ends by itself. `account_id`: whose the subject is."""

    kind: SubjectKind
    key: str
    aspect: str
    value: str
    account_id: int | None = None
    until: Instant | None = None


class Effect(msgspec.Struct, frozen=True):
    """One effect of a decision. `changed`: whether the aspect was otherwise before; None: not done yet."""

    id: int
    decision_id: int
    kind: SubjectKind
    key: str
    aspect: str
    value: str
    account_id: int | None
    until: Instant | None
    state: EffectState
    changed: bool | None = None


class By(msgspec.Struct, frozen=True):
    """On whose behalf effects are worked on, for the moderation log. `record_id`: the leaf that already tells of it."""

    staff: Staff
    decision_id: int
    record_id: str | None = None
    case_id: int | None = None
    versions: Versions = Versions()
    reason: str = ""


def value_of(baseline: str, in_force: Sequence[tuple[int, str]]) -> str:
    """The value that an aspect has: of the newest effect (id, value) in force, else the one from before all of them."""
    return max(in_force)[1] if in_force else baseline
