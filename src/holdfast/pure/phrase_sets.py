"""Which of many phrases stand in a text: linear in the text, whatever the phrases are.

Phrases are literals, never patterns. One RE2 automaton over all of them says in one pass whether any stands there,
which for most texts ends the matter; only then is each phrase looked for by itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import re2

# Soft hyphens and characters without width: they would hide a phrase from the filter and not from the eye.
_UNSEEN = re.compile("[\xad\u200b-\u200f\u2060-\u2064\ufeff]+")
_GAPS = re.compile(r"\s+")
# Scripts that put no spaces between words: each of their characters may begin or end a word.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3031-\u3035\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_AUTOMATON_BYTES = 16 * 1024 * 1024


def fold_phrase(text: str) -> str:
    """The form in which phrases and texts are compared: NFKC, case folded, gaps as single spaces, nothing unseen."""
    if text.isascii():
        return _GAPS.sub(" ", text.lower()).strip()
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return _GAPS.sub(" ", unicodedata.normalize("NFKC", folded)).strip()


class PhraseSet:
    """Phrases, each to be found anywhere or as whole words alone; an empty one is never found."""

    def __init__(self, phrases: Sequence[tuple[str, bool]]) -> None:
        self._phrases = [(fold_phrase(phrase), whole) for phrase, whole in phrases]
        self._any = _automaton([phrase for phrase, _ in self._phrases if phrase])

    def found_in(self, folded: str) -> list[int]:
        """Positions of the phrases that stand in `folded`, a text that `fold_phrase` made."""
        if self._any is not None and not self._any.search(folded):
            return []
        return [
            number
            for number, (phrase, whole) in enumerate(self._phrases)
            if phrase and phrase in folded and (not whole or _stands_alone(phrase, folded))
        ]


def _automaton(phrases: list[str]) -> Any:
    """A compiled alternation (RE2 has no types); None when the phrases are too many for one automaton: each is looked for by itself then."""
    options = re2.Options()
    options.max_mem = _AUTOMATON_BYTES
    options.log_errors = False
    try:
        return re2.compile(
            "|".join(re2.escape(phrase) for phrase in phrases) if phrases else r"[^\s\S]", options
        )
    except re2.error:
        return None


def _stands_alone(phrase: str, text: str) -> bool:
    """Whether some occurrence is not a part of a longer word."""
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if (at == 0 or _apart(text[at - 1], text[at])) and (
            end == len(text) or _apart(text[end - 1], text[end])
        ):
            return True
        at = text.find(phrase, at + 1)
    return False


def _apart(left: str, right: str) -> bool:
    """Whether a word may end between these two characters."""
    return not (_joins(left) and _joins(right))


def _joins(character: str) -> bool:
    if _UNSPACED.match(character):
        return False
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"
