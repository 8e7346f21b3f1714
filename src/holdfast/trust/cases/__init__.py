"""Cases: what waits for a person, each thing once, the most harmful first, and never for two people at a time."""

from ..copies import JoinedAs
from .claim import LEASE_SECONDS, assign, claim, claim_next, escalate, keep, release, skip
from .close import close, reopen
from .errors import CaseChanged, CaseNotForYou, CaseNotThere, CaseTaken
from .events import CaseClosed, CaseJoined, CaseOpened, CaseReopened, CopyArrived
from .model import (
    APPEAL,
    MAIN,
    REVIEW,
    SAMPLE,
    TRACKS,
    Case,
    CaseId,
    CaseMember,
    CaseSignal,
    QueueFilter,
    Signal,
    Source,
    lane_of,
)
from .open_or_join import fold, gather, link_copy, note_edited, open_or_join, take_out
from .queries import (
    cases_by_id,
    cases_of_report,
    conflicts,
    get_case,
    lock_case,
    members,
    open_case_of,
    reports_of,
)
from .reader import CaseReader
from .reorder import reorder_cases, reorder_stale

__all__ = [
    "APPEAL", "LEASE_SECONDS", "MAIN", "REVIEW", "SAMPLE", "TRACKS", "Case", "CaseChanged", "CaseClosed", "CaseId",
    "CaseJoined", "CaseMember", "CaseNotForYou", "CaseNotThere", "CaseOpened", "CaseReader", "CaseReopened", "CaseSignal",
    "CaseTaken", "CopyArrived", "JoinedAs", "QueueFilter", "Signal", "Source", "assign", "cases_by_id", "cases_of_report",
    "claim", "claim_next", "close", "conflicts", "escalate", "fold", "gather", "get_case", "keep", "lane_of", "link_copy", "lock_case",
    "members", "note_edited", "open_case_of", "open_or_join", "release", "reopen", "reorder_cases", "reorder_stale", "reports_of", "skip",
    "take_out",
]  # fmt: skip
