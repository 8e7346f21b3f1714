"""Ids: ascending where one thing follows the other, and never wider than 63 bits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from holdfast.platform.ids import RANDOM_BITS, PublicIds, id_at, new_id

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_ids_of_one_millisecond_ascend_and_differ() -> None:
    made = [new_id(NOON) for _ in range(20_000)]
    assert made == sorted(set(made))
    assert all(abs((ident >> RANDOM_BITS) - (id_at(NOON) >> RANDOM_BITS)) <= 64 for ident in made)


def test_a_later_instant_gives_a_larger_id_and_an_earlier_one_its_own_time() -> None:
    first = new_id(NOON)
    assert new_id(NOON + timedelta(milliseconds=65)) > first
    earlier = NOON - timedelta(days=400)
    assert new_id(earlier) >> RANDOM_BITS == id_at(earlier) >> RANDOM_BITS


def test_ids_stay_within_63_bits_whatever_the_clock_says() -> None:
    assert all(0 <= new_id(datetime(2500, 1, 1, tzinfo=UTC)) < 1 << 63 for _ in range(5_000))
    assert new_id(datetime(1900, 1, 1, tzinfo=UTC)) >> RANDOM_BITS <= 64


def test_public_ids_sort_like_the_ids_and_are_refused_when_made_up() -> None:
    ids = PublicIds(b"k" * 32)
    one, two = new_id(NOON), new_id(NOON + timedelta(seconds=1))
    assert int(ids.encode(one)) < int(ids.encode(two))
    assert ids.decode(ids.encode(one)) == one
    assert ids.decode(str(int(ids.encode(one)) + 1)) is None


def test_a_cursor_that_writes_a_time_as_mastodon_does_bounds_by_that_time() -> None:
    ids = PublicIds(b"k" * 32)
    ident = new_id(NOON)
    earlier, later = (
        str(int((NOON + timedelta(seconds=seconds)).timestamp() * 1000) << 16) for seconds in (-20, 20)
    )
    assert (ids.after(earlier) or 0) < ident < (ids.before(later) or 0)
    assert not ident < (ids.before(earlier) or 0)
    assert not ident > (ids.after(later) or 0)
    # The largest number of 63 bits is how some clients say "from the newest".
    assert ident < (ids.before(str((1 << 63) - 1)) or 0)
    assert (ids.after("0"), ids.before("0")) == (0, 0)
