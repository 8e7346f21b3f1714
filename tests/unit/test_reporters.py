"""Reporters: what decisions teach of them, who acts together, and what a planted campaign looks like."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from holdfast.trust.case_order import Facts, order, reporters_weight
from holdfast.trust.reporters import (
    NEUTRAL,
    Filing,
    FreshNotice,
    Handled,
    Record,
    abuses,
    dependence,
    is_campaign,
    outcome_of,
    together,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OLD = NOW - timedelta(days=900)
NEW = NOW - timedelta(days=1)

filings = st.builds(
    Filing,
    st.integers(1, 12),
    st.integers(0, 200_000).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    st.sampled_from((OLD, NEW)),
    st.sampled_from(("", "no", "this post is a threat", "remove this server at once")),
)
ties = st.sets(st.tuples(st.integers(1, 12), st.integers(1, 12)).filter(lambda pair: pair[0] < pair[1]))


def crowd(count: int, *, since: datetime = OLD, words: str = "", apart: float = 20.0) -> list[Filing]:
    return [
        Filing(number, NOW + timedelta(seconds=apart * number), since, words)
        for number in range(1, count + 1)
    ]


def test_nothing_known_is_an_even_chance_and_every_outcome_moves_it() -> None:
    assert Record().mean == NEUTRAL
    assert Record(9, 0).mean > 0.9 > Record(9, 5).mean > NEUTRAL > Record(0, 3).mean
    assert Record(30, 0).interval[0] > 0.85
    assert abuses(Record(0, 60))
    assert not abuses(Record(0, 10))
    assert not abuses(Record(8, 60))


def test_a_report_is_right_when_something_of_it_was_acted_on_and_undecided_when_that_was_taken_back() -> None:
    right, wrong, open_, gone = (
        Handled("actioned"),
        Handled("no_violation"),
        Handled(None),
        Handled("actioned", undone=True),
    )
    assert outcome_of([wrong, right, open_]) is True
    assert outcome_of([wrong, Handled("dismissed")]) is False
    for undecided in ([], [wrong, open_], [gone], [gone, wrong], [Handled("settled")]):
        assert outcome_of(undecided) is None


def test_people_who_share_nothing_stay_a_crowd_however_fast_they_are() -> None:
    assert together(crowd(50, apart=1.0)).independent == 50
    assert together(crowd(50, apart=1.0, words="no")).independent == 50


def test_a_brigade_is_less_than_one_of_its_members_would_be() -> None:
    one = reporters_weight([NEUTRAL], 1.0)
    for brigade in (
        together(crowd(100, since=NEW)),
        together(crowd(100, words="take this server down now")),
        together(crowd(30), {(one, other) for one in range(1, 31) for other in range(one + 1, 31)}),
    ):
        weight = reporters_weight([NEUTRAL] * brigade.reporters, brigade.independent)
        assert brigade.independent < 1
        assert weight < one
        facts = Facts(0.5, NOW, 3600.0, reporters=[NEUTRAL] * brigade.reporters)
        with_ties = Facts(
            0.5,
            NOW,
            3600.0,
            reporters=[NEUTRAL] * brigade.reporters,
            independent=brigade.independent,
        )
        assert order(with_ties, NOW).priority < order(facts, NOW).priority
        assert order(with_ties, NOW).explain["reporters"]["independent"] < 1


def test_a_brigade_takes_nothing_from_those_it_has_nothing_in_common_with() -> None:
    honest = [
        Filing(901, NOW, OLD, "he says when and where he will come"),
        Filing(902, NOW, OLD, "please look"),
    ]
    brigade = crowd(80, since=NEW, words="take this server down now")
    assert together([*honest, *brigade]).independent >= together(honest).independent


@given(filings, filings, st.booleans())
def test_ties_are_symmetric_and_within_bounds(one: Filing, other: Filing, mutual: bool) -> None:
    tie = dependence(one, other, mutual=mutual)
    assert tie == dependence(other, one, mutual=mutual)
    assert 0.0 <= tie < 1.0
    assert tie <= dependence(one, other, mutual=True)


@given(st.lists(filings, max_size=12), ties, st.integers(1, 5))
def test_more_ties_and_more_of_the_same_never_make_more_people(
    found: list[Filing], mutual: set[tuple[int, int]], times: int
) -> None:
    alone = together(found, mutual)
    assert 0.0 <= alone.independent <= alone.reporters == len(found)
    assert alone.independent <= together(found).independent + 1e-9
    assert together(found * times, mutual).independent <= alone.independent + 1e-9


def test_a_campaign_needs_many_reports_of_several_posts_by_several_new_accounts() -> None:
    planted = [FreshNotice(number, number % 6, number % 3) for number in range(12)]
    assert is_campaign(planted)
    assert not is_campaign(planted[:9])
    assert not is_campaign([FreshNotice(number, 1, 1) for number in range(50)])
    assert not is_campaign([FreshNotice(1, number, number) for number in range(50)])
