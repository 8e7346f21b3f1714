"""How many independent people stand behind a number of reports. Pure.

Accounts that act together say one thing with many mouths. Two reporters are tied by what they share: both made lately,
following each other, the same words. Time makes a tie: what is shared counts in full within an hour. People who share
nothing are independent however soon one follows the other, so that a crowd that saw something real stays a crowd.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.normalisation import fold

FRESH_SECONDS: Final = 7 * 86_400.0
_HOUR: Final = 3600.0
_DAY: Final = 86_400.0

# How far each thing that two share makes them one.
_BOTH_FRESH: Final = 0.6
_MUTUAL: Final = 0.5
_SAME_WORDS: Final = 0.9
_WORDS_LEAST: Final = 3
_LATER: Final = 0.4
_LONG_AFTER: Final = 0.15
_WORD: Final = re.compile(r"\w+")


class Filing(msgspec.Struct, frozen=True):
    """One reporter of a case. `words`: what the report says, as it was written."""

    account_id: int
    at: Instant
    account_since: Instant
    words: str = ""


class Together(msgspec.Struct, frozen=True):
    """So many reporters, who are as much as so many independent ones: 0 <= independent <= reporters.

    A brigade is less than one: that they need each other speaks against what they say.
    """

    reporters: int
    independent: float

    @property
    def share(self) -> float:
        """1 when nobody acts together, near 0 for a brigade."""
        return self.independent / self.reporters if self.reporters else 1.0


def dependence(one: Filing, other: Filing, *, mutual: bool) -> float:
    """How far two reporters are one, 0 to 1. `mutual`: whether they follow each other. Symmetric."""
    apart = 1.0
    if _fresh(one) and _fresh(other):
        apart *= 1.0 - _BOTH_FRESH
    if mutual:
        apart *= 1.0 - _MUTUAL
    if _same_words(one.words, other.words):
        apart *= 1.0 - _SAME_WORDS
    return (1.0 - apart) * _nearness(abs((one.at - other.at).total_seconds()))


def together(filings: Sequence[Filing], mutual: Collection[tuple[int, int]] = ()) -> Together:
    """The effective number: each counts as one, divided by the square of how many they are the same as.

    `mutual`: pairs of accounts that follow each other, the smaller id first. It is never more than the reporters, and
    equal only when nobody is tied. Who is tied to nobody counts in full, whatever brigade reports the same: nobody can
    be made to count less by accounts that have nothing in common with them.
    """
    ties = set(mutual)
    words = [one if _countable(one.words) else msgspec.structs.replace(one, words="") for one in filings]
    shared = [1.0] * len(words)
    for at, one in enumerate(words):
        for further in range(at + 1, len(words)):
            other = words[further]
            pair = (min(one.account_id, other.account_id), max(one.account_id, other.account_id))
            tie = 1.0 if pair[0] == pair[1] else dependence(one, other, mutual=pair in ties)
            shared[at] += tie
            shared[further] += tie
    return Together(len(words), sum(1.0 / one**2 for one in shared))


def as_words(text: str) -> str:
    """A comment in the form that two are compared in."""
    return " ".join(_WORD.findall(fold(text)))


def _fresh(filing: Filing) -> bool:
    return (filing.at - filing.account_since).total_seconds() < FRESH_SECONDS


def _countable(words: str) -> bool:
    return len(words.split()) >= _WORDS_LEAST


def _same_words(one: str, other: str) -> bool:
    return bool(one) and one == other and _countable(one)


def _nearness(seconds: float) -> float:
    if seconds <= _HOUR:
        return 1.0
    return _LATER if seconds <= _DAY else _LONG_AFTER
