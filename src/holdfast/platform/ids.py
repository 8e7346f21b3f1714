"""Ids: sortable inside, unguessable outside (ADR 0011).

Inside, an id is a 63-bit integer: 42 bits of unix milliseconds and 21 random bits, so that
`order by id` is order by time. Outside, it is a decimal string: the internal id, shifted
left by 40 bits, with a 40-bit keyed BLAKE2 code in the low bits. The string sorts like the
id (clients compare length, then text); knowing one tells nothing about its neighbours, and
a made-up one is refused without a query.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b

from .clock import Instant

RANDOM_BITS = 21
CODE_BITS = 40
_CODE_MASK = (1 << CODE_BITS) - 1
_MAX_INTERNAL = (1 << 63) - 1
_MAX_DIGITS = 32
_LAST_MILLISECOND = (1 << 42) - 1
# Mastodon's ids have 16 bits below the milliseconds. Ours never are as small as theirs: that would be 1970.
_FOREIGN_SHIFT = RANDOM_BITS - 16
_FOREIGN_END = 1 << 64


# The last id of this process. Two things that one client does one after the other must sort that way, even when both
# happen within a millisecond.
_last = 0
_STEP_BITS = 10
# So far may a burst run ahead of the clock: a quarter of a million ids at once.
_LEAD_MILLISECONDS = 64


def new_id(at: Instant, random_bits: Callable[[int], int] = secrets.randbits) -> int:
    """A fresh internal id for something that happened `at`; instants outside 1970..2109 are clamped.

    Ids that one process makes one after the other for the same millisecond ascend.
    """
    global _last
    millisecond = _millisecond(at)
    if millisecond <= _last >> RANDOM_BITS <= min(millisecond + _LEAD_MILLISECONDS, _LAST_MILLISECOND - 1):
        _last += 1 + random_bits(_STEP_BITS)
    else:
        _last = (millisecond << RANDOM_BITS) | random_bits(RANDOM_BITS)
    return _last


def _millisecond(at: Instant) -> int:
    return min(max(int(at.timestamp() * 1000), 0), _LAST_MILLISECOND)


def id_at(at: Instant) -> int:
    """The smallest internal id of that millisecond: a bound for queries by time."""
    return _millisecond(at) << RANDOM_BITS


def time_of(internal: int) -> Instant:
    """When the thing of an internal id happened, to the millisecond."""
    return datetime.fromtimestamp((internal >> RANDOM_BITS) / 1000, UTC)


_ULID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_CHARACTERS = 26
_ULID_RANDOM_BITS = 80


def new_ulid(at: Instant, random_bits: Callable[[int], int] = secrets.randbits) -> str:
    """A fresh ULID for something that happened `at`: 26 characters that sort by millisecond and tell nothing else.

    Source: github.com/ulid/spec. For records that leave this server, whose ids must not depend on its keys.
    """
    number = (_millisecond(at) << _ULID_RANDOM_BITS) | random_bits(_ULID_RANDOM_BITS)
    return "".join(_ULID_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_ULID_CHARACTERS)))


class PublicIds:
    """Turns internal ids into the strings that clients see, and back."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cache: dict[int, str] = {}

    def _code(self, internal: int) -> int:
        digest = blake2b(internal.to_bytes(8, "big"), digest_size=5, key=self._key).digest()
        return int.from_bytes(digest, "big")

    def encode(self, internal: int) -> str:
        """The public form of an internal id."""
        found = self._cache.get(internal)
        if found is None:
            if len(self._cache) >= 100_000:
                self._cache.clear()
            found = self._cache[internal] = str((internal << CODE_BITS) | self._code(internal))
        return found

    def decode(self, public: str) -> int | None:
        """The internal id, or None when the string is not one that we gave out."""
        number = _number(public)
        if number is None:
            return None
        internal = number >> CODE_BITS
        if internal > _MAX_INTERNAL or self._code(internal) != number & _CODE_MASK:
            return None
        return internal

    def before(self, public: str) -> int | None:
        """For `max_id`: the internal bound B such that `id < B` means `public form < cursor`.

        Any number is a valid cursor, because clients count up and down from ids they know. One of at most 64 bits is
        read as Mastodon's kind of id, in which clients write a time: unix milliseconds, then 16 bits.
        """
        number = _number(public)
        if number is None:
            return None
        if number < _FOREIGN_END:
            return min(number << _FOREIGN_SHIFT, _MAX_INTERNAL)
        internal, low = min(number >> CODE_BITS, _MAX_INTERNAL), number & _CODE_MASK
        return internal + 1 if self._code(internal) < low else internal

    def after(self, public: str) -> int | None:
        """For `since_id` and `min_id`: the internal bound B such that `id > B` means `public form > cursor`.

        A number of at most 64 bits is a time, as for `before`.
        """
        number = _number(public)
        if number is None:
            return None
        if number < _FOREIGN_END:
            return min(number << _FOREIGN_SHIFT, _MAX_INTERNAL)
        internal, low = min(number >> CODE_BITS, _MAX_INTERNAL), number & _CODE_MASK
        return internal - 1 if self._code(internal) > low else internal


def _number(public: str) -> int | None:
    if not public.isascii() or not public.isdigit() or len(public) > _MAX_DIGITS:
        return None
    return int(public)
