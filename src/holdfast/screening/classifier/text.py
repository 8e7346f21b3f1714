"""The text as the model reads it, with the way back to offsets in the original."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from holdfast.pure.normalisation import DISGUISES, Lexicon, Revealed, fold, origins, reveal

_DISGUISES: Final = re.compile(DISGUISES)


class Reader:
    """Makes the model's view of a text: folded, and disguised words that the model knows put back."""

    def __init__(self, words: Iterable[str]) -> None:
        self._lexicon = Lexicon(words)

    def read(self, text: str) -> View:
        """The view of one piece of text; linear in its length."""
        folded = fold(text)
        revealed = reveal(folded, self._lexicon) if _DISGUISES.search(folded) is not None else None
        return View(text, folded, revealed)


class View:
    """One text as the model reads it."""

    def __init__(self, original: str, folded: str, revealed: Revealed | None) -> None:
        self.text = folded if revealed is None else revealed.text
        self._original = original
        self._revealed = revealed

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of a stretch of the view; `end` exclusive and greater than `start`."""
        if self._revealed is not None:
            start, end = self._revealed.span(start, end)
        back = origins(self._original)
        if back is None:
            return start, end
        return back[start], back[end - 1] + 1
