"""Text as a reader sees it, whatever tricks were used to write it.

Two views are made, both with a way back to offsets in the original:

- *folded*: lower case, no accents, no invisible characters, look-alike letters made Latin;
- *revealed*: the folded text with disguised words put back: leetspeak (`k1ll`), spaced letters
  (`k i l l`, `k.i.l.l`), drawn-out letters (`kiiill`), words cut by symbols or emoji, masked letters
  (`k*ll`), words run together in a hashtag. A word is only put back when a `Lexicon` knows the result, so `3 days`, prices and model
  numbers stay what they are.

Everything here is linear in the length of the text and never raises on any `str`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate, product
from typing import Final

from holdfast.pure.confusables import FoldTable

_TABLE: Final = FoldTable()
_RUN: Final = re.compile(r"(.)\1+")
_CHUNK: Final = re.compile(
    r"""(?<!\S)(?=\S{0,47}?(?:[a-z][^\sa-z']+[a-z]|[0-9@$!#(|+][a-z]|[a-z][0-9$@]|([a-z])\1\1))\S{2,48}(?!\S)"""
)
"""Tokens that may be disguised; plain words are passed over."""
_SPACED: Final = re.compile(r"(?<![a-z0-9])[a-z0-9@$!](?:[ ._*\-/|~+,]{1,3}[a-z0-9@$!](?![a-z0-9])){2,}")
_LEET: Final[dict[str, str]] = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "il",
    "|": "li", "+": "t", "(": "c",
}  # fmt: skip
_OPENING: Final = "'\"(.,;:[{<“"
_EDGE: Final = "'\".,;:?)]}>“”…#"
_MASK: Final = re.compile(r"[*#_]")
_NOT_LETTER: Final = re.compile(r"[^a-z]+")
_MAX_READINGS: Final = 16
_MIN_HASHTAG: Final = 8
_MAX_SPACED_LETTERS: Final = 512
_MASK_EXCLUDED: Final = frozenset({"sh*t", "f*ck", "c*nt", "d*ck", "b*tch", "d*mn", "h*ll"})
"""Masked words whose usual reading is an oath, not a threat."""

DISGUISES: Final = "|".join(
    [
        *(letter * 3 for letter in "abcdefghijklmnopqrstuvxyz"),
        r"\b[a-z0-9@$!][ ._*\-/|~+,]{1,3}[a-z0-9@$!][ ._*\-/|~+,]{1,3}[a-z0-9@$!]\b",
        r"[a-z][013457@$!|+*#(]+[a-z]",
        r"\b[0-9$][a-z]{2}",
        r"(?:^|[^a-z0-9])\$[a-z0-9]{3}",
        r"@[a-z]{1,4}\b",
        r"\$[0-9]+[a-z]",
        r"\b[a-z]{2,}[013457$]\b",
        r"\b[a-z]{1,4}[.\-_~^\\/]{1,2}[a-z]{1,4}\b",
        r"[a-z][^\x00-\x7f]{1,3}[a-z]",
        r"#[a-z]{7}",
    ]
)
"""RE2 and `re` pattern over folded text: without a match, revealing would change nothing of interest."""


def fold(text: str) -> str:
    """Lower case, accents and invisible characters gone, look-alikes made Latin. Safe on surrogates."""
    if text.isascii():
        return text.lower().replace("\t", " ").replace("`", "'")
    return text.translate(_TABLE)


def canonical(text: str) -> str:
    """Folded text with every run of white space made one space: the form whose SHA-256 a hash bank holds."""
    return " ".join(fold(text).split())


def origins(text: str) -> list[int] | None:
    """Offset in `text` of each character of `fold(text)`; None when the two run in step."""
    if text.isascii():
        return None
    return [at for at, character in enumerate(text) for _ in _TABLE[ord(character)]]


def skeleton(word: str) -> str:
    """The word with every run of one letter made single: `kiiill` and `kill` both give `kil`."""
    return _RUN.sub(r"\1", word)


class Lexicon:
    """The words that a disguise may turn out to be."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(word for word in words if word.isascii() and word.isalpha())
        self._by_skeleton: dict[str, list[str]] = {}
        self._masked: dict[str, str] = {}
        # The longest word of a skeleton comes first: `shooot` is read as shoot, not as shot.
        for word in sorted(self.words, key=lambda word: (-len(word), word)):
            self._by_skeleton.setdefault(skeleton(word), []).append(word)
            if len(word) >= 4:
                for at in range(1, len(word) - 1):
                    masked = word[:at] + "*" + word[at + 1 :]
                    if masked not in _MASK_EXCLUDED:
                        self._masked.setdefault(masked, word)
        self.longest = max((len(word) for word in self.words), default=0)

    def drawn_out(self, word: str) -> str | None:
        """The known word of which `word` is a drawn-out spelling (each run at least as long)."""
        if word in self.words:
            return word
        for known in self._by_skeleton.get(skeleton(word), ()):
            if len(known) <= len(word) and _runs_cover(word, known):
                return known
        return None

    def unmasked(self, word: str) -> str | None:
        """The known word behind one masked letter (`k*ll`)."""
        return self._masked.get(_MASK.sub("*", word))

    def segment(self, letters: str) -> str | None:
        """Cut letters into known words (`ikillyou` -> `i kill you`), fewest words first; None if none fit."""
        if not letters or len(letters) > _MAX_SPACED_LETTERS:
            return None
        fewest: list[int | None] = [0] + [None] * len(letters)
        begins = [0] * (len(letters) + 1)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - self.longest), end):
                before, current = fewest[start], fewest[end]
                if before is None or (current is not None and before + 1 >= current):
                    continue
                if letters[start:end] in self.words:
                    fewest[end], begins[end] = before + 1, start
        if fewest[-1] is None:
            return None
        words = []
        end = len(letters)
        while end:
            words.append(letters[begins[end] : end])
            end = begins[end]
        return " ".join(reversed(words))


def _runs_cover(word: str, known: str) -> bool:
    """True if each run of `known` is at most as long as the same run of `word`, and some run is drawn out."""
    long_runs = [len(run.group()) for run in re.finditer(r"(.)\1*", word)]
    short_runs = [len(run.group()) for run in re.finditer(r"(.)\1*", known)]
    return (
        len(long_runs) == len(short_runs)
        and all(a >= b for a, b in zip(long_runs, short_runs, strict=True))
        and max(long_runs) >= 3
    )


class Revealed:
    """The revealed text and the way from its offsets back to the folded text."""

    def __init__(self, folded: str, edits: list[tuple[int, int, str]]) -> None:
        """`edits`: (start, end, replacement) in the folded text, in order, not overlapping."""
        pieces: list[tuple[str, int, int, bool]] = []
        at = 0
        for start, end, replacement in edits:
            pieces.append((folded[at:start], at, start, False))
            pieces.append((replacement, start, end, True))
            at = end
        pieces.append((folded[at:], at, len(folded), False))
        self.text = "".join(piece[0] for piece in pieces)
        self._pieces = pieces
        self._starts = [0, *accumulate(len(piece[0]) for piece in pieces)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the folded text; a span that touches a put-back word covers its whole disguise."""
        return self._back(start, at_end=False), self._back(end - 1, at_end=True)

    def _back(self, offset: int, *, at_end: bool) -> int:
        index = bisect_right(self._starts, offset) - 1
        index = min(index, len(self._pieces) - 1)
        _, start, end, replaced = self._pieces[index]
        if replaced:
            return end if at_end else start
        return start + (offset - self._starts[index]) + (1 if at_end else 0)


def reveal(folded: str, lexicon: Lexicon) -> Revealed | None:
    """Put disguised words back; None when nothing was disguised. Linear in the length of the text."""
    edits: list[tuple[int, int, str]] = []
    for run in _SPACED.finditer(folded):
        words = _join_spaced(run.group(), lexicon)
        if words is not None:
            edits.append((run.start(), run.end(), words))
    spaced = list(edits)
    at = 0
    for chunk in _CHUNK.finditer(folded):
        while at < len(spaced) and spaced[at][1] <= chunk.start():
            at += 1
        if at < len(spaced) and spaced[at][0] < chunk.end():
            continue
        edits.extend(_chunk_edits(chunk.group(), chunk.start(), lexicon))
    if not edits:
        return None
    edits.sort()
    return Revealed(folded, edits)


def _join_spaced(run: str, lexicon: Lexicon) -> str | None:
    letters = "".join(character for character in run if character.isalnum() or character in "@$!")
    for reading in _readings(letters):
        words = lexicon.segment(reading)
        # A row of initials may be cut into one-letter words; only a real word is a disguise.
        if words is not None and max(map(len, words.split())) >= 3:
            return words
    return None


def _chunk_edits(chunk: str, offset: int, lexicon: Lexicon) -> list[tuple[int, int, str]]:
    """At most one edit for a run of visible characters."""
    core = chunk.lstrip(_OPENING)
    start = offset + len(chunk) - len(core)
    core = core.rstrip(_EDGE + "!")
    if core.startswith("#"):
        words = lexicon.segment(core[1:]) if len(core) >= _MIN_HASHTAG else None
        return [(start, start + len(core), words)] if words and " " in words else []
    if len(core) < 2 or (core.isalpha() and not _drawn(core)):
        return []
    word = _unveil(core, lexicon)
    return [] if word is None or word == core else [(start, start + len(core), word)]


def _drawn(word: str) -> bool:
    return any(len(run.group()) >= 3 for run in _RUN.finditer(word))


def _unveil(core: str, lexicon: Lexicon) -> str | None:
    """The known word behind one visible token, or None."""
    if core.isascii() and core.isalpha():
        return lexicon.drawn_out(core)
    if "*" in core or "#" in core or "_" in core:
        unmasked = lexicon.unmasked(core)
        if unmasked is not None:
            return unmasked
    if any(character in _LEET for character in core) and any(character.isalpha() for character in core):
        for reading in _readings(core):
            if reading.isalpha():
                found = lexicon.drawn_out(reading)
                if found is not None:
                    return found
    joined = _NOT_LETTER.sub("", core)
    # Words joined by a stroke or hyphen are two words, unless a piece is too short to be one.
    pieces = [piece for piece in _NOT_LETTER.split(core) if piece]
    cut = len(pieces) > 1 and any(len(piece) <= 2 or piece not in lexicon.words for piece in pieces)
    if cut and len(joined) >= 4 and not any(character.isdigit() for character in core):
        return lexicon.drawn_out(joined)
    return None


def _readings(token: str) -> list[str]:
    """Ways to read the digits and signs of a token as letters, at most `_MAX_READINGS`."""
    choices = [_LEET.get(character, character) for character in token]
    total = 1
    for index, choice in enumerate(choices):
        total *= len(choice)
        if total > _MAX_READINGS:
            total //= len(choice)
            choices[index] = choice[0]
    return ["".join(reading) for reading in product(*choices)]
