"""Appeals: what was decided is looked at again by somebody else, with a dialogue, a clock and an answer; and what
reporters are told came of what they reported."""

from .answer import answer
from .errors import (
    AlreadyAppealed,
    AppealClosed,
    AppealNotAllowed,
    AppealNotThere,
    AppealTooLate,
    NothingToAppeal,
)
from .events import AppealDecided, AppealFiled
from .file import appeal_decision, appeal_hold, appeal_report
from .jobs import note_breaches, settle_held, settle_reversed
from .model import Appeal, AppealKind, AppealLimits, Message, Outcome, in_time
from .queries import appeals_of_case, appeals_of_decisions, appeals_page, get_appeal, messages_of
from .rates import DIMENSIONS, OverturnRate, overturn_rates
from .reported import OwnReport, ReportOutcome, own_reports, reports_with_outcome
from .say import add, ask

__all__ = [
    "DIMENSIONS", "AlreadyAppealed", "Appeal", "AppealClosed", "AppealDecided", "AppealFiled", "AppealKind",
    "AppealLimits", "AppealNotAllowed", "AppealNotThere", "AppealTooLate", "Message", "NothingToAppeal", "Outcome",
    "OverturnRate", "OwnReport", "ReportOutcome", "add", "answer", "appeal_decision", "appeal_hold", "appeal_report",
    "appeals_of_case", "appeals_of_decisions", "appeals_page", "ask", "get_appeal", "in_time", "messages_of",
    "note_breaches", "overturn_rates", "own_reports", "reports_with_outcome", "settle_held", "settle_reversed",
]  # fmt: skip
