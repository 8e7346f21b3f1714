"""What a case is, what opens one, and the pure decisions about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, NewType

import msgspec

from ...platform.clock import Instant
from ...screening import Lane
from ..copies import JoinedAs
from ..staff_actions import Staff, Subject, SubjectKind

CaseId = NewType("CaseId", int)

MAIN: Final = "main"
APPEAL: Final = "appeal"
REVIEW: Final = "review"
SAMPLE: Final = "sample"
TRACKS: Final = (MAIN, APPEAL, REVIEW, SAMPLE)
"""Kinds of work. A subject has at most one open case in each; only cases of MAIN gather copies."""


class Source(StrEnum):
    """What says that somebody should look."""

    SCREENING = "screening"
    RULE = "rule"
    REPORT = "report"
    ANONYMOUS = "anonymous"  # the form that needs no account
    PEER = "peer"  # another server
    ADMIN = "admin"  # the staff itself
    NOTICE = "notice"  # the notice desk
    SAMPLE = "sample"
    APPEAL = "appeal"
    REVIEW = "review"  # a second look at a decision
    COPY = "copy"  # nobody: it looks like what is here


FROM_PEOPLE: Final = frozenset({Source.REPORT, Source.ANONYMOUS, Source.PEER})


WITHOUT_EFFECT: Final = frozenset({"no_violation", "dismissed", "restored", "settled"})
"""Outcomes that leave a subject as it was: copies that nobody said anything of are not linked to these."""


class Signal(msgspec.Struct, frozen=True):
    """One reason to look at a subject.

    lane None: that of its category. severity: 0 to 1, as far as it is known. category: what it is said to be, such as
    violence, spam, legal, violation, other, or a head of the model. rules, version: of what flagged. track: the kind of
    work; cases of other tracks than main are always about their subject alone. excluded: who may not have the case.
    by: who of the staff says it, where the staff does.
    hidden: nobody sees the subject until somebody decides, so it must end in a lane, or with a decision that settles it.
    record_id: the leaf of the ledger that tells of the signal itself, where there is one.
    fresh: opens a case even though the subject was decided before and says the same (appeals, reviews, samples).
    """

    source: Source
    subject: Subject
    category: str = "other"
    lane: Lane | None = None
    severity: float = 0.0
    report_id: int | None = None
    policy: str | None = None
    rules: tuple[str, ...] = ()
    version: str | None = None
    language: str | None = None
    due_at: Instant | None = None
    track: str = MAIN
    excluded: tuple[int, ...] = ()
    parent_id: int | None = None
    record_id: str | None = None
    by: Staff | None = None
    hidden: bool = False
    fresh: bool = False


class Case(msgspec.Struct, frozen=True):
    """A case as the staff sees it. `explain`: the parts of `priority`, each with its points."""

    id: int
    track: str
    lane: Lane
    priority: float
    explain: dict[str, Any]
    source: Source
    category: str
    policy: str | None
    language: str | None
    queue: str
    subject: Subject
    version: int
    escalated_at: Instant | None
    assigned_id: int | None
    claimed_id: int | None
    claimed_at: Instant | None
    lease_until: Instant | None
    excluded_ids: list[int]
    severity: float
    signals: int
    members: int
    due_at: Instant | None
    opened_at: Instant
    signalled_at: Instant
    closed_at: Instant | None
    decided_by: int | None
    decision_id: int | None
    outcome: str | None
    parent_id: int | None
    record_id: str | None

    def held_by(self, now: Instant) -> int | None:
        """Who is at work on it: the lease of the claim has not ended."""
        return self.claimed_id if self.lease_until is not None and self.lease_until > now else None


class CaseMember(msgspec.Struct, frozen=True):
    """A subject of a case: the decision is for all of them. `after_decision`: a copy that came later."""

    subject: Subject
    joined_as: JoinedAs
    after_decision: bool
    joined_at: Instant


class CaseSignal(msgspec.Struct, frozen=True):
    """Why a case is there. Who reported is not part of it: `report_id` leads there for those who may know."""

    id: int
    source: Source
    subject: Subject
    lane: Lane
    category: str
    severity: float
    report_id: int | None
    rules: list[str]
    version: str | None
    at: Instant


class QueueFilter(msgspec.Struct, frozen=True):
    """Which cases are asked for; None does not ask. `closed` None: both."""

    queue: str | None = None
    lane: str | None = None
    track: str | None = None
    language: str | None = None
    category: str | None = None
    source: str | None = None
    account_id: int | None = None
    assigned_id: int | None = None
    claimed_id: int | None = None
    closed: bool | None = False


_LANE_OF_CATEGORY: Final[dict[str, Lane]] = {
    "threat": "P1", "violence": "P1", "threat_direct": "P1", "incitement": "P1", "glorification": "P2", "legal": "P2",
    "harassment_hate": "P2", "violation": "P3", "spam": "P4",
}  # fmt: skip


def lane_of(signal: Signal) -> Lane:
    """The lane that a signal asks for. Only screening and the staff can ask for P0: it would be easy to abuse."""
    return signal.lane or _LANE_OF_CATEGORY.get(signal.category, "P3")


def key_of(subject: Subject) -> tuple[str, str]:
    """How a subject is named in the tables."""
    return subject.kind.value, subject.key


def subject_of(kind: str, key: str, account_id: int | None) -> Subject:
    """The way back."""
    of = SubjectKind(kind)
    return (
        Subject(of, int(key), account_id=account_id)
        if key.isdigit() and of not in _NAMED
        else Subject(of, None, key, account_id)
    )


_NAMED: Final = frozenset({SubjectKind.LINK, SubjectKind.SERVER, SubjectKind.TAG})
