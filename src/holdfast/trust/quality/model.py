"""Second looks at decisions: what two people said, whether that is the same, and what kind of mistake it was. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.proportions import wilson_interval
from ..decisions import Ruling
from ..effects import ActionKind
from .errors import VerdictNotAllowed

ACTIONED: Final = "actioned"
NO_VIOLATION: Final = "no_violation"
NOTE_CHARACTERS: Final = 2000

SEVERITY: Final[Mapping[ActionKind, int]] = {
    ActionKind.WARN: 1, ActionKind.LABEL: 1, ActionKind.MARK_SENSITIVE: 1, ActionKind.STRIKE: 1,
    ActionKind.LIMIT_REACH: 2, ActionKind.RESTRICT_REPLIES: 2, ActionKind.SENSITIZE: 2,
    ActionKind.HIDE: 3, ActionKind.WITHDRAW: 3, ActionKind.LIMIT: 3, ActionKind.BLOCK_LINK: 3, ActionKind.BLOCK_IMAGE: 3,
    ActionKind.FREEZE: 4, ActionKind.DISABLE: 4, ActionKind.SUSPEND: 4, ActionKind.REFER: 4,
    ActionKind.RESTRICT_SIGN_UPS: 4,
}  # fmt: skip
"""How much an action takes: 1 says something, 2 makes smaller, 3 takes a post away, 4 closes an account. 0: nothing."""


class ErrorClass(StrEnum):
    """What kind of mistake a decision was."""

    FALSE_POSITIVE = "false_positive"  # nothing was wrong
    FALSE_NEGATIVE = "false_negative"  # something was, and nothing was done
    WRONG_ACTION = "wrong_action"  # by another policy, or far more or less than was due
    TECHNICAL = "technical"  # it could not be judged: a file did not load, half a thread was missing


class LookKind(StrEnum):
    """Why somebody looks."""

    SECOND = "second"  # drawn
    WIDE = "wide"  # it took many posts away at once; not drawn, so no share is estimated from it
    REQUEUE = "requeue"  # the first reviewer fails
    ADJUDICATION = "adjudication"  # two disagree
    GOLD = "gold"
    SAMPLE = "sample"  # of posts that nothing flagged


BLIND: Final = frozenset({LookKind.SECOND, LookKind.WIDE, LookKind.REQUEUE, LookKind.GOLD})
"""Looks whose reviewer is not told what was decided, nor which of these it is."""


class Judgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody says about a case. `policy`: an id without its version. `severity`: 0 to 4."""

    outcome: str
    policy: str = ""
    severity: int = 0
    technical: bool = False

    @property
    def label(self) -> str:
        """What agreement is counted by: the policy, or that nothing is wrong."""
        return self.policy if self.outcome == ACTIONED else NO_VIOLATION


class Look(msgspec.Struct, frozen=True):
    """One look. `expected`: what the first one said, or the answer of a gold item."""

    id: int
    kind: LookKind
    case_id: int
    first_decision_id: int | None
    first_reviewer_id: int | None
    gold_id: int | None
    parent_id: int | None
    lane: str
    policy: str | None
    language: str | None
    expected: Judgement | None
    opened_at: Instant
    reviewer_id: int | None
    verdict: Judgement | None
    note: str
    judged_at: Instant | None
    agreed: bool | None
    error_class: ErrorClass | None
    tested_id: int | None
    was_right: bool | None
    objection: str | None
    objection_granted: bool | None
    objection_answer: str | None


class Standards(msgspec.Struct, frozen=True):
    """What reviewers are held to; every number is a setting."""

    results_least: int = 10
    pass_share: float = 0.7
    window_days: int = 30
    requeue_most: int = 200


class Results(msgspec.Struct, frozen=True):
    """How somebody did: right, of so many whose answer is known."""

    right: int
    of: int

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the share that was right."""
        return wilson_interval(self.right, self.of)


def judgement_of(ruling: Ruling) -> Judgement:
    """What a decision said."""
    if not ruling.restricts and not ruling.has(ActionKind.REFER):
        return Judgement(NO_VIOLATION)
    return judged(ACTIONED, ruling.policy, (action.kind for action in ruling.actions))


def judged(outcome: str, policy: str, actions: Iterable[ActionKind], *, technical: bool = False) -> Judgement:
    """A verdict in its one form. Raises VerdictNotAllowed."""
    if outcome not in (ACTIONED, NO_VIOLATION):
        raise VerdictNotAllowed(f"outcome: {ACTIONED} or {NO_VIOLATION}")
    if outcome == NO_VIOLATION:
        return Judgement(NO_VIOLATION, technical=technical)
    severity = max((SEVERITY.get(kind, 0) for kind in actions), default=0)
    ident = policy.partition("@")[0]
    if not ident or severity == 0:
        raise VerdictNotAllowed("policy and actions: say what is broken, and what you would do")
    return Judgement(ACTIONED, ident, severity, technical)


def agree(one: Judgement, other: Judgement) -> bool:
    """Whether two say the same: the same policy or none, and measures that are not far apart."""
    return (
        not one.technical
        and not other.technical
        and one.label == other.label
        and abs(one.severity - other.severity) <= 1
    )


def error_of(given: Judgement, right: Judgement) -> ErrorClass | None:
    """What kind of mistake it is to have said `given` where `right` is right."""
    if given.technical or right.technical:
        return ErrorClass.TECHNICAL
    if agree(given, right):
        return None
    if right.outcome == NO_VIOLATION:
        return ErrorClass.FALSE_POSITIVE
    return ErrorClass.FALSE_NEGATIVE if given.outcome == NO_VIOLATION else ErrorClass.WRONG_ACTION


def fails(results: Results, standards: Standards) -> bool:
    """Whether the share that was right is surely below the bound: by a ratio, and of enough."""
    return results.of >= standards.results_least and results.interval[1] < standards.pass_share


def surely_above(overturned: int, of: int, bound: float, least: int) -> bool:
    """Whether more of something was overturned than may be: surely, and of enough."""
    return of >= least and wilson_interval(overturned, of)[0] > bound
