"""The life of a rule: stages, canaries, figures, and the breaker."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.screening import Content, Screen
from holdfast.screening.lifecycle.breaker import BreakerLimits, Span, runs_away
from holdfast.screening.lifecycle.stages import (
    STAGES,
    STEPS,
    Standing,
    effective,
    is_under_canary,
    may_follow,
)
from tests.unit.test_screening_language import engine, rule


def test_every_stage_is_reached_step_by_step_and_left_again() -> None:
    assert set(STEPS) == set(STAGES)
    for now, then in pairwise(STAGES):
        assert may_follow(now, then)
    assert not may_follow("draft", "live")
    assert not may_follow("shadow", "live")
    assert not may_follow("retired", "live")
    assert all("retired" in STEPS[stage] for stage in STAGES if stage != "retired")
    assert may_follow("live", "shadow")


def test_a_promotion_counts_for_the_very_rule_and_a_demotion_for_any() -> None:
    assert effective("draft", "a", None).stage == "draft"
    assert effective("draft", "a", Standing("live", 1.0, "a")).stage == "live"
    assert effective("draft", "changed", Standing("live", 1.0, "a")).stage == "draft"
    assert effective("live", "changed", Standing("shadow", 1.0, "a")).stage == "shadow"
    assert effective("live", "changed", Standing("canary", 0.1, "a")) == Standing("canary", 0.1, "a")


@given(st.integers(0, 2**63), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_canary_includes_the_smaller(author: int, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert is_under_canary("r", author, large) or not is_under_canary("r", author, small)


def test_a_canary_takes_its_share_of_authors_and_each_rule_its_own() -> None:
    chosen = [{author for author in range(20_000) if is_under_canary(name, author, 0.05)} for name in "ab"]
    for one in chosen:
        assert 900 <= len(one) <= 1_100
    assert len(chosen[0] & chosen[1]) < 120
    assert not is_under_canary("a", None, 1.0)


def test_stages_decide_what_a_hit_does(tmp_path: Path) -> None:
    rules = engine(tmp_path, rule('bank("fruit")', stage="draft"), rule('bank("veg")', rule_id="s"))
    screen = Screen([rules])
    fingerprint = rules.rules.rules[0].fingerprint
    inside = next(author for author in range(1_000) if is_under_canary("r", author, 0.1))
    outside = next(author for author in range(1_000) if not is_under_canary("r", author, 0.1))

    def said(author: int) -> tuple[list[str], list[str], list[str]]:
        verdict = screen.assess(Content(text="quince", author_id=author))
        return verdict.rules, verdict.shadow_rules, verdict.canary_rules

    assert said(inside) == ([], [], [])
    rules.apply({"r": Standing("shadow", 1.0, fingerprint)})
    assert said(inside) == ([], ["r"], [])
    rules.apply({"r": Standing("canary", 0.1, fingerprint)})
    assert said(inside) == (["r"], [], ["r"])
    assert said(outside) == ([], ["r"], [])
    rules.apply({"r": Standing("live", 1.0, fingerprint)})
    assert said(outside) == (["r"], [], [])
    rules.apply({"r": Standing("live", 1.0, "of an earlier rule"), "s": Standing("retired")})
    assert said(inside) == ([], [], [])
    assert screen.assess(Content(text="turnip")).rules == []


def test_what_a_rule_matches_or_does_is_in_its_fingerprint(tmp_path: Path) -> None:
    def fingerprint(text: str) -> str:
        return engine(tmp_path, text).rules.rules[0].fingerprint

    own = rule('bank("fruit")')
    assert fingerprint(own) == fingerprint(
        own.replace('"live"', '"draft"').replace('title = "x"', 'title = "y"')
    )
    assert fingerprint(own) != fingerprint(own.replace('"flag"', '"hold"'))
    assert fingerprint(own) != fingerprint(rule('bank("veg")'))


def test_figures_count_posts_hits_and_different_authors(tmp_path: Path) -> None:
    rules = engine(tmp_path, rule('bank("fruit")', stage="shadow"))
    screen = Screen([rules])
    for author in (1, 1, 1, 2, None, None):
        screen.assess(Content(text="quince q u i n c e", author_id=author))
    for _ in range(40):
        screen.assess(Content(text="bread"))
    posts, did = rules.statistics.drain()
    assert (posts, did["r"].hits, did["r"].authors, did["r"].errors) == (46, 6, 4, 0)
    assert rules.statistics.drain() == (0, {})


LIMITS = BreakerLimits(factor=10.0, min_authors=20, min_posts=200)


@pytest.mark.parametrize(
    ("now", "before", "away"),
    [
        (Span(1_000, 19), Span(100_000, 10), False),  # too few authors to say
        (Span(150, 150), Span(100_000, 10), False),  # too few posts to say
        (Span(1_000, 100), Span(100_000, 10), True),
        (Span(1_000, 100), Span(100_000, 5_000), False),  # its usual share
        (Span(1_000, 30), Span(0, 0), False),  # new: may match one in 20
        (Span(1_000, 500), Span(0, 0), True),  # new, and matches half of all
    ],
)
def test_when_a_rule_runs_away(now: Span, before: Span, away: bool) -> None:
    assert runs_away(now, before, LIMITS) is away


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_matches_never_look_safer(
    posts: int, authors: int, posts_before: int, authors_before: int
) -> None:
    before = Span(posts_before, authors_before)
    if runs_away(Span(posts, authors), before, LIMITS):
        assert runs_away(Span(posts, authors + 1), before, LIMITS)
