"""What the staff does, written down: an append-only record, and what members are told of it."""

from .errors import NotYourRank, RoleLacks
from .events import AccountWarned, StaffActed
from .jobs import notify_warned
from .model import (
    CLOCK,
    NO_REASON,
    OPERATOR,
    AccountWarning,
    Staff,
    StaffAction,
    Subject,
    SubjectKind,
    WarningKind,
    Why,
)
from .queries import account_warnings, staff_actions
from .record import record_action
from .warn import warn_account

__all__ = [
    "CLOCK", "NO_REASON", "OPERATOR", "AccountWarned", "AccountWarning", "NotYourRank", "RoleLacks", "Staff",
    "StaffActed", "StaffAction", "Subject", "SubjectKind", "WarningKind", "Why", "account_warnings",
    "notify_warned", "record_action", "staff_actions", "warn_account",
]  # fmt: skip
