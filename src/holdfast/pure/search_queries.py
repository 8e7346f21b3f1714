"""The language of searches: words, "phrases", operators such as `from:ann`, and `-` before any of them.

    from:NAME from:me   has:media|image|video|audio|poll|link|embed   is:reply|sensitive   language:CODE
    before:DATE after:DATE during:DATE   in:all|library|public   #hashtag

Any text is a valid query: what is no operator with a known value is searched for as words. A date is a year, a month
or a day (2026, 2026-03, 2026-03-14), in UTC.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import msgspec

from .entities import Hashtag, find_entities
from .names import normalise_hashtag
from .search_folding import fold_for_search

TERMS_MOST = 32
"""Words, phrases and operators of one query that count; the rest is ignored."""

HAS = ("media", "image", "video", "audio", "poll", "link", "embed")
IS = ("reply", "sensitive")
IN = ("all", "library", "public")
ME = "me"

_TERM = re.compile(r'(?P<no>-?)(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<plain>[^\s"]+))')
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}")
_HANDLE = re.compile(r"@?[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(@[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?)?")


class ParsedSearch(msgspec.Struct, frozen=True):
    """What a query asks for. Phrases are folded, a word is a phrase of one. `since` and `until`: days, the first
    that counts and the first that no longer does. Facets are "has.image", "is.reply", "lang.en", "tag.cats"; of several languages,
    and of several authors, one is enough."""

    phrases: tuple[str, ...] = ()
    not_phrases: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    not_facets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    not_authors: tuple[str, ...] = ()
    within: str = "all"
    since: date | None = None
    until: date | None = None

    @property
    def asks(self) -> bool:
        """Whether it says what is searched for, and not only what is left out."""
        return bool(self.phrases or self.facets or self.languages or self.authors)


def parse_search(text: str) -> ParsedSearch:
    """Read a query; never fails."""
    lists: dict[str, dict[str, None]] = {
        name: {}
        for name in (
            "phrases", "not_phrases", "facets", "not_facets", "languages", "not_languages", "authors", "not_authors",
        )
    }  # fmt: skip
    found: dict[str, str] = {}
    spans: list[tuple[date, date]] = []
    for number, match in enumerate(_TERM.finditer(text)):
        if number >= TERMS_MOST:
            break
        no, name = match["no"], (match["name"] or "").lower()
        value = match["quoted"] if match["quoted"] is not None else match["plain"]
        if name and _operator(name, value, no, lists, found, spans):
            continue
        if not name and match["quoted"] is None and (tag := _hashtag(value)):
            lists["not_facets" if no else "facets"].setdefault(f"tag.{tag}")
            continue
        phrase = fold_for_search(f"{match['name'] or ''} {value}")
        if phrase:
            lists["not_phrases" if no else "phrases"].setdefault(phrase)
    return ParsedSearch(
        phrases=tuple(lists["phrases"]),
        not_phrases=tuple(lists["not_phrases"]),
        facets=tuple(lists["facets"]),
        not_facets=(*lists["not_facets"], *lists["not_languages"]),
        languages=tuple(lists["languages"]),
        authors=tuple(lists["authors"]),
        not_authors=tuple(lists["not_authors"]),
        within=found.get("in", "all"),
        since=max((first for first, _ in spans if first != date.min), default=None),
        until=min((end for _, end in spans if end != date.max), default=None),
    )


def _operator(
    name: str, value: str, no: str, lists: dict[str, dict[str, None]], found: dict[str, str],
    spans: list[tuple[date, date]],
) -> bool:  # fmt: skip
    """Take one operator in; False when it is none, or its value means nothing."""
    low = value.lower()
    if (name == "has" and low in HAS) or (name == "is" and low in IS):
        lists["not_facets" if no else "facets"].setdefault(f"{name}.{low}")
    elif name == "language" and _LANGUAGE.fullmatch(low):
        lists["not_languages" if no else "languages"].setdefault(f"lang.{low}")
    elif name == "from" and _HANDLE.fullmatch(value):
        lists["not_authors" if no else "authors"].setdefault(low.removeprefix("@"))
    elif name == "in" and low in IN and not no:
        found["in"] = low
    elif name in ("before", "after", "during") and not no and (span := _span(low)) is not None:
        first, end = span
        spans.append({"before": (date.min, first), "after": (end, date.max), "during": (first, end)}[name])
    else:
        return False
    return True


def _hashtag(text: str) -> str:
    """The key of the hashtag that all of `text` is; empty when it is none."""
    match find_entities(text):
        case [Hashtag(start=0, end=end, value=value)] if end == len(text):
            return normalise_hashtag(value)
    return ""


def _span(text: str) -> tuple[date, date] | None:
    """The first day of a year, month or day, and the first day after it."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day is not None:
            return first, first + timedelta(days=1)
        if month is not None:
            return first, date(first.year + month // 12, month % 12 + 1, 1)
        return first, date(first.year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None
