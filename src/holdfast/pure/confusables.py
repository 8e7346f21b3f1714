"""Which characters look like which Latin letters, and how one character folds to plain lower case.

Folding works on one character at a time, so that offsets can be mapped back: each input character
becomes zero or more output characters. The table is small on purpose: it holds what people use to
write around word lists, not all of Unicode.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_LOOKALIKES: Final = {
    # Cyrillic
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ё": "e", "ғ": "f", "ԍ": "g", "һ": "h", "н": "h",
    "і": "i", "ї": "i", "ј": "j", "к": "k", "ӏ": "l", "м": "m", "п": "n", "о": "o", "р": "p", "ԛ": "q",
    "г": "r", "ѕ": "s", "т": "t", "ц": "u", "ѵ": "v", "ѡ": "w", "ԝ": "w", "х": "x", "у": "y", "ү": "y",
    "з": "3", "ь": "b", "и": "n", "я": "r",
    # Greek
    "α": "a", "β": "b", "ϲ": "c", "δ": "d", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "m", "ν": "v",
    "ο": "o", "ρ": "p", "σ": "o", "ς": "s", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ω": "w", "λ": "l",
    # Latin that does not decompose, small capitals, IPA
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
    "ɑ": "a", "ɡ": "g", "ɩ": "i", "ʟ": "l", "ɪ": "i", "ᴀ": "a", "ʙ": "b", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e",
    "ꜰ": "f", "ɢ": "g", "ʜ": "h", "ᴊ": "j", "ᴋ": "k", "ᴍ": "m", "ɴ": "n", "ᴏ": "o", "ᴘ": "p", "ʀ": "r",
    "ꜱ": "s", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ʏ": "y", "ᴢ": "z", "ʃ": "s", "ƙ": "k", "ɨ": "i",
    # Armenian, Cherokee and others seen in the wild
    "օ": "o", "ս": "u", "հ": "h", "ո": "n", "ց": "g", "ꮶ": "k", "ꮮ": "l", "ꭵ": "i",
    # punctuation
    "‘": "'", "’": "'", "‛": "'", "′": "'", "`": "'", "´": "'", "ʼ": "'", "＇": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"', "‹": '"', "›": '"',
    "¡": "!", "…": "...", "·": ".", "•": ".", "∙": ".", "×": "x", "€": "e", "£": "l", "¢": "c", "¥": "y",
}  # fmt: skip

_BLANK: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters that draw nothing (Hangul fillers)."""

_DROPPED: Final = frozenset({"Mn", "Me", "Cf", "Cs", "Cc", "Cn", "Co"})
"""Categories without a place in a word: marks, format and bidi controls, surrogates, unassigned."""

_SQUARED_FIRST, _SQUARED_LAST = 0x1F130, 0x1F189


def fold_character(character: str) -> str:
    """Return the plain lower-case form of one character: `""` when it is invisible, never raises."""
    if character in "\n\r\t":
        return "\n" if character == "\n" else " "
    if character in _BLANK:
        return ""
    code = ord(character)
    if _SQUARED_FIRST <= code <= _SQUARED_LAST:
        return chr(ord("a") + (code - _SQUARED_FIRST) % 32) if (code - _SQUARED_FIRST) % 32 < 26 else ""
    known = _LOOKALIKES.get(character)
    if known is not None:
        return known
    folded = []
    for part in unicodedata.normalize("NFKD", character).casefold():
        category = unicodedata.category(part)
        if category in _DROPPED:
            continue
        if category == "Pd":
            folded.append("-")
        elif category == "Zs" or part == "\u2800":
            folded.append(" ")
        elif category in ("Zl", "Zp"):
            folded.append("\n")
        else:
            folded.append(_LOOKALIKES.get(part, part))
    return "".join(folded)


class FoldTable(dict[int, str]):
    """Code point -> folded text, for `str.translate`; filled as characters are met, up to a bound."""

    limit = 20_000

    def __missing__(self, code: int) -> str:
        folded = fold_character(chr(code))
        if len(self) < self.limit:
            self[code] = folded
        return folded
