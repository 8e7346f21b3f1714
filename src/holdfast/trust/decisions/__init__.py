"""Decisions: once, for all that a case is about and for copies that come later; recorded, explained, and taken back."""

from ..statements import StatementReader
from .decide import decide, preview, source_type_of
from .errors import (
    AlreadyUndone,
    DecisionNotThere,
    PlanChanged,
    RulingNotAllowed,
    SecondPersonNeeded,
)
from .events import DecisionMade, DecisionReversed, StatementHeld
from .inherit import inherit_decision
from .jobs import decide_copy, settle_decision, settle_undo, tell_held
from .make import (
    AT_ONCE,
    Origin,
    make_decision,
    people_of,
    require_above_all,
    require_for,
    resolved,
)
from .model import MAY_END, Action, Decision, Ruling, Target, check, effects_of
from .queries import (
    Drafted,
    Involved,
    Planned,
    Preview,
    Referral,
    copies_of,
    decisions_page,
    get_decision,
    involved,
    preview_effects,
    referrals_of,
    targets_of_posts,
)
from .tell import policy_named, policy_of, reasons_of
from .undo import undo

__all__ = [
    "AT_ONCE", "MAY_END", "Action", "AlreadyUndone", "Decision", "DecisionMade", "DecisionNotThere", "DecisionReversed", "Drafted", "Involved",
    "Origin", "PlanChanged", "Planned", "Preview", "Referral", "Ruling", "RulingNotAllowed", "SecondPersonNeeded",
    "StatementHeld", "StatementReader", "Target", "check", "copies_of", "decide", "decide_copy", "decisions_page", "effects_of",
    "get_decision", "inherit_decision", "involved", "make_decision", "people_of", "policy_named", "policy_of", "preview",
    "preview_effects", "reasons_of", "referrals_of", "require_above_all", "require_for", "resolved", "settle_decision",
    "settle_undo", "source_type_of", "targets_of_posts", "tell_held", "undo",
]  # fmt: skip
