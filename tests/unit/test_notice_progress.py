"""The course of a notice: nothing is closed while something has no outcome."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from holdfast.pure.notices import (
    NEED_OUTCOMES,
    STEPS,
    ItemOutcome,
    NoticeOutcome,
    NoticeState,
    Progress,
    Step,
    StepNotPossible,
    add_item,
    outcome_of,
    possible_steps,
    settle_item,
    settle_whole,
    take_step,
    unsettle_item,
)

SETTLED = {NoticeState.DECIDED, NoticeState.ANSWERED, NoticeState.CLOSED}


class Course(RuleBasedStateMachine):
    """Anything that a team, a sender and undone decisions can do, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.notice = Progress()

    @rule(step=st.sampled_from(list(Step)))
    def step(self, step: Step) -> None:
        possible = step in possible_steps(self.notice)
        try:
            self.notice = take_step(self.notice, step)
        except StepNotPossible:
            assert not possible
        else:
            assert possible

    @rule(choose=st.randoms(use_true_random=False))
    def go_on(self, choose: object) -> None:
        steps = sorted(possible_steps(self.notice))
        if steps:
            self.notice = take_step(self.notice, choose.choice(steps))  # type: ignore[attr-defined]

    @rule(n=st.integers(1, 4))
    def add(self, n: int) -> None:
        if n not in self.notice.items:
            self.notice = add_item(self.notice, n)

    @rule(n=st.integers(1, 4), outcome=st.sampled_from(list(ItemOutcome)))
    def settle(self, n: int, outcome: ItemOutcome) -> None:
        if n in self.notice.items:
            self.notice = settle_item(self.notice, n, outcome)
        elif not self.notice.items:
            self.notice = settle_whole(self.notice, outcome)

    @rule(n=st.integers(1, 4))
    def undo(self, n: int) -> None:
        if n in self.notice.items:
            self.notice = unsettle_item(self.notice, n)

    @invariant()
    def nothing_open_is_settled(self) -> None:
        if self.notice.state in SETTLED:
            assert not self.notice.open_items
            assert self.notice.items or self.notice.whole is not None
            assert outcome_of(self.notice) is not None


Course.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
TestNoNoticeIsClosedWhileAnItemHasNoOutcome = Course.TestCase


def test_every_state_is_reached_and_left_again() -> None:
    reached = {NoticeState.RECEIVED}
    while more := {after for (before, _), after in STEPS.items() if before in reached} - reached:
        reached |= more
    assert reached == set(NoticeState) == {before for before, _ in STEPS}


def test_closing_says_which_items_lack_an_outcome() -> None:
    notice = Progress(NoticeState.ANSWERED, {1: ItemOutcome.ACTIONED, 2: None, 7: None})
    with pytest.raises(StepNotPossible) as caught:
        take_step(notice, Step.CLOSE)
    assert "2, 7" in caught.value.public
    assert Step.CLOSE in NEED_OUTCOMES


@pytest.mark.parametrize(
    ("outcomes", "whole"),
    [
        ("actioned actioned", NoticeOutcome.ACTIONED),
        ("actioned duplicate", NoticeOutcome.ACTIONED),
        ("actioned refused", NoticeOutcome.PARTLY),
        ("refused refused", NoticeOutcome.REFUSED),
        ("invalid", NoticeOutcome.INVALID),
        ("duplicate duplicate", NoticeOutcome.DUPLICATE),
        ("out_of_scope", NoticeOutcome.OUT_OF_SCOPE),
        ("refused invalid", NoticeOutcome.REFUSED),
    ],
)
def test_the_outcome_of_the_whole_follows_from_the_items(outcomes: str, whole: NoticeOutcome) -> None:
    items = dict(enumerate(map(ItemOutcome, outcomes.split())))
    assert outcome_of(Progress(NoticeState.DECIDED, items)) is whole


def test_an_undone_decision_opens_a_closed_notice() -> None:
    closed = Progress(NoticeState.CLOSED, {1: ItemOutcome.ACTIONED})
    assert unsettle_item(closed, 1).state is NoticeState.IN_REVIEW
    assert add_item(closed, 2).state is NoticeState.IN_REVIEW
