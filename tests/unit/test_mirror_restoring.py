"""Stores hold back, rename, repeat, reorder and forge; the plan to restore uses what was rightfully written, or says no."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure import mirror
from holdfast.pure.evidence import Algorithm, SigningKey
from holdfast.pure.mirror import Reason

FEW = settings(max_examples=40, deadline=None)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
AUTHORITY = SigningKey("mirror.example/authority", Algorithm.ED25519, bytes(32))
SIGNERS = {
    number: SigningKey(f"mirror.example/{number}", Algorithm.ED25519, bytes(31) + bytes([number]))
    for number in (1, 2, 3)
}
SITE = "7312"


def settled(*starts: tuple[int, int]) -> tuple[mirror.Epoch, ...]:
    """Epochs by number and start; the timeline is the number."""
    claims = [mirror.EpochClaim(SITE, number, "h", SIGNERS[number].verifier, NOW) for number, _ in starts]
    opened = [
        mirror.open_claim(mirror.encode_claim(one, AUTHORITY), one.name, AUTHORITY.verifier) for one in claims
    ]
    return mirror.settle_epochs(
        opened,
        [
            mirror.EpochStart(SITE, number, number, lsn, one.digest)
            for (number, lsn), one in zip(starts, opened, strict=True)
        ],
    )


def run_of(
    bounds: list[int], run: str = "aa", epoch: int = 1, body: bytes = b"x"
) -> list[mirror.SignedChunk]:
    """A whole run with chunks between the bounds."""
    made: list[mirror.SignedChunk] = []
    key = SIGNERS[epoch]
    for sequence, (start, end) in enumerate(itertools.pairwise(bounds)):
        previous = made[-1].digest if made else None
        chunk = mirror.Chunk(SITE, epoch, epoch, run * 16, sequence, start, end, previous, NOW)
        data = mirror.encode_chunk(chunk, body, key)
        made.append(mirror.open_chunk(data, chunk.name, (key.verifier,))[0])
    return made


def base(start: int, end: int, name: str = "b0", parent: str | None = None, epoch: int = 1) -> mirror.Base:
    part = mirror.Part(1, "0" * 64)
    return mirror.Base(SITE, epoch, epoch, name, parent, start, end, "18.1", NOW, NOW, (part,))


def held(*chunks: mirror.SignedChunk) -> list[mirror.HeldChunk]:
    return mirror.merge_stores({"a": chunks})


def spans(plan: mirror.RestorePlan) -> list[tuple[int, int]]:
    return [(step.from_lsn, step.until_lsn) for step in plan.steps]


ONE = settled((1, 0))


def test_copies_at_two_stores_are_one_chunk_with_two_sources() -> None:
    chunks = run_of([0, 10, 20])
    merged = mirror.merge_stores({"a": chunks, "b": [chunks[1]]})
    assert [one.stores for one in merged] == [("a",), ("a", "b")]


def test_a_repeated_chunk_is_written_once_and_the_order_of_a_listing_does_not_matter() -> None:
    chunks = run_of([0, 10, 20, 30])
    plan = mirror.plan_restore(ONE, [base(0, 10)], held(chunks[2], chunks[0], chunks[0], chunks[1]))
    assert spans(plan) == [(0, 10), (10, 20), (20, 30)]
    assert (plan.refused, plan.gap) == ((), None)


def test_a_missing_chunk_ends_the_plan_and_what_follows_is_named() -> None:
    chunks = run_of([0, 10, 20, 30, 40])
    manifest = mirror.Manifest(SITE, 1, 1, 0, None, 40, ("b0",), NOW)
    plan = mirror.plan_restore(
        ONE, [base(0, 10)], held(chunks[0], chunks[2], chunks[3]), manifests=[manifest]
    )
    assert (plan.reach_lsn, plan.gap, plan.missing_bytes) == (10, (10, 20), 30)
    assert [one.reason for one in plan.refused] == [Reason.BEYOND_A_GAP] * 2


def test_an_overlapping_run_closes_the_hole_of_another() -> None:
    first, second = run_of([0, 10, 20, 30]), run_of([5, 25, 40], run="bb")
    plan = mirror.plan_restore(ONE, [base(0, 10)], held(first[0], first[2], *second))
    assert plan.reach_lsn == 40
    assert plan.gap is None


def test_an_end_that_a_store_hides_is_told_by_another_stores_manifest() -> None:
    chunks = run_of([0, 10, 20, 30])
    manifest = mirror.Manifest(SITE, 1, 1, 7, bytes(32), 30, (), NOW)
    plan = mirror.plan_restore(ONE, [base(0, 10)], held(*chunks[:2]), manifests=[manifest])
    assert (plan.reach_lsn, plan.known_lsn, plan.missing_bytes) == (20, 30, 10)


def test_two_signed_chunks_under_one_number_are_both_refused() -> None:
    real, forked = run_of([0, 10, 20]), run_of([0, 10, 20], body=b"other")
    plan = mirror.plan_restore(ONE, [base(0, 10)], held(*real, *forked[1:]))
    assert plan.reach_lsn == 10
    assert [one.reason for one in plan.refused] == [Reason.TWO_UNDER_ONE_NUMBER] * 2


def test_a_chunk_that_names_another_one_before_it_is_refused() -> None:
    real, forked = run_of([0, 10, 20]), run_of([0, 10, 20], body=b"other")
    plan = mirror.plan_restore(ONE, [base(0, 10)], held(real[0], forked[1]))
    assert plan.reach_lsn == 10
    assert [one.reason for one in plan.refused] == [Reason.CHAIN_BROKEN]


def test_what_an_old_epoch_wrote_past_the_start_of_the_new_one_is_cut_off() -> None:
    old, new = run_of([0, 10, 25, 50]), run_of([20, 30, 40], run="bb", epoch=2)
    plan = mirror.plan_restore(settled((1, 0), (2, 20)), [base(0, 10)], held(*old, *new))
    assert spans(plan) == [(0, 10), (10, 20), (20, 30), (30, 40)]
    assert [one.held.signed.chunk.epoch for one in plan.steps] == [1, 1, 2, 2]
    assert [one.reason for one in plan.refused] == [Reason.OLD_EPOCH]


def test_an_epoch_that_was_taken_back_whole_is_skipped() -> None:
    chunks = [
        *run_of([0, 50, 100]), *run_of([100, 150], run="bb", epoch=2), *run_of([50, 70], run="cc", epoch=3),
    ]  # fmt: skip
    epochs = settled((1, 0), (2, 100), (3, 50))
    plan = mirror.plan_restore(epochs, [base(0, 10), base(110, 120, "b9", epoch=2)], held(*chunks))
    assert [one.held.signed.chunk.epoch for one in plan.steps] == [1, 3]
    assert plan.reach_lsn == 70


def test_a_chunk_of_an_unknown_epoch_or_another_site_is_refused() -> None:
    chunks = run_of([0, 10])
    foreign = replace(chunks[0], chunk=replace(chunks[0].chunk, site="99"))
    other_timeline = replace(chunks[0], chunk=replace(chunks[0].chunk, timeline=7))
    for one in (run_of([0, 10], epoch=2)[0], foreign, other_timeline):
        with pytest.raises(mirror.NotRestorable):
            mirror.plan_restore(ONE, [base(0, 10)], held(one))


def test_an_incremental_backup_needs_all_that_it_builds_on() -> None:
    chunks = run_of([0, 10, 20, 30, 40])
    bases = [base(0, 10), base(12, 20, "b1", "b0"), base(25, 30, "b2", "b1")]
    plan = mirror.plan_restore(ONE, bases, held(*chunks))
    assert [one.backup for one in plan.bases] == ["b0", "b1", "b2"]
    assert spans(plan)[0] == (25, 30)
    without = mirror.plan_restore(ONE, [bases[0], bases[2]], held(*chunks))
    assert [one.backup for one in without.bases] == ["b0"]
    circle = [base(0, 10, "x", "y"), base(0, 10, "y", "x")]
    with pytest.raises(mirror.NotRestorable):
        mirror.plan_restore(ONE, circle, held(*chunks))


def test_a_backup_whose_own_log_is_not_there_is_not_chosen() -> None:
    chunks = run_of([0, 10, 20])
    plan = mirror.plan_restore(ONE, [base(0, 10), base(18, 22, "b1")], held(*chunks))
    assert [one.backup for one in plan.bases] == ["b0"]
    with pytest.raises(mirror.NotRestorable):
        mirror.plan_restore(ONE, [base(18, 22, "b1")], held(*chunks))


def test_going_back_in_time_stops_in_the_middle_of_a_chunk() -> None:
    chunks = run_of([0, 10, 20, 30])
    bases = [base(0, 10), base(15, 20, "b1")]
    plan = mirror.plan_restore(ONE, bases, held(*chunks), target_lsn=17)
    assert [one.backup for one in plan.bases] == ["b0"]
    assert (spans(plan), plan.gap) == ([(0, 10), (10, 17)], None)


def test_why_an_object_was_not_readable_has_a_word() -> None:
    assert mirror.reason_of(mirror.ObjectForged()) is Reason.FORGED
    assert mirror.reason_of(mirror.ObjectTruncated()) is Reason.TRUNCATED
    assert mirror.reason_of(mirror.ObjectMisnamed()) is Reason.MISNAMED
    assert mirror.reason_of(mirror.MalformedObject()) is Reason.MALFORMED


RUNS = [run_of([0, 10, 20, 30, 40, 50, 60]), run_of([15, 35, 55, 70], run="bb"), run_of([40, 80], run="cc")]
ALL = [chunk for run in RUNS for chunk in run]


@FEW
@given(
    st.sets(st.integers(0, len(ALL) - 1)), st.randoms(use_true_random=False), st.none() | st.integers(5, 80)
)
def test_whatever_is_held_back_the_plan_is_without_gap_and_as_long_as_can_be(
    kept: set[int], shuffle: object, target: int | None
) -> None:
    chosen = [ALL[index] for index in kept]
    shuffle.shuffle(chosen)  # type: ignore[attr-defined]
    bytes_there = {lsn for one in chosen for lsn in range(one.chunk.start_lsn, one.chunk.end_lsn)}
    reach = next(lsn for lsn in range(100) if lsn not in bytes_there)
    expected = reach if target is None else min(reach, target)
    if expected < 5:
        with pytest.raises(mirror.NotRestorable):
            mirror.plan_restore(ONE, [base(0, 5)], held(*chosen), target_lsn=target)
        return
    plan = mirror.plan_restore(ONE, [base(0, 5)], held(*chosen), target_lsn=target)
    assert plan.reach_lsn == expected
    position = 0
    for step in plan.steps:
        chunk = step.held.signed.chunk
        assert step.from_lsn == position
        assert chunk.start_lsn <= step.from_lsn < step.until_lsn <= chunk.end_lsn
        position = step.until_lsn
    assert position == expected
