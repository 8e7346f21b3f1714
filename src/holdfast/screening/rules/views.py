"""The ways in which a text is looked at: windows of a long one, as written and with disguises undone."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from holdfast.pure.normalisation import Lexicon, fold, origins, reveal
from holdfast.screening.model import Content
from holdfast.screening.rules import limits
from holdfast.screening.rules.banks import Bank
from holdfast.screening.rules.evaluation import Hit
from holdfast.screening.rules.phrases import matchable

_SENTENCE_END: Final = re.compile(r"[.!?;]+(?=[\s\"]|$)|\n")
_QUOTATION: Final = re.compile(rf'"[^"]{{1,{limits.QUOTE_CHARACTERS}}}"')


class Window(NamedTuple):
    """A piece of the content: folded, as written, and where it starts (None: no evidence, the content warning)."""

    folded: str
    piece: str
    offset: int | None


class View:
    """One rendering of one window: finds hits of banks, once each."""

    def __init__(self, text: str, back: Callable[[int, int], tuple[int, int] | None]) -> None:
        self.text = text
        self._bytes = matchable(text).encode()
        self.back = back
        self._hits: dict[str, list[Hit]] = {}
        self._ends: list[int] | None = None
        self._quotes: list[tuple[int, int]] | None = None

    def hits(self, bank: Bank) -> list[Hit]:
        """Offsets of every entry found, at most `MAX_HITS_PER_BANK`."""
        found = self._hits.get(bank.name)
        if found is None:
            found = self._hits[bank.name] = []
            # Matchable text is ASCII: as bytes it needs no decoding and its offsets are the same.
            text = self.text if bank.source.kind == "regex" else self._bytes
            for match in bank.pattern.finditer(text) if bank.pattern else ():
                found.append(_trimmed(self.text, *match.span()))
                if len(found) >= limits.MAX_HITS_PER_BANK:
                    break
        return found

    def sentence(self, offset: int) -> int:
        """Number of the sentence at an offset."""
        if self._ends is None:
            self._ends = [match.end() for match in _SENTENCE_END.finditer(self.text)]
        return bisect_left(self._ends, offset + 1)

    def is_quoted(self, hit: Hit) -> bool:
        """Inside double quotation marks."""
        if self._quotes is None:
            self._quotes = [match.span() for match in _QUOTATION.finditer(self.text)]
        return any(start < hit.start and hit.end <= end for start, end in self._quotes)

    def protects(self, bank: Bank, hit: Hit) -> bool:
        """Whether a negative bank takes this hit away, by the bank's scope."""
        for other in self.hits(bank):
            if bank.scope == "text":
                return True
            if bank.scope == "overlap":
                if other.start < hit.end and hit.start < other.end:
                    return True
            elif self.sentence(other.start) == self.sentence(hit.start) and (
                bank.scope == "sentence" or 0 <= hit.start - other.end <= limits.BEFORE_CHARACTERS
            ):
                return True
        return False

    def close(self, one: Hit, other: Hit) -> bool:
        """In the same sentence or in neighbouring ones."""
        return abs(self.sentence(one.start) - self.sentence(other.start)) <= 1


def _trimmed(text: str, start: int, end: int) -> Hit:
    """Phrases bound to the start or end of a sentence match its punctuation too; evidence leaves it out."""
    while start < end - 1 and not text[start].isalnum():
        start += 1
    while end > start + 1 and not text[end - 1].isalnum():
        end -= 1
    return Hit(start, end)


def windows(content: Content, notes: list[str]) -> Iterator[Window]:
    """The pieces of a content, in order; a text too long to be read in full is noted."""
    text = content.text
    stretches = [(0, len(text))]
    if len(text) > limits.MAX_SCREENED_CHARACTERS:
        notes.append("note.truncated")
        head = limits.MAX_SCREENED_CHARACTERS - limits.TAIL_CHARACTERS
        stretches = [(0, head), (len(text) - limits.TAIL_CHARACTERS, len(text))]
    step = limits.WINDOW_CHARACTERS - limits.WINDOW_OVERLAP_CHARACTERS
    if len(text) <= limits.WINDOW_CHARACTERS:
        yield Window(fold(text), text, 0)
    else:
        for first, last in stretches:
            for start in range(first, max(last - limits.WINDOW_OVERLAP_CHARACTERS, first + 1), step):
                piece = text[start : min(start + limits.WINDOW_CHARACTERS, last)]
                yield Window(fold(piece), piece, start)
    if content.spoiler_text:
        spoiler = content.spoiler_text[: limits.WINDOW_CHARACTERS]
        yield Window(fold(spoiler), spoiler, None)


def views(window: Window, lexicon: Lexicon, disguises: Any) -> Iterator[View]:
    """The window as folded and, where the pattern `disguises` finds something in it, as revealed."""
    folded, piece, offset = window
    ways: list[list[int] | None] = []

    def original(start: int, end: int) -> tuple[int, int] | None:
        if offset is None:
            return None
        if not ways:
            ways.append(origins(piece))
        back = ways[0]
        if back is None:
            return start + offset, end + offset
        return back[start] + offset, back[end - 1] + 1 + offset

    yield View(folded, original)
    revealed = reveal(folded, lexicon) if disguises.search(folded) is not None else None
    if revealed is not None:
        yield View(revealed.text, lambda start, end: original(*revealed.span(start, end)))
