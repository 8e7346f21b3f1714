"""What an appeal is, and the pure decisions about one."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.markup import clean_text
from ..effects import ActionKind
from .errors import AppealNotAllowed


class AppealKind(StrEnum):
    """What somebody does not accept."""

    DECISION = "decision"  # what was decided about the one who appeals
    HOLD = "hold"  # that a program hides a post until a person looks
    REPORT = "report"  # that what was reported was found to break nothing


class Outcome(StrEnum):
    """What came of an appeal."""

    UPHELD = "upheld"
    PARTIAL = "partial"
    OVERTURNED = "overturned"
    SETTLED = "settled"  # what it was about was taken back, or decided, in another way before it was answered


class AppealLimits(msgspec.Struct, frozen=True):
    """How long there is, and how much may be said; every number is a setting."""

    days_to_file: int = 183
    days_to_answer: int = 14
    characters: int = 3000
    messages: int = 10
    """Of each side, the first one included."""


class Appeal(msgspec.Struct, frozen=True):
    """One appeal as the staff sees it. `messages` are read apart."""

    id: int
    kind: AppealKind
    account_id: int
    decision_id: int | None
    post_id: int | None
    report_id: int | None
    about_case_id: int | None
    case_id: int
    policy: str | None
    rules: list[str]
    model: str | None
    language: str | None
    first_reviewer_id: int | None
    record_id: str
    filed_at: Instant
    due_at: Instant
    breached_at: Instant | None
    outcome: Outcome | None
    answer: str
    decided_by: int | None
    decided_at: Instant | None
    decided_record_id: str | None
    new_decision_id: int | None


class Message(msgspec.Struct, frozen=True):
    """What one side said. Members are never told who of the staff wrote."""

    id: int
    from_staff: bool
    author_id: int | None
    text: str
    at: Instant


_URGENT: Final = frozenset({ActionKind.SUSPEND, ActionKind.DISABLE, ActionKind.FREEZE})


def lane_of_actions(kinds: frozenset[ActionKind]) -> str:
    """Where an appeal waits: sooner when the account is closed meanwhile."""
    return "P2" if kinds & _URGENT else "P3"


def due(filed_at: Instant, limits: AppealLimits) -> Instant:
    """When it has to be answered."""
    return filed_at + timedelta(days=limits.days_to_answer)


def in_time(decided_at: Instant, now: Instant, limits: AppealLimits) -> bool:
    """Whether there is still time to appeal what was decided then."""
    return now <= decided_at + timedelta(days=limits.days_to_file)


def took(filed_at: Instant, decided_at: Instant) -> str:
    """How long an answer took, as a code for the ledger."""
    days = (decided_at - filed_at).total_seconds() / 86_400
    return next((f"under-{most}d" for most in (1, 3, 7, 14, 30) if days < most), "over-30d")


def said(text: str, limits: AppealLimits, *, field: str = "reason") -> str:
    """The text as it is kept. Raises AppealNotAllowed."""
    cleaned = clean_text(text).strip()
    if not cleaned:
        raise AppealNotAllowed(field, "can't be blank")
    if len(cleaned) > limits.characters:
        raise AppealNotAllowed(field, f"is too long (maximum is {limits.characters} characters)")
    return cleaned
