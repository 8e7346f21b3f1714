"""WordPiece (Wu et al. 2016) over the model's view of a text: words cut into the longest known pieces.

Own code in forty lines because the library that does this brings a network client and a dozen packages with it
(ADR 0020). Emoji and signs are words of their own, so that one beside a word does not hide it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

PADDING, UNKNOWN, BEGIN, END = range(4)
SPECIALS: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
OVERLAP_TOKENS: Final = 24
MAX_WORD_CHARACTERS: Final = 48
MAX_REMEMBERED_WORDS: Final = 50_000

_WORD: Final = re.compile(r"[^\W_]+|\S")

Span = tuple[int, int]


class Encoded(NamedTuple):
    """Ids with `BEGIN` and `END` around them, and the span of each in the text; (0, 0) for those two."""

    ids: list[int]
    spans: list[Span]


def words_of(text: str) -> list[str]:
    """The words that pieces are cut from."""
    return _WORD.findall(text)


class WordPiece:
    """Build once; safe from any thread."""

    def __init__(self, pieces: Sequence[str]) -> None:
        """`pieces`: the vocabulary in the order of its ids, `SPECIALS` first; `##` marks what continues a word."""
        self._ids = {piece: at for at, piece in enumerate(pieces)}
        self._remembered: dict[str, tuple[tuple[int, int], ...]] = {}

    def encode(self, text: str, max_tokens: int) -> Encoded:
        """At most `max_tokens` ids, the beginning of the text."""
        return self.windows(text, max_tokens, 1)[0]

    def windows(self, text: str, max_tokens: int, max_windows: int) -> list[Encoded]:
        """The text in stretches of at most `max_tokens` ids, each beginning `OVERLAP_TOKENS` before the last ended.

        One where the text is short enough; what lies behind the last of `max_windows` is left out.
        """
        room = max_tokens - 2
        step = max(1, room - OVERLAP_TOKENS)
        most = room + step * (max_windows - 1)
        ids: list[int] = []
        spans: list[Span] = []
        for match in _WORD.finditer(text):
            word, start = match.group(), match.start()
            for piece, length in self._cut(word):
                ids.append(piece)
                spans.append((start, start + length))
                start += length
            if len(ids) >= most:
                break
        count = 1 + max(0, -(-(min(len(ids), most) - room) // step))
        edge = (0, 0)
        return [
            Encoded(
                [BEGIN, *ids[at : at + room], END],
                [edge, *spans[at : at + room], edge],
            )
            for at in range(0, count * step, step)
        ]

    def cut(self, word: str) -> list[int]:
        """Ids of the pieces of one word."""
        return [piece for piece, _ in self._cut(word)]

    def _cut(self, word: str) -> tuple[tuple[int, int], ...]:
        """(id, length in characters) of each piece; one unknown for a word that cannot be cut."""
        known = self._remembered.get(word)
        if known is None:
            known = self._cut_anew(word)
            if len(self._remembered) >= MAX_REMEMBERED_WORDS:
                self._remembered.clear()
            self._remembered[word] = known
        return known

    def _cut_anew(self, word: str) -> tuple[tuple[int, int], ...]:
        whole = ((UNKNOWN, len(word)),)
        if len(word) > MAX_WORD_CHARACTERS:
            return whole
        pieces = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = self._ids.get(word[start:end] if start == 0 else f"##{word[start:end]}")
                if piece is not None:
                    pieces.append((piece, end - start))
                    start = end
                    break
            else:
                return whole
        return tuple(pieces)
