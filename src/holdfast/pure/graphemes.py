"""Extended grapheme clusters: what a reader counts as one character.

Follows the rules of Unicode Standard Annex 29 with the properties that the standard library knows. Two
simplifications: conjuncts of Indic scripts are counted apart (as before Unicode 15.1), and pictographs are
recognised by block, not by their own property table.
"""

from __future__ import annotations

import re
from unicodedata import category

# Characters that never join the one before them, whichever that is: a text of only these needs no second look.
_PLAIN = re.compile(
    r"[\x20-\x7e\n\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf"
    r"\u2100-\u2bff\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\U0001f300-\U0001f3fa\U0001f400-\U0001faff]*+"
)
_PICTOGRAPHS = re.compile(
    r"[\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
    r"\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f0ff\U0001f10d-\U0001f1e5\U0001f200-\U0001f3fa"
    r"\U0001f400-\U0001faff\U0001fc00-\U0001fffd]"
)
_JOINER = "\u200d"


def grapheme_count(text: str) -> int:
    """Number of grapheme clusters in `text`; linear time."""
    if _PLAIN.fullmatch(text) is not None:
        return len(text)
    count = 0
    previous = ""
    joins_pictograph = False  # previous characters are: pictograph, marks, zero-width joiner
    after_pictograph = False
    flags_in_row = 0
    for character in text:
        is_flag = "\U0001f1e6" <= character <= "\U0001f1ff"
        is_pictograph = _PICTOGRAPHS.match(character) is not None
        extends = _extends(character)
        if extends:
            joined = previous != "" and not _is_control(previous)
        elif is_pictograph and joins_pictograph:
            joined = True
        elif is_flag:
            joined = flags_in_row % 2 == 1
        else:
            joined = (previous == "\r" and character == "\n") or _same_hangul_syllable(previous, character)
        count += not joined
        joins_pictograph = after_pictograph and character == _JOINER
        after_pictograph = is_pictograph or (after_pictograph and extends and character != _JOINER)
        flags_in_row = flags_in_row + 1 if is_flag else 0
        previous = character
    return count


_EMOJI_LENGTH_LIMIT = 40
_KEYCAP = re.compile(r"[0-9#*]\ufe0f?\u20e3")


def is_emoji(text: str) -> bool:
    """Whether the text is one emoji and nothing else: a pictograph with what varies or joins it, a flag, a keycap."""
    if not text or len(text) > _EMOJI_LENGTH_LIMIT or grapheme_count(text) != 1:
        return False
    flags = [one for one in text if "\U0001f1e6" <= one <= "\U0001f1ff"]
    if flags:
        return len(flags) == 2 and flags == list(text)
    if _KEYCAP.fullmatch(text):
        return True
    if _PICTOGRAPHS.match(text[0]) is None:
        return False
    return all(_PICTOGRAPHS.match(one) is not None or one == "\ufe0f" or _extends(one) for one in text[1:])


def _extends(character: str) -> bool:
    if character < "\u0300":
        return False
    return (
        character in (_JOINER, "\u200c")
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
        or category(character) in ("Mn", "Me", "Mc")
    )


def _is_control(character: str) -> bool:
    return category(character) in ("Cc", "Zl", "Zp", "Cs")


def _same_hangul_syllable(before: str, character: str) -> bool:
    if not before or not ("\u1100" <= before <= "\ud7ff" and "\u1100" <= character <= "\ud7ff"):
        return False
    first, second = _hangul_kind(before), _hangul_kind(character)
    return (first, second) in {
        ("L", "L"),
        ("L", "V"),
        ("L", "LV"),
        ("L", "LVT"),
        ("V", "V"),
        ("V", "T"),
        ("LV", "V"),
        ("LV", "T"),
        ("LVT", "T"),
        ("T", "T"),
    }


def _hangul_kind(character: str) -> str:
    code = ord(character)
    if 0x1100 <= code <= 0x115F or 0xA960 <= code <= 0xA97C:
        return "L"
    if 0x1160 <= code <= 0x11A7 or 0xD7B0 <= code <= 0xD7C6:
        return "V"
    if 0x11A8 <= code <= 0x11FF or 0xD7CB <= code <= 0xD7FB:
        return "T"
    if 0xAC00 <= code <= 0xD7A3:
        return "LV" if (code - 0xAC00) % 28 == 0 else "LVT"
    return ""
