"""What can be searched for, and how a post and a query become what the index holds.

The index keeps, beside the words of a post, facets that no word can be mistaken for because they begin with `=`: who
wrote it (`=by.7`), what it has and is (`=has.image`, `=is.reply`, `=lang.en`), whether it is public, and in which
stretches of time it lies (`=t25.66300`). Any query is then a question to one index.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.ids import RANDOM_BITS, id_at
from ...pure.search_folding import fold_for_search, is_unspaced
from ...pure.search_queries import ParsedSearch
from ...pure.window import NEWEST

HISTORY_DAYS = 7

STRETCHES = (21, 25, 29, 33)
"""Lengths of stretches of time as powers of two milliseconds: 35 minutes, 9 hours, 6 days, 99 days."""

INDEXED_CHARACTERS_MOST = 100_000
"""PostgreSQL refuses vectors above 1 MiB; folded text of this length stays below, whatever the script."""

WORD_CHARACTERS_MOST = 200
"""Longer words are cut, in what is indexed and in the query; PostgreSQL refuses words above 2 kB."""

_POSITIONS_MOST = 16_383
_POSITIONS_OF_A_WORD = 255


class PostQuery(msgspec.Struct, frozen=True):
    """Which posts: what the parsed query says, by one of `author_ids` (None: by anybody), ids strictly between two
    bounds. `following`: only accounts of that set."""

    asked: ParsedSearch
    author_ids: tuple[int, ...] | None = None
    not_author_ids: tuple[int, ...] = ()
    below: int = NEWEST
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


class Searchable(msgspec.Struct, frozen=True):
    """What the index is told of a post. `kinds`: those of its attachments, such as "image".
    `hashtags`: their keys."""

    post_id: int
    account_id: int
    text: str
    spoiler: str
    options: str
    public: bool
    reply: bool
    sensitive: bool
    language: str | None
    has_link: bool
    has_poll: bool
    kinds: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()


def vector_of(post: Searchable) -> str:
    """The post as PostgreSQL reads a `tsvector`: words with their positions, and facets."""
    parts = (post.spoiler, post.text, post.options)
    words = " ".join([fold_for_search(part) for part in parts if part])[:INDEXED_CHARACTERS_MOST].split()
    places: dict[str, list[str]] = {}
    for number, word in enumerate(words, start=1):
        places.setdefault(word[:WORD_CHARACTERS_MOST], []).append(str(min(number, _POSITIONS_MOST)))
    lexemes = [f"{_quoted(word)}:{','.join(at[:_POSITIONS_OF_A_WORD])}" for word, at in places.items()]
    return " ".join([*lexemes, *[_quoted(facet) for facet in _facets(post)]])


def _facets(post: Searchable) -> Iterable[str]:
    yield _author_facet(post.account_id)
    for length in STRETCHES:
        yield _stretch(length, post.post_id >> (RANDOM_BITS + length))
    if post.reply:
        yield "=is.reply"
    if post.sensitive:
        yield "=is.sensitive"
    if post.language:
        yield f"=lang.{post.language.lower()}"
        if "-" in post.language:
            yield f"=lang.{post.language.lower().partition('-')[0]}"
    if post.has_link:
        yield "=has.link"
    if post.has_poll:
        yield "=has.poll"
    for kind in dict.fromkeys(post.kinds):
        yield f"=has.{kind}"
    for hashtag in dict.fromkeys(post.hashtags):
        yield f"=tag.{hashtag}"[:WORD_CHARACTERS_MOST]
    if any(kind != "embed" for kind in post.kinds):
        yield "=has.media"


def tsquery_of(wanted: PostQuery) -> str:
    """The query as PostgreSQL reads a `tsquery`, without bounds of time."""
    asked = wanted.asked
    parts = [_phrase(phrase) for phrase in asked.phrases]
    parts += [_quoted(f"={facet}"[:WORD_CHARACTERS_MOST]) for facet in asked.facets]
    parts += _one_of(f"={code}" for code in asked.languages)
    if wanted.author_ids is not None:
        parts += _one_of(_author_facet(ident) for ident in wanted.author_ids)
    parts += [f"!({_phrase(phrase)})" for phrase in asked.not_phrases]
    parts += [f"!{_quoted(f'={facet}'[:WORD_CHARACTERS_MOST])}" for facet in asked.not_facets]
    parts += [f"!{_quoted(_author_facet(ident))}" for ident in wanted.not_author_ids]
    return " & ".join(parts)


def within_stretches(length: int, newest: int) -> str:
    """A `tsquery` of the stretch that holds the id `newest` and the one before it."""
    last = newest >> (RANDOM_BITS + length)
    return " | ".join(_quoted(_stretch(length, number)) for number in (last, last - 1))


def stretches_begin(length: int, newest: int) -> int:
    """The smallest id that those two stretches can hold."""
    return max((newest >> (RANDOM_BITS + length)) - 1, 0) << (RANDOM_BITS + length)


def bounds_of(asked: ParsedSearch, below: int, above: int) -> tuple[int, int]:
    """The bounds of ids with the days that the query names."""
    if asked.until is not None:
        below = min(below, id_at(_midnight(asked.until)))
    if asked.since is not None:
        above = max(above, id_at(_midnight(asked.since)) - 1)
    return below, above


def history_days(now: Instant) -> list[date]:
    """The days that a hashtag's history tells of, today first."""
    return [now.date() - timedelta(days=back) for back in range(HISTORY_DAYS)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _author_facet(account_id: int) -> str:
    return f"=by.{account_id}"


def _stretch(length: int, number: int) -> str:
    return f"=t{length}.{number}"


def _one_of(lexemes: Iterable[str]) -> list[str]:
    choices = [_quoted(lexeme) for lexeme in lexemes]
    return [f"({' | '.join(choices)})"] if choices else []


def _phrase(folded: str) -> str:
    words = [word[:WORD_CHARACTERS_MOST] for word in folded.split()]
    if len(words) == 1 and len(words[0]) == 1 and is_unspaced(words[0]):
        # One character of a script without spaces begins a pair wherever it is not the last of its run.
        return f"{_quoted(words[0])}:*"
    return f"({' <-> '.join(_quoted(word) for word in words)})"


def _quoted(lexeme: str) -> str:
    if "'" in lexeme or "\\" in lexeme:
        lexeme = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{lexeme}'"
