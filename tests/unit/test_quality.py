"""Quality of decisions: agreement, kinds of mistakes, estimates with intervals, draws that can be done again."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.draws import drawn, in_share, ticket
from holdfast.pure.estimates import Share, recall_of
from holdfast.screening.lifecycle import Standing, model_version_of, quiet_heads
from holdfast.trust.decisions import Action, Ruling
from holdfast.trust.effects import ActionKind
from holdfast.trust.quality import (
    ErrorClass,
    Judgement,
    Results,
    Standards,
    VerdictNotAllowed,
    agree,
    alpha,
    error_of,
    fails,
    judged,
    judgement_of,
    kappa,
    surely_above,
)

NOTHING = Judgement("no_violation")
THREAT = Judgement("actioned", "violence", 3)

judgements = st.just(NOTHING) | st.builds(
    Judgement,
    st.just("actioned"),
    st.sampled_from(("violence", "spam", "harassment")),
    st.integers(1, 4),
)


def test_alpha_is_that_of_krippendorffs_own_example() -> None:
    # Four observers, twelve units, missing values: 0.743 nominal, 0.815 ordinal (Krippendorff 2011, section C and D).
    rows = (
        "1 2 3 3 2 1 4 1 2 - - -",
        "1 2 3 3 2 2 4 1 2 5 - 3",
        "- 3 3 3 2 3 4 2 2 5 1 -",
        "1 2 3 3 2 4 4 1 2 5 1 -",
    )
    table = [row.split() for row in rows]
    units = [[int(row[at]) for row in table if row[at] != "-"] for at in range(12)]
    nominal, ordinal = alpha(units), alpha(units, level="ordinal")
    assert nominal.units == 11
    assert nominal.value == pytest.approx(0.743, abs=0.001)
    assert ordinal.value == pytest.approx(0.815, abs=0.001)
    for found in (nominal, ordinal):
        assert found.low is not None
        assert found.high is not None
        assert found.low < (found.value or 0) < found.high <= 1
    assert alpha(units) == nominal  # the interval is the same each time


def test_alpha_says_nothing_where_it_can_say_nothing() -> None:
    assert alpha([]).value is None
    assert alpha([["spam"]]).units == 0
    same = alpha([["spam", "spam"]] * 50)
    assert (same.value, same.agreed) == (None, 1.0)
    assert alpha([["spam", "no"], ["no", "spam"]] * 20).alarming


def test_kappa_is_that_of_a_known_table() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([("y", "y")] * 9) is None
    assert kappa([]) is None


@given(judgements, judgements)
def test_every_disagreement_is_one_of_the_classes_and_agreement_is_none(
    one: Judgement, other: Judgement
) -> None:
    assert agree(one, other) == agree(other, one)
    assert agree(one, one)
    assert (error_of(one, other) is None) == agree(one, other)


def test_the_four_classes() -> None:
    assert error_of(THREAT, NOTHING) is ErrorClass.FALSE_POSITIVE
    assert error_of(NOTHING, THREAT) is ErrorClass.FALSE_NEGATIVE
    assert error_of(Judgement("actioned", "spam", 3), THREAT) is ErrorClass.WRONG_ACTION
    assert error_of(Judgement("actioned", "violence", 1), THREAT) is ErrorClass.WRONG_ACTION
    assert error_of(Judgement("actioned", "violence", 4), THREAT) is None
    assert error_of(THREAT, Judgement("no_violation", technical=True)) is ErrorClass.TECHNICAL


def test_a_verdict_says_what_is_broken_and_what_one_would_do() -> None:
    assert judged("actioned", "spam@2", [ActionKind.WARN, ActionKind.WITHDRAW]) == Judgement(
        "actioned", "spam", 3
    )
    for outcome, policy, kinds in (
        ("maybe", "", ()), ("actioned", "", (ActionKind.WARN,)), ("actioned", "spam", ()),
    ):  # fmt: skip
        with pytest.raises(VerdictNotAllowed):
            judged(outcome, policy, kinds)
    ruling = Ruling((Action(ActionKind.SUSPEND), Action(ActionKind.WARN)), "violence@1", facts="so")
    assert judgement_of(ruling) == Judgement("actioned", "violence", 4)
    assert judgement_of(Ruling((Action(ActionKind.DISMISS),))) == NOTHING


def test_nobody_fails_by_a_few_mistakes_but_by_a_ratio_that_is_sure() -> None:
    standards = Standards(results_least=10, pass_share=0.7)
    assert not fails(Results(0, 9), standards)
    assert not fails(Results(6, 10), standards)
    assert fails(Results(3, 10), standards)
    assert not fails(Results(290, 400), standards)
    assert fails(Results(200, 400), standards)


def test_a_rule_steps_back_only_when_it_is_surely_above_the_bound() -> None:
    assert not surely_above(9, 10, 0.5, 20)
    assert not surely_above(12, 20, 0.5, 20)
    assert surely_above(18, 20, 0.5, 20)


@given(st.integers(0, 500), st.integers(0, 60), st.integers(0, 60), st.integers(0, 100_000))
def test_recall_is_within_its_interval_and_never_told_without_one(
    found: int, bad: int, good: int, population: int
) -> None:
    recall = recall_of(found, Share(bad, bad + good), population)
    assert 0.0 <= recall.low <= recall.high <= 1.0
    assert recall.missed_low <= recall.missed_high
    if recall.value is not None:
        assert recall.low - 1e-9 <= recall.value <= recall.high + 1e-9
    if bad + good == 0 and population and found:
        assert (recall.value, recall.high) == (None, 1.0)


def test_draws_can_be_done_again_and_need_the_seed() -> None:
    names = [str(number) for number in range(500)]
    one = drawn(b"a" * 32, names, 20)
    assert one == drawn(b"a" * 32, reversed(names), 20)
    assert one != drawn(b"b" * 32, names, 20)
    assert one[0] == min(names, key=lambda name: hashlib.sha256(b"a" * 32 + name.encode()).digest())
    assert set(one) - {"7"} <= set(drawn(b"a" * 32, [name for name in names if name != "7"], 20))


@given(st.binary(min_size=32, max_size=32), st.text(max_size=20), st.floats(0, 1))
def test_a_larger_share_holds_the_smaller_one(seed: bytes, name: str, share: float) -> None:
    assert in_share(seed, name, 1.0)
    assert not in_share(seed, name, 0.0)
    assert len(ticket(seed, name)) == 32
    if in_share(seed, name, share / 2):
        assert in_share(seed, name, share)


def test_an_output_of_the_model_is_quiet_for_that_model_alone() -> None:
    version = "rules@3+ab12 holdfast-3+cd34/balanced"
    assert model_version_of(version) == "holdfast-3+cd34/balanced"
    recorded = {
        "model.incitement": Standing("shadow", 1.0, "holdfast-3+cd34/balanced"),
        "model.glorification": Standing("live", 1.0, "holdfast-3+cd34/balanced"),
        "model.threat_direct": Standing("shadow", 1.0, "holdfast-2+0000/balanced"),
        "incitement": Standing("shadow", 1.0, "x"),
    }
    assert quiet_heads(recorded, model_version_of(version)) == {"incitement"}
