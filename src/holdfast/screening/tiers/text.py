"""The text as the model reads it, with the way back to offsets in the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from holdfast.pure.normalisation import DISGUISES, Lexicon, Revealed, fold, origins, reveal

_DISGUISES: Final = re.compile(DISGUISES)
NOISE_CHARACTERS: Final = 12
"""A row of signs of this length or more is noise; `NOISE_KEPT` characters of it are kept."""
NOISE_KEPT: Final = 4
LONE_CHARACTERS: Final = 160
"""So is a longer row with lone letters in it: what was spelled out has been put back before."""
_SIGN: Final = r"\s!-/:-@\[-`{-~\u00a1-\u00bf\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\U0001f000-\U0001faff"
_NOISE: Final = re.compile(
    rf"(?:[{_SIGN}]|(?<![a-z0-9])[a-z0-9](?![a-z0-9])){{{LONE_CHARACTERS},}}|[{_SIGN}]{{{NOISE_CHARACTERS},}}"
)
_MAY_BE_NOISE: Final = re.compile(
    rf"[{_SIGN}]{{{NOISE_CHARACTERS}}}|(?:[{_SIGN}][a-z0-9](?=[{_SIGN}])(?:[{_SIGN}](?![a-z0-9]))*){{6}}"
)
"""A quicker look: both kinds of noise hold this, and most posts do not."""


class Reader:
    """Makes the model's view of a text: folded, disguised words that the model knows put back, noise shortened.

    Noise is shortened because it drowns the words beside it: three hundred full stops would hide a threat from
    a model that reads a text as a whole.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._lexicon = Lexicon(words)

    def read(self, text: str) -> View:
        """The view of one piece of text; linear in its length."""
        folded = fold(text)
        revealed = reveal(folded, self._lexicon) if _DISGUISES.search(folded) is not None else None
        shown = folded if revealed is None else revealed.text
        return View(text, folded, [step for step in (revealed, _shortened(shown)) if step is not None])


class View:
    """One text as the model reads it."""

    def __init__(self, original: str, folded: str, steps: Sequence[Revealed]) -> None:
        """`steps`: what was done to the folded text, in order."""
        self.text = steps[-1].text if steps else folded
        self._original = original
        self._steps = steps

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of a stretch of the view; `end` exclusive and greater than `start`."""
        for step in reversed(self._steps):
            start, end = step.span(start, end)
        back = origins(self._original)
        if back is None:
            return start, end
        return back[start], back[end - 1] + 1


def _shortened(text: str) -> Revealed | None:
    """The text with noise shortened; None where there is none."""
    if _MAY_BE_NOISE.search(text) is None:
        return None
    edits = [(found.start() + NOISE_KEPT, found.end(), " ") for found in _NOISE.finditer(text)]
    return Revealed(text, edits) if edits else None
