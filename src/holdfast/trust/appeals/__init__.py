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
from .jobs import (
    forget_outcomes,
    note_breaches,
    notify_reporter,
    notify_reporters,
    settle_held,
    settle_reversed,
)
from .model import Appeal, AppealKind, AppealLimits, Message, Outcome, in_time
from .queries import (
    Warned,
    appeals_about,
    appeals_of_case,
    appeals_of_decisions,
    appeals_page,
    get_appeal,
    messages_of,
    open_holds_appealed,
    warned,
)
from .rates import DIMENSIONS, OverturnRate, overturn_rates
from .reported import OwnReport, ReportOutcome, own_reports, reports_with_outcome
from .say import add, ask

__all__ = [
    "DIMENSIONS", "AlreadyAppealed", "Appeal", "AppealClosed", "AppealDecided", "AppealFiled", "AppealKind",
    "AppealLimits", "AppealNotAllowed", "AppealNotThere", "AppealTooLate", "Message", "NothingToAppeal", "Outcome",
    "OverturnRate", "OwnReport", "ReportOutcome", "Warned", "add", "answer", "appeal_decision", "appeals_about", "appeal_hold", "appeal_report",
    "appeals_of_case", "appeals_of_decisions", "appeals_page", "ask", "forget_outcomes", "get_appeal", "in_time", "messages_of",
    "note_breaches", "notify_reporter", "notify_reporters", "open_holds_appealed", "overturn_rates", "own_reports", "reports_with_outcome", "settle_held", "settle_reversed",
    "warned",
]  # fmt: skip
