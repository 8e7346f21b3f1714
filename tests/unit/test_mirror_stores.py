"""A store is tried before it is relied on: whatever it does or pretends, the operator is told so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from holdfast.continuity import mirror
from holdfast.continuity.mirror import Code, Severity
from holdfast.platform import key_shares, sealing
from holdfast.platform.clock import FixedClock
from holdfast.platform.stores import MemoryObjects, ObjectExists, StoreFaults
from holdfast.pure.mirror import identity_secret, identity_text

CLOCK = FixedClock(datetime(2026, 1, 31, 12, tzinfo=UTC))


async def findings(
    *, lock_promised: bool = False, others: dict[str, frozenset[str]] | None = None, **faults: Any
) -> dict[Code, Severity]:
    store = MemoryObjects(clock=CLOCK, owner_marks=frozenset({"host:a.example", "user:1"}))
    store.faults = StoreFaults(**faults)
    facts = await mirror.probe_store(store, clock=CLOCK, mark="m1")
    judged = mirror.judge_store(facts, lock_promised=lock_promised, others=others or {})
    assert judged.is_fit == (Severity.FATAL not in [one.severity for one in judged.findings])
    return {one.code: one.severity for one in judged.findings}


@pytest.mark.parametrize(
    ("faults", "promised", "expected"),
    [
        ({}, False, {Code.RIGHTS_TOO_WIDE: Severity.WARNING}),
        ({"locked": True}, True, {Code.LOCK_KEPT: Severity.NOTE}),
        ({"refuses_deleting": True, "refuses_overwriting": True}, False, {Code.CANNOT_FORGET: Severity.NOTE}),
        ({}, True, {Code.LOCK_LIED_ABOUT: Severity.FATAL}),
        ({"keeps_versions": True}, True, {Code.LOCK_ONLY_HIDES: Severity.WARNING}),
        ({"says_deleted_and_keeps": True}, False, {Code.DELETE_LIED_ABOUT: Severity.WARNING}),
        ({"away": True}, False, {Code.AWAY: Severity.FATAL}),
        ({"refuses_reading": True}, False, {Code.CANNOT_READ: Severity.FATAL}),
    ],
)  # fmt: skip
async def test_each_way_of_a_store_has_its_finding(
    faults: dict[str, Any], promised: bool, expected: dict[Code, Severity]
) -> None:
    assert await findings(lock_promised=promised, **faults) == expected


async def test_a_store_that_ignores_create_only_is_not_fit() -> None:
    assert (await findings(ignores_create_only=True))[Code.CREATE_ONLY_IGNORED] is Severity.FATAL


async def test_a_store_that_forgets_what_was_put_or_ignores_ranges_is_not_fit() -> None:
    assert (await findings(forgets_what_was_put=True))[Code.CANNOT_READ] is Severity.FATAL
    assert (await findings(ignores_ranges=True))[Code.CANNOT_READ_RANGES] is Severity.FATAL


@pytest.mark.parametrize(("seconds", "told"), [(60, False), (61, True), (-61, True)])
async def test_a_clock_that_is_off_is_told(seconds: int, told: bool) -> None:
    found = await findings(clock_ahead_by=timedelta(seconds=seconds))
    assert (Code.CLOCK_OFF in found) is told


async def test_two_stores_of_one_owner_are_told() -> None:
    assert Code.SAME_OWNER in await findings(others={"s3://x": frozenset({"host:b", "user:1"})})
    assert Code.SAME_OWNER not in await findings(others={"s3://x": frozenset({"host:b", "user:2"})})


async def test_what_was_tried_is_removed_again() -> None:
    store = MemoryObjects(clock=CLOCK)
    await mirror.probe_store(store, clock=CLOCK, mark="m1")
    assert await store.list() == []


def test_any_two_of_three_shares_open_the_mirror_and_one_does_not() -> None:
    made = mirror.make_identity(shares=3, needed=2)
    sealed = sealing.seal(b"history", [made.recipient])
    for pair in ([0, 1], [0, 2], [2, 1]):
        identity = mirror.join_identity([made.shares[index] for index in pair], recipient=made.recipient)
        assert sealing.unseal(sealed, identity) == b"history"
        assert identity_text(identity_secret(identity)) == identity
    all_of_them = [*made.shares, made.shares[0].upper()]
    assert mirror.join_identity(all_of_them, recipient=made.recipient)
    for wrong in ([], made.shares[:1], [made.shares[0]] * 2, [made.shares[0], made.shares[1] + " academic"]):
        with pytest.raises(key_shares.SharesWrong) as caught:
            mirror.join_identity(list(wrong), recipient=made.recipient)
        assert made.shares[0][:20] not in str(caught.value)
    assert made.shares[0] not in repr(made)


def test_shares_of_another_identity_are_refused() -> None:
    one, two = mirror.make_identity(shares=2, needed=2), mirror.make_identity(shares=2, needed=2)
    for shares in ([one.shares[0], two.shares[1]], list(two.shares)):
        with pytest.raises(key_shares.SharesWrong):
            mirror.join_identity(shares, recipient=one.recipient)


@pytest.mark.parametrize(("shares", "needed"), [(1, 1), (3, 1), (2, 3), (17, 2)])
def test_shares_that_protect_nothing_are_not_made(shares: int, needed: int) -> None:
    with pytest.raises(key_shares.SharesWrong):
        mirror.make_identity(shares=shares, needed=needed)


def test_what_is_sealed_needs_the_right_identity_and_every_byte() -> None:
    identity, recipient = sealing.new_identity()
    other, _ = sealing.new_identity()
    sealed = sealing.seal(b"history", [recipient])
    assert b"history" not in sealed
    for data, key in (
        (sealed, other),
        (sealed[:-1], identity),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), identity),
    ):
        with pytest.raises(sealing.SealingWrong):
            sealing.unseal(data, key)
    for wrong in ([], ["age1x"], [recipient, "x"]):
        with pytest.raises(sealing.SealingWrong):
            sealing.seal(b"x", wrong)
    with pytest.raises(sealing.SealingWrong):
        sealing.recipient_of("AGE-SECRET-KEY-1X")


class _RefusesAndReplaces(MemoryObjects):
    async def put_new(self, name: str, data: bytes) -> str | None:
        try:
            return await super().put_new(name, data)
        except ObjectExists:
            await self.put(name, data)
            raise


async def test_a_store_that_says_no_and_replaces_all_the_same_is_found_out() -> None:
    facts = await mirror.probe_store(_RefusesAndReplaces(clock=CLOCK), clock=CLOCK, mark="m1")
    assert facts.create_only is mirror.Outcome.IGNORED
