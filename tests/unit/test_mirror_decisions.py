"""The mirror's decisions: quorum, fence, retention."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure import mirror
from holdfast.pure.evidence import Algorithm, SigningKey
from holdfast.pure.mirror import Claimed, Durability, Standing

FEW = settings(max_examples=40, deadline=None)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
AUTHORITY = SigningKey("mirror.example/authority", Algorithm.ED25519, bytes(32))
LSNS = st.integers(0, 50)


def epoch(number: int, holder: str = "a", site: str = "7312") -> mirror.Epoch:
    claim = mirror.EpochClaim(site, number, holder, AUTHORITY.verifier, NOW)
    return mirror.open_claim(mirror.encode_claim(claim, AUTHORITY), claim.name, AUTHORITY.verifier)


@FEW
@given(st.dictionaries(st.sampled_from("abcd"), LSNS), st.integers(1, 3))
def test_what_is_safe_is_held_by_as_many_stores_as_needed(confirmed: dict[str, int], needed: int) -> None:
    policy = mirror.QuorumPolicy(frozenset("abc"), needed)
    safe = mirror.safe_lsn(policy, confirmed)
    assert sum(confirmed.get(store, 0) >= safe for store in "abc") >= needed
    assert sum(confirmed.get(store, 0) >= safe + 1 for store in "abc") < needed


@FEW
@given(st.lists(st.tuples(LSNS, LSNS, LSNS, st.integers(-3, 9)), max_size=20))
def test_the_flushed_position_never_goes_back_and_never_runs_ahead(
    steps: list[tuple[int, int, int, int]],
) -> None:
    policy = mirror.QuorumPolicy(frozenset("ab"), 1)
    state, now, sent = mirror.QuorumState(), NOW, 0
    for grown, one, two, seconds in steps:
        sent, now = sent + grown, now + seconds * SECOND
        after = mirror.judge_quorum(policy, state, sent_lsn=sent, confirmed={"a": one, "b": two}, now=now)
        assert state.flushed_lsn <= after.flushed_lsn <= sent
        assert after.flushed_lsn == state.flushed_lsn or after.flushed_lsn <= max(one, two)
        assert (after.waiting_since is None) == (after.flushed_lsn == sent)
        state = after


def test_without_a_quorum_the_server_degrades_after_five_seconds_and_recovers_when_caught_up() -> None:
    policy = mirror.QuorumPolicy(frozenset("ab"), 2)

    def judge(state: mirror.QuorumState, sent: int, b: int, seconds: float) -> mirror.QuorumState:
        at = NOW + seconds * SECOND
        return mirror.judge_quorum(policy, state, sent_lsn=sent, confirmed={"a": sent, "b": b}, now=at)

    state = judge(mirror.QuorumState(), 10, 0, 0)
    assert judge(state, 20, 0, 4.9).durability is Durability.MIRRORED
    degraded = judge(state, 20, 0, 5)
    assert degraded.durability is Durability.DEGRADED
    partly = judge(degraded, 20, 10, 6)
    assert (partly.durability, partly.flushed_lsn) == (Durability.DEGRADED, 10)
    assert judge(partly, 20, 20, 7) == mirror.QuorumState(20, Durability.MIRRORED, None)


def test_a_slow_store_that_moves_does_not_degrade() -> None:
    policy = mirror.QuorumPolicy(frozenset("a"), 1)
    state = mirror.QuorumState()
    for second in range(30):
        state = mirror.judge_quorum(
            policy, state, sent_lsn=second + 5, confirmed={"a": second}, now=NOW + second * SECOND
        )
        assert state.durability is Durability.MIRRORED


@pytest.mark.parametrize("needed", [0, 3])
def test_a_quorum_that_cannot_be_reached_is_refused(needed: int) -> None:
    with pytest.raises(mirror.MirrorInvalid):
        mirror.QuorumPolicy(frozenset("ab"), needed)


@FEW
@given(st.lists(st.sampled_from(["one", "two", "away"]), min_size=1, max_size=7))
def test_of_two_relaunches_at_most_one_holds_the_epoch(stores: list[str]) -> None:
    def answers(who: str) -> dict[str, Claimed]:
        told = {who: Claimed.MADE, "away": Claimed.AWAY}
        return {str(index): told.get(won, Claimed.TAKEN) for index, won in enumerate(stores)}

    one, two = mirror.judge_claim(answers("one")), mirror.judge_claim(answers("two"))
    assert (one, two) != (Standing.HELD, Standing.HELD)


def test_a_higher_claim_anywhere_ends_the_holder() -> None:
    mine = epoch(1)
    assert mirror.judge_fence(mine, {"a": [mine], "b": [mine]}) is Standing.HELD
    assert mirror.judge_fence(mine, {"a": [mine], "b": [mine, epoch(2)]}) is Standing.SUPERSEDED
    assert mirror.judge_fence(mine, {"a": [mine], "b": None}) is Standing.UNCERTAIN
    assert mirror.judge_fence(mine, {"a": [mine], "b": [mine], "c": None}) is Standing.HELD
    assert mirror.judge_fence(mine, {"a": [epoch(1, "b")], "b": [mine]}) is Standing.UNCERTAIN
    assert mirror.judge_fence(mine, {"a": [mine], "b": [mine, epoch(9, site="99")]}) is Standing.HELD
    assert mirror.judge_fence(mine, {}) is Standing.UNCERTAIN


def test_a_claim_without_a_start_counts_for_nothing_and_two_starts_need_a_person() -> None:
    first, lost, won = epoch(1), epoch(2, "lost"), epoch(2, "won")
    starts = [
        mirror.EpochStart("7312", 1, 1, 0, first.digest),
        mirror.EpochStart("7312", 2, 2, 100, won.digest),
    ]
    settled = mirror.settle_epochs([first, lost, won, epoch(3)], starts)
    assert [one.claim.holder for one in settled] == ["a", "won"]
    assert mirror.cut_of(settled, 1) == 100
    assert mirror.cut_of(settled, 2) is None
    with pytest.raises(mirror.ObjectForged):
        mirror.settle_epochs([first, lost, won], [*starts, mirror.EpochStart("7312", 2, 2, 90, lost.digest)])


def base(number: int, days: float, parent: int | None = None, epoch: int = 1) -> mirror.Base:
    at = NOW - timedelta(days=days)
    name = None if parent is None else f"b{parent}"
    part = mirror.Part(1, "0" * 64)
    return mirror.Base(
        "7312", epoch, 1, f"b{number}", name, number * 100, number * 100 + 10, "18", at, at, (part,)
    )


def span(number: int, epoch: int = 1) -> mirror.Span:
    return mirror.Span(epoch, 1, number * 100, number * 100 + 100, "r", number)


def test_old_backups_and_their_log_go_and_the_window_stays_whole() -> None:
    bases = [
        base(0, 40),
        base(1, 33, 0),
        base(2, 30),
        base(3, 20),
        base(4, 16, 3),
        base(5, 10),
        base(6, 3, 5),
    ]
    spans = [span(number) for number in range(8)]
    plan = mirror.plan_forgetting(bases, spans, mirror.RetentionPolicy(), now=NOW)
    assert [one.backup for one in plan.bases] == ["b0", "b1", "b2", "b4"]
    assert [one.sequence for one in plan.spans] == [0, 1, 2]


def test_without_a_full_backup_nothing_goes_and_the_last_ones_stay_for_ever() -> None:
    policy = mirror.RetentionPolicy()
    assert mirror.plan_forgetting([], [span(1)], policy, now=NOW) == mirror.Forgetting((), ())
    old = [base(1, 400), base(2, 390)]
    plan = mirror.plan_forgetting(old, [span(0), span(1), span(2)], policy, now=NOW)
    assert plan.bases == ()
    assert [one.sequence for one in plan.spans] == [0]


@FEW
@given(st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.integers(1, 3)), max_size=12))
def test_what_is_kept_can_always_be_restored(drawn: list[tuple[int, bool, int]]) -> None:
    ages = sorted(drawn, key=lambda one: (one[2], -one[0]))
    bases: list[mirror.Base] = []
    full: dict[int, int] = {}
    for number, (days, incremental, in_epoch) in enumerate(ages):
        parent = full.get(in_epoch) if incremental else None
        bases.append(base(number, days, parent, in_epoch))
        if parent is None:
            full[in_epoch] = number
    spans = [span(number, one[2]) for number, one in enumerate(ages)]
    plan = mirror.plan_forgetting(bases, spans, mirror.RetentionPolicy(), now=NOW)
    kept = [one for one in bases if one not in plan.bases]
    assert kept or not bases
    names = {(one.epoch, one.backup) for one in kept}
    for one in kept:
        assert one.parent is None or (one.epoch, one.parent) in names
        gone = [s for s in plan.spans if s.epoch == one.epoch and s.end_lsn > one.start_lsn]
        assert gone == []
    assert all(one in kept for one in bases if one.ended_at > NOW - timedelta(days=14))


def test_what_a_kept_backup_builds_on_is_kept_through_all_generations() -> None:
    bases = [base(0, 40), base(1, 35, 0), base(2, 20), base(3, 3, 1), base(4, 2), base(5, 1)]
    plan = mirror.plan_forgetting(bases, [], mirror.RetentionPolicy(), now=NOW)
    assert plan.bases == ()
