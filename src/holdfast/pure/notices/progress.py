"""The states of a notice and the steps between them, as data. No notice is closed while an item has no outcome.

received -> verified | unverified -> acknowledged -> triaged -> in_review <-> needs_info
in_review -> decided -> answered -> closed
answered | closed -> disputed | counter_noticed | appealed -> in_review
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from .errors import StepNotPossible


class NoticeState(StrEnum):
    """Where a notice stands."""

    RECEIVED = "received"
    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    NEEDS_INFO = "needs_info"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    ANSWERED = "answered"
    DISPUTED = "disputed"
    COUNTER_NOTICED = "counter_noticed"
    APPEALED = "appealed"
    CLOSED = "closed"


class Step(StrEnum):
    """What moves a notice."""

    VERIFY = "verify"
    FAIL_VERIFICATION = "fail_verification"
    ACKNOWLEDGE = "acknowledge"
    TRIAGE = "triage"
    START_REVIEW = "start_review"
    ASK = "ask"
    RECEIVE_INFO = "receive_info"
    DECIDE = "decide"
    ANSWER = "answer"
    DISPUTE = "dispute"
    COUNTER_NOTICE = "counter_notice"
    APPEAL = "appeal"
    CLOSE = "close"


class ItemOutcome(StrEnum):
    """How one item ended."""

    ACTIONED = "actioned"
    REFUSED = "refused"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"


class NoticeOutcome(StrEnum):
    """How the whole ended, which follows from its items."""

    ACTIONED = "actioned"
    PARTLY = "partly"
    REFUSED = "refused"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"


_S = NoticeState
STEPS: Mapping[tuple[NoticeState, Step], NoticeState] = MappingProxyType(
    {
        (_S.RECEIVED, Step.VERIFY): _S.VERIFIED,
        (_S.RECEIVED, Step.FAIL_VERIFICATION): _S.UNVERIFIED,
        (_S.UNVERIFIED, Step.VERIFY): _S.VERIFIED,
        (_S.UNVERIFIED, Step.ACKNOWLEDGE): _S.ACKNOWLEDGED,
        (_S.VERIFIED, Step.ACKNOWLEDGE): _S.ACKNOWLEDGED,
        (_S.ACKNOWLEDGED, Step.TRIAGE): _S.TRIAGED,
        (_S.TRIAGED, Step.START_REVIEW): _S.IN_REVIEW,
        (_S.TRIAGED, Step.ASK): _S.NEEDS_INFO,
        (_S.IN_REVIEW, Step.ASK): _S.NEEDS_INFO,
        (_S.NEEDS_INFO, Step.RECEIVE_INFO): _S.IN_REVIEW,
        # Who does not answer a question does not keep the notice open for ever.
        (_S.NEEDS_INFO, Step.START_REVIEW): _S.IN_REVIEW,
        (_S.IN_REVIEW, Step.DECIDE): _S.DECIDED,
        (_S.DECIDED, Step.ANSWER): _S.ANSWERED,
        (_S.ANSWERED, Step.CLOSE): _S.CLOSED,
        **{
            (before, step): after
            for before in (_S.ANSWERED, _S.CLOSED)
            for step, after in (
                (Step.DISPUTE, _S.DISPUTED),
                (Step.COUNTER_NOTICE, _S.COUNTER_NOTICED),
                (Step.APPEAL, _S.APPEALED),
            )
        },
        **{
            (before, Step.START_REVIEW): _S.IN_REVIEW
            for before in (_S.DISPUTED, _S.COUNTER_NOTICED, _S.APPEALED)
        },
    }
)
"""All steps there are: (from, step) to state."""

NEED_OUTCOMES = frozenset({Step.DECIDE, Step.ANSWER, Step.CLOSE})
"""Steps that no notice takes while an item has no outcome."""
_SETTLED = frozenset({_S.DECIDED, _S.ANSWERED, _S.CLOSED})


@dataclass(frozen=True, slots=True)
class Progress:
    """A notice as far as its course goes. items: number of the item to its outcome, None while it has none.

    A notice without items (a question, a letter that names nothing) is decided as a whole; `whole` is its outcome then.
    """

    state: NoticeState = NoticeState.RECEIVED
    items: Mapping[int, ItemOutcome | None] = field(default_factory=dict)
    whole: ItemOutcome | None = None

    @property
    def open_items(self) -> tuple[int, ...]:
        """Items without an outcome."""
        return tuple(sorted(n for n, outcome in self.items.items() if outcome is None))


def possible_steps(progress: Progress) -> frozenset[Step]:
    """The steps that can be taken now."""
    return frozenset(
        step
        for (before, step) in STEPS
        if before is progress.state and not (step in NEED_OUTCOMES and _lacking(progress))
    )


def take_step(progress: Progress, step: Step) -> Progress:
    """The notice after a step. Raises StepNotPossible, which says what is missing."""
    after = STEPS.get((progress.state, step))
    if after is None:
        raise StepNotPossible(f"A notice that is {progress.state} cannot go on with {step}.")
    if step in NEED_OUTCOMES and (lacking := _lacking(progress)):
        raise StepNotPossible(f"Not possible yet: {lacking}.")
    return replace(progress, state=after)


def add_item(progress: Progress, n: int) -> Progress:
    """With one more item, which opens a notice that was settled. Raises StepNotPossible for a number that is taken."""
    if n in progress.items:
        raise StepNotPossible(f"Item {n} is there already.")
    return _reopened(replace(progress, items={**progress.items, n: None}))


def settle_item(progress: Progress, n: int, outcome: ItemOutcome) -> Progress:
    """With an outcome for one item. Raises StepNotPossible for an item that does not exist."""
    if n not in progress.items:
        raise StepNotPossible(f"There is no item {n}.")
    return replace(progress, items={**progress.items, n: outcome})


def unsettle_item(progress: Progress, n: int) -> Progress:
    """Without the outcome of an item whose decision was undone, which opens a notice that was settled."""
    if n not in progress.items:
        raise StepNotPossible(f"There is no item {n}.")
    return _reopened(replace(progress, items={**progress.items, n: None}))


def settle_whole(progress: Progress, outcome: ItemOutcome) -> Progress:
    """With an outcome for a notice without items. Raises StepNotPossible where there are items."""
    if progress.items:
        raise StepNotPossible("This notice has items: decide those.")
    return replace(progress, whole=outcome)


def outcome_of(progress: Progress) -> NoticeOutcome | None:
    """How the whole ended; None while something has no outcome. Duplicates follow what they repeat."""
    if _lacking(progress):
        return None
    outcomes = (
        {one for one in progress.items.values() if one is not None} if progress.items else {progress.whole}
    )
    if outcomes == {ItemOutcome.ACTIONED, ItemOutcome.DUPLICATE}:
        return NoticeOutcome.ACTIONED
    if ItemOutcome.ACTIONED in outcomes and len(outcomes) > 1:
        return NoticeOutcome.PARTLY
    if len(outcomes) == 1:
        (only,) = outcomes
        return NoticeOutcome(str(only))
    return NoticeOutcome.REFUSED


def _lacking(progress: Progress) -> str:
    if progress.open_items:
        return f"items without an outcome: {', '.join(map(str, progress.open_items[:20]))}"
    return (
        "the notice names no item and has no outcome itself"
        if not progress.items and progress.whole is None
        else ""
    )


def _reopened(progress: Progress) -> Progress:
    return replace(progress, state=NoticeState.IN_REVIEW) if progress.state in _SETTLED else progress
