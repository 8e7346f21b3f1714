"""Hashed word and character n-grams of many texts at once, in numpy alone.

A text is a row of code points. The hash of any stretch of it comes from two prefix sums (a polynomial hash
modulo 2^64), so that every n-gram of every text costs a few vector operations and no Python loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

CHARACTER_SIZES: Final = (2, 3, 4, 5, 6)
WORD_SIZES: Final = (1, 2, 3)
MAX_CHARACTERS: Final = 4096
"""Characters of one text that are read; longer texts come in pieces."""

_BASE: Final = 0x9E3779B97F4A7C15
_INVERSE: Final = pow(_BASE, -1, 2**64)
_SPACE: Final = 32
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    powers = np.full(count, base, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers)


_chunk: Final = 1 << 14
_POWERS: NDArray[np.uint64] = _powers(_BASE, _chunk)
_INVERSES: NDArray[np.uint64] = _powers(_INVERSE, _chunk)


def _tables(count: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    if count <= len(_POWERS):
        return _POWERS[:count], _INVERSES[:count]
    return _powers(_BASE, count), _powers(_INVERSE, count)


def normalised(folded: str) -> str:
    """One blank between words and around the text, at most `MAX_CHARACTERS`."""
    return f" {' '.join(folded[:MAX_CHARACTERS].split())} "


def hashed(
    texts: Sequence[str], buckets: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """N-grams of `normalised` texts.

    Returns (bucket of each n-gram, offset in the whole joined text where it starts, number of the text it
    belongs to); `buckets` is a power of two. Order: by text, then by kind, then by place.
    """
    joined = "".join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    lengths = np.fromiter((len(text) for text in texts), np.int64, len(texts))
    ends = np.cumsum(lengths)
    owner = np.repeat(np.arange(len(texts)), lengths)
    powers, inverses = _tables(len(codes) + 1)
    prefix = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum((codes + np.uint64(1)) * powers[:-1], out=prefix[1:])

    starts_all: list[NDArray[np.int64]] = []
    hashes: list[NDArray[np.uint64]] = []
    last = ends[owner]
    place = np.arange(len(codes))
    for size in CHARACTER_SIZES:
        start = place[place + size <= last]
        hashes.append((prefix[start + size] - prefix[start]) * inverses[start] + np.uint64(size))
        starts_all.append(start)

    blank = codes == _SPACE
    word_start = np.flatnonzero(blank[:-1] & ~blank[1:]) + 1
    word_end = np.flatnonzero(~blank[:-1] & blank[1:]) + 1
    word_owner = owner[word_start]
    for size in WORD_SIZES:
        count = len(word_start) - size + 1
        if count <= 0:
            continue
        start, end = word_start[:count], word_end[size - 1 :]
        same = word_owner[:count] == word_owner[size - 1 :]
        start, end = start[same], end[same]
        hashes.append((prefix[end] - prefix[start]) * inverses[start] + np.uint64(100 + size))
        starts_all.append(start)

    starts = np.concatenate(starts_all)
    mixed = np.concatenate(hashes)
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX
    mixed ^= mixed >> np.uint64(32)
    bucket = (mixed & np.uint64(buckets - 1)).astype(np.int32)
    owners = owner[starts]
    if len(texts) > 1:
        order = np.argsort(owners, kind="stable")
        return bucket[order], starts[order], owners[order]
    return bucket, starts, owners
