"""What is counted when the history is replayed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.main.cli.instants import instant_of
from holdfast.main.cli.simulate_report import sparkline
from holdfast.pure.errors import Invalid
from holdfast.screening import RuleSet, load_rules
from holdfast.social.posts import PostState
from holdfast.trust.history import StoredPost
from holdfast.trust.simulation.model import Buckets, queue_load
from holdfast.trust.simulation.replay import Replayed, Side, make_replayer, rehearsed
from holdfast.trust.simulation.tally import Frame, Tally

START = datetime(2026, 1, 1, tzinfo=UTC)
NOTHING = Side("allow", None, [])

RULES = """
name = "fruit"
version = 1
[banks.bananas]
kind = "words"
entries = ["banana"]
[banks.plums]
kind = "words"
entries = ["plum"]
[[rules]]
id = "banana"
title = "Bananas"
lane = "P2"
action = "hold"
stage = "draft"
when = 'bank("bananas")'
[[rules]]
id = "plum"
title = "Plums"
lane = "P3"
action = "flag"
stage = "live"
when = 'bank("plums")'
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "rules.toml"
    file.write_text(RULES)
    return file


@pytest.fixture
def rules(path: Path) -> RuleSet:
    loaded = load_rules(path)
    assert loaded.problems == ()
    return loaded


def _post(number: int, text: str = "", *, account: int = 1, hours: int = 0) -> StoredPost:
    return StoredPost(
        id=number,
        account_id=account,
        state=PostState.VISIBLE,
        text=text,
        spoiler="",
        language=None,
        poll_options=[],
        is_reply=False,
        is_quote=False,
        created_at=START + timedelta(hours=hours),
        edited_at=None,
        author_age_days=1.0,
        author_post_count=number,
        author_posts_this_hour=0,
        version=None,
    )


def _frame(rules: RuleSet, *, days: int = 3, samples: int = 2) -> Frame:
    return Frame(rules, "old@1", Buckets(START, START + timedelta(days=days)), samples, 1)


def test_drafts_are_tried_as_if_they_were_live_unless_told_otherwise(path: Path, rules: RuleSet) -> None:
    assert [rule.source.stage for rule in rehearsed(rules).rules] == ["live", "live"]
    posts = [_post(1, "a banana and a plum"), _post(2, "a pear")]
    both = Replayed(Side("hold", "P2", ["banana", "plum"]), Side("flag", "P3", ["plum"]))
    none = Replayed(NOTHING, NOTHING)
    assert make_replayer(path, path, as_written=False)(posts) == [both, none]
    only_live = Replayed(both.in_force, both.in_force)
    assert make_replayer(path, path, as_written=True)(posts) == [only_live, none]


def test_every_figure(rules: RuleSet) -> None:
    tally = Tally(_frame(rules))
    hold, flag, both = (
        Side("hold", "P2", ["banana"]),
        Side("flag", "P3", ["plum"]),
        Side("hold", "P2", ["banana", "plum"]),
    )
    tally.add(_post(1, account=1, hours=0), Replayed(hold, NOTHING), True)
    tally.add(_post(2, account=1, hours=1), Replayed(both, flag), False)
    tally.add(_post(3, account=2, hours=25), Replayed(flag, flag), None)
    tally.add(_post(4, account=3, hours=26), Replayed(NOTHING, hold), True)
    tally.add(_post(5, account=3, hours=72), Replayed(NOTHING, NOTHING), None)
    found = tally.simulation(2.0)
    assert (found.posts, found.posts_per_second) == (5, 2.5)
    assert found.moves == {
        "allow>allow": 1, "allow>hold": 1, "flag>flag": 1, "flag>hold": 1, "hold>allow": 1,
    }  # fmt: skip
    banana, plum = found.rules
    assert (banana.id, banana.hits, banana.alone, banana.newly, banana.accounts) == ("banana", 2, 1, 1, 1)
    assert (plum.id, plum.hits, plum.alone, plum.newly, plum.accounts) == ("plum", 2, 1, 0, 2)
    assert (found.bucket, banana.over_time, plum.over_time) == ("day", [2, 0, 0, 0], [1, 1, 0, 0])
    assert found.overlap == [("banana", "plum", 1)]
    assert found.overlap_in_force == [("plum", "plum", 2), ("banana", "plum", 1)]
    assert [sample.post_id for sample in found.newly_samples] == [1]
    assert [(sample.post_id, sample.decided) for sample in found.no_longer_samples] == [(4, True)]
    assert (found.accounts, found.accounts_newly, found.top_accounts) == (2, 0, [(1, 2), (2, 1)])
    # Precision speaks of decided posts alone: of posts 1 and 2; plum's only decided hit was released.
    assert banana.precision is not None
    assert plum.precision is not None
    assert (banana.precision.withdrawn, banana.precision.of) == (1, 2)
    assert (plum.precision.withdrawn, plum.precision.of, plum.precision.low) == (0, 1, 0.0)
    assert plum.precision.high > 0.7
    assert (found.withdrawn, found.withdrawn_and_missed) == (2, 1)
    assert (found.queue.posts, found.queue.per_day_most, found.queue.busiest_day) == (3, 2, date(2026, 1, 1))
    assert found.queue.by_lane == {"P2": 2, "P3": 1}
    assert (found.queue.per_day_mean, found.queue.days_over_capacity) == (0.75, 1)


def test_without_decisions_no_precision_is_given(rules: RuleSet) -> None:
    tally = Tally(_frame(rules))
    tally.add(_post(1), Replayed(Side("hold", "P2", ["banana"]), NOTHING), None)
    found = tally.simulation(1.0)
    assert found.precision is None
    assert [rule.precision for rule in found.rules] == [None, None]


def test_samples_are_the_same_whatever_the_order_and_never_more_than_asked(rules: RuleSet) -> None:
    chosen = []
    for order in (range(1, 200), range(199, 0, -1)):
        tally = Tally(_frame(rules, samples=7))
        for number in order:
            tally.add(_post(number), Replayed(Side("flag", "P3", ["plum"]), NOTHING), None)
        found = tally.simulation(1.0)
        assert found.newly_acted_on == 199
        chosen.append([sample.post_id for sample in found.newly_samples])
    assert chosen[0] == chosen[1]
    assert len(chosen[0]) == 7
    assert chosen[0] != list(range(1, 8))


def test_nothing_to_replay(rules: RuleSet) -> None:
    found = Tally(Frame(rules, "old@1", None, 5, 10)).simulation(0.0)
    assert (found.posts, found.queue.posts, found.first_at) == (0, 0, None)


@given(st.dictionaries(st.integers(0, 60), st.integers(1, 30)), st.integers(1, 20))
def test_what_waits_at_the_end_is_what_a_day_by_day_count_says(by_day: dict[int, int], capacity: int) -> None:
    first = date(2026, 1, 1)
    load = queue_load(
        {first + timedelta(days=day): posts for day, posts in by_day.items()},
        {}, first, first + timedelta(days=60), capacity,
    )  # fmt: skip
    waiting = 0
    for day in range(61):
        waiting = max(0, waiting + by_day.get(day, 0) - capacity)
    assert load.waiting_at_end == waiting
    everyday = sorted(by_day.get(day, 0) for day in range(61))
    assert load.per_day_p95 == everyday[57]  # 58 of 61 days, 95 %, have no more


@given(st.integers(0, 40 * 365 * 24))
def test_buckets_are_few_and_hold_every_instant(hours: int) -> None:
    buckets = Buckets(START, START + timedelta(hours=hours))
    assert len(buckets.starts) <= 130
    for at in (START, START + timedelta(hours=hours)):
        index = buckets.index(at)
        assert buckets.starts[index] <= at < buckets.starts[index] + buckets.length


def test_sparklines_and_times() -> None:
    assert sparkline([0, 1, 8]) == " ▁█"
    assert len(sparkline([3] * 1000)) == 24
    assert sparkline([]) == ""
    assert instant_of("2d", "--since", START) == START - timedelta(days=2)
    assert instant_of("2026-01-31T12:00+02:00", "--since", START) == datetime(2026, 1, 31, 10, tzinfo=UTC)
    with pytest.raises(Invalid, match="--since 'soon' is no time"):
        instant_of("soon", "--since", START)
