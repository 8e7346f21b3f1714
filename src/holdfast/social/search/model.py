"""What can be searched for, and how a query is read."""

from __future__ import annotations

import re
from datetime import date, timedelta

import msgspec

from ...platform.clock import Instant
from ...pure.search_folding import fold_for_search

HISTORY_DAYS = 7
PHRASES_MOST = 32
"""Words and phrases of one query that count; the rest is ignored."""

_QUOTED = re.compile(r'"([^"]*)"')


class PostQuery(msgspec.Struct, frozen=True):
    """Which posts: all of `phrases` (folded; a word is a phrase of one), ids strictly between two bounds."""

    phrases: list[str]
    author_id: int | None = None
    below: int = (1 << 63) - 1
    above: int = -1
    limit: int = 20
    offset: int = 0


class TagDay(msgspec.Struct, frozen=True):
    """How a hashtag was used on one day (UTC) in public posts."""

    day: date
    uses: int
    accounts: int


class Tag(msgspec.Struct, frozen=True):
    """A hashtag with its last seven days, today first. `id` None: nobody used it in public."""

    id: int | None
    name: str
    display: str
    history: list[TagDay]


def parse_words(text: str) -> list[str]:
    """The phrases of a query: `"in quotes"` as they stand, every other word by itself. Any text is a valid query."""
    phrases: dict[str, None] = {}
    for number, part in enumerate(_QUOTED.split(text)):
        # `split` gives what is outside and inside of quotes by turns.
        folded = fold_for_search(part)
        for phrase in [folded] if number % 2 else folded.split():
            if phrase:
                phrases.setdefault(phrase)
    return list(phrases)[:PHRASES_MOST]


def history_days(now: Instant) -> list[date]:
    """The days that a hashtag's history tells of, today first."""
    return [now.date() - timedelta(days=back) for back in range(HISTORY_DAYS)]
