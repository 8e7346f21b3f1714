"""The projection of the moderation log: pure, and the same whether step by step or all at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from holdfast.records.ledger import Kind
from holdfast.records.ledger.kinds import check_public
from holdfast.trust.staff_actions import (
    BLANK,
    ActorKind,
    Applied,
    Change,
    LogActor,
    ReviewState,
    Status,
    Strike,
    Subject,
    Takedown,
    Versions,
    Why,
    code_of,
    project,
    projected,
)
from holdfast.trust.staff_actions.leaves import Happened, entry_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_times = st.integers(0, 100_000).map(lambda seconds: NOW + timedelta(seconds=seconds))
_maybe = st.sampled_from([msgspec.UNSET])
_labels = st.lists(st.sampled_from(["spam", "sensitive", "watch"]), max_size=3).map(tuple)
_strikes = st.builds(Strike, st.integers(1, 3), st.none() | _times, st.none() | st.integers(1, 5))
changes = st.builds(
    Change,
    review_state=_maybe | st.sampled_from(ReviewState),
    lane=_maybe | st.none() | st.sampled_from(["P0", "P3"]),
    takedown=_maybe | st.sampled_from(Takedown),
    appealed=_maybe | st.booleans(),
    muted_until=_maybe | st.none() | _times,
    strikes=st.lists(_strikes, max_size=2).map(tuple),
    strike_off=st.lists(st.integers(1, 5), max_size=2).map(tuple),
    labels_added=_labels,
    labels_removed=_labels,
    reviewed=st.booleans(),
    report=st.booleans(),
)


@given(st.lists(changes, max_size=12), st.data())
def test_a_status_that_was_kept_goes_on_like_one_that_is_made_anew(
    made: list[Change], data: st.DataObject
) -> None:
    events = [Applied(n + 1, one, NOW + timedelta(seconds=n), f"staff-{n}", n) for n, one in enumerate(made)]
    cut = data.draw(st.integers(0, len(events)))
    kept = msgspec.json.decode(msgspec.json.encode(projected(events[:cut])), type=Status)
    for event in events[cut:]:
        kept = project(kept, event)
    assert kept == projected(events)
    assert kept.digest == projected(events).digest
    assert kept.seq == len(events)


@given(changes)
def test_a_change_survives_the_database(change: Change) -> None:
    assert msgspec.json.decode(msgspec.json.encode(change), type=Change) == change


def test_strikes_end_and_are_taken_back_with_their_decision() -> None:
    end = NOW + timedelta(days=90)
    status = projected(
        [
            Applied(1, Change(strikes=(Strike(2, end, 7),)), NOW),
            Applied(2, Change(strikes=(Strike(1, None, 8),)), NOW),
        ]
    )
    assert [status.strikes_at(NOW), status.strikes_at(end)] == [3, 1]
    assert project(status, Applied(3, Change(strike_off=(7,)), NOW)).strikes_at(NOW) == 1


def test_a_leaf_shows_codes_and_nothing_that_somebody_wrote() -> None:
    happened = Happened(
        LogActor(ActorKind.STAFF, 5, "moderator", "staff-abcdefgh"), "account.suspend", (Subject.account(9),),
        Why("because of what Ann told us", "You broke a rule."), Versions("violence@3", "a rule, in words", "f" * 64),
        Change(lane="P1"), {"until": None},
    )  # fmt: skip
    entry = entry_of(happened)
    check_public(Kind.ACTION_TAKEN, entry.public)
    assert entry.public == {
        "action": "account.suspend", "automation": "none", "role": "moderator", "policy": "violence@3", "lane": "P1",
    }  # fmt: skip
    assert "Ann" in entry.private["event"]
    assert [code_of(text) for text in ("a b", "", None, "f" * 32)] == [None] * 4


def test_a_blank_status_says_nothing_of_anybody() -> None:
    assert msgspec.json.encode(BLANK) == b"{}"
