"""The shipper's decisions, and its state as others read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.continuity import shipping
from holdfast.continuity.shipping.model import covered_until, holes, merged, overlapping, who_falls_behind
from holdfast.pure.mirror import Durability

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda one: (one[0], one[0] + one[1])), max_size=8
)


@given(spans, st.integers(0, 40), st.integers(0, 60))
def test_holes_are_exactly_what_is_not_covered(held: list[tuple[int, int]], begin: int, size: int) -> None:
    end = begin + size
    missing = {one for start, until in holes(held, begin, end) for one in range(start, until)}
    covered = {one for start, until in held for one in range(start, until)}
    assert missing == set(range(begin, end)) - covered
    assert all(start < until for start, until in holes(held, begin, end))


@given(spans, st.integers(0, 40))
def test_merging_changes_no_place(held: list[tuple[int, int]], begin: int) -> None:
    assert holes(merged(held), 0, 100) == holes(held, 0, 100)
    assert covered_until(merged(held), begin) == covered_until(held, begin)


def test_what_holds_some_of_a_gap_is_wanted() -> None:
    objects = [("a", 0, 10), ("b", 10, 20), ("c", 20, 30)]
    assert [name for name, _, _ in overlapping(objects, (10, 20))] == ["b"]
    assert [name for name, _, _ in overlapping(objects, (9, 21))] == ["a", "b", "c"]


def test_a_full_store_falls_behind_only_where_another_has_answered_and_has_room() -> None:
    both = {"a", "b"}
    assert who_falls_behind({"a": 5, "b": 50}, both, 50) == (frozenset({"b"}), False)
    assert who_falls_behind({"a": 50, "b": 50}, both, 50) == (frozenset(), True)
    assert who_falls_behind({"a": 60}, {"a"}, 50) == (frozenset(), True)  # there is nobody to copy from
    assert who_falls_behind({"a": 1}, {"a"}, 50) == (frozenset(), False)
    assert who_falls_behind({"a": 5, "b": 50}, {"b"}, 50) == (
        frozenset(),
        True,
    )  # a never answered: it may never have it
    assert who_falls_behind({"a": 5, "b": 5}, set(), 50) == (frozenset(), False)


def a_state() -> shipping.ShipperState:
    store = shipping.StoreState(
        "one", shipping.LaneMode.BEHIND, 0x3000028, 77, 1.5, 9, "The store does not answer."
    )
    return shipping.ShipperState(
        written_at=NOW, epoch=3, run="ab" * 16, durability=Durability.DEGRADED, degraded_since=NOW, cause="why",
        needed=1, safe_lsn=0x3000028, server_lsn=0x3000100, retained_bytes=5, cap_bytes=10, needs_base=True,
        superseded_by=4, stores=(store,),
    )  # fmt: skip


def test_the_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert shipping.read_state(tmp_path) is None
    shipping.write_state(tmp_path, a_state())
    assert shipping.read_state(tmp_path) == a_state()
    shipping.forget_state(tmp_path)
    assert shipping.read_state(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"epoch": 1}'])
def test_a_state_that_is_none_is_said_to_be_unreadable(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mirror.json").write_text(text)
    with pytest.raises(shipping.StateUnreadable):
        shipping.read_state(tmp_path)


def test_a_state_grows_old() -> None:
    assert not a_state().is_stale(NOW + timedelta(seconds=5))
    assert a_state().is_stale(NOW + timedelta(seconds=5.1))


def test_who_was_superseded_stays_so(tmp_path: Path) -> None:
    assert not shipping.is_superseded(tmp_path)
    assert shipping.superseded_by(tmp_path) is None
    shipping.mark_superseded(tmp_path, 4, "somebody", NOW)
    assert shipping.is_superseded(tmp_path)
    assert shipping.superseded_by(tmp_path) == 4


def test_figures_tell_each_store_and_what_is_wrong() -> None:
    text = shipping.metrics_text(a_state())
    assert 'holdfast_mirror_seconds_behind{store="one"} 1.5' in text
    assert 'holdfast_mirror_store_up{store="one"} 0' in text
    assert "holdfast_mirror_degraded 1" in text
    well = replace(a_state(), durability=Durability.MIRRORED)
    assert "holdfast_mirror_degraded 0" in shipping.metrics_text(well)
