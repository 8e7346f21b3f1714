"""The moderation log: what the staff, rules, reporters and the clock did, append-only; the status of each subject that
follows from it; and what members are told."""

from .errors import NotYourRank, RoleLacks
from .events import AccountWarned, StaffActed
from .jobs import notify_warned
from .leaves import code_of, public_of
from .model import (
    CLOCK,
    NO_REASON,
    NO_VERSIONS,
    OPERATOR,
    AccountWarning,
    ActorKind,
    LogActor,
    Staff,
    StaffAction,
    Subject,
    SubjectKind,
    Versions,
    WarningKind,
    Why,
)
from .projection import (
    BLANK,
    NO_CHANGE,
    Applied,
    Change,
    ReviewState,
    Status,
    Strike,
    Takedown,
    project,
    projected,
)
from .queries import account_warnings, staff_actions, subject_status, subject_statuses
from .rebuild import Place, Rebuilt, rebuild_page
from .record import record_action, record_event, record_events
from .store import pseudonym_of
from .warn import warn_account

__all__ = [
    "BLANK", "CLOCK", "NO_CHANGE", "NO_REASON", "NO_VERSIONS", "OPERATOR", "AccountWarned", "AccountWarning", "ActorKind",
    "Applied", "Change", "LogActor", "NotYourRank", "Place", "Rebuilt", "ReviewState", "RoleLacks", "Staff", "StaffActed",
    "StaffAction", "Status", "Strike", "Subject", "SubjectKind", "Takedown", "Versions", "WarningKind", "Why",
    "account_warnings", "code_of", "notify_warned", "project", "projected", "public_of", "pseudonym_of", "rebuild_page", "record_action",
    "record_event", "record_events", "staff_actions", "subject_status", "subject_statuses", "warn_account",
]  # fmt: skip
