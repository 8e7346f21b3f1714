"""Turn text into the words that are searched for: the same function for what is indexed and for the query."""

from __future__ import annotations

import re
import unicodedata

# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, and characters without width. Vowel signs of
# other scripts carry meaning and stay.
_DROPPED = re.compile(
    r"[\xad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]+"
)
_ASCII_GAPS = re.compile(r"[^a-z0-9]+")
# Scripts that put no spaces between words: those of East Asia, and Thai, Lao, Burmese and Khmer with their vowel signs.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ebd\u0ec0-\u0ecd\u1000-\u1049\u1050-\u109f\u1780-\u17d3"
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3031-\u3035\u3040-\u30fa\u30fc-\u318f\u31a0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]")
_TOKEN = re.compile(rf"[{_UNSPACED}]++|[^{_UNSPACED}\x00-/:-@\[-`{{-\x7f\ud800-\udfff]++")


def fold_for_search(text: str) -> str:
    """Words in lower case without accents, one space between them, no punctuation.

    Runs of Chinese, Japanese, Korean, Thai, Lao, Burmese and Khmer become overlapping pairs ("東京都" -> "東京 京都")
    because there are no spaces between their words; a run of one character stays as it is. Linear time.
    """
    if text.isascii():
        return _ASCII_GAPS.sub(" ", text.lower()).strip()
    plain = _DROPPED.sub("", unicodedata.normalize("NFKD", text))
    folded = unicodedata.normalize("NFC", plain.casefold())
    words: list[str] = []
    for token in _TOKEN.findall(folded):
        if _UNSPACED_RUN.match(token) is not None:
            words.extend(_pairs(token))
        elif token.isalnum():
            words.append(token)
        else:
            words.extend("".join(c if _in_word(c) else " " for c in token).split())
    return " ".join(words)


def is_unspaced(word: str) -> bool:
    """Whether a folded word is a piece of a run of a script without spaces."""
    return _UNSPACED_RUN.match(word) is not None


def _in_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character) in ("Mn", "Mc")


def _pairs(run: str) -> list[str]:
    return [run] if len(run) == 1 else [run[i : i + 2] for i in range(len(run) - 1)]
