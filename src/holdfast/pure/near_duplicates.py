"""Which texts are copies of one another, so that one decision is right for all of them.

A wrong join is worse than a missed one: "nobody should shoot" must never be decided with "somebody should shoot". So a
text is taken for a copy only if it *says* the same:

- *exact*: the same words in the same order, whatever the case, accents, look-alike letters, spaces and most punctuation;
- *slotted*: also when mentions and numbers differ, and addresses of one host, for texts of at least `NEAR_WORDS` words;
- *near*: also when long words are mistyped; and, where the matter is spam that leads somewhere (`loose`, with an address
  in both), when a few words that do not turn a sentence round (`stance_words`) are others. MinHash bands find the candidates, `says_the_same` reads them.

Texts of fewer words are copies only when equal. Questions and quotations stay apart from what they ask or quote. Linear
in the length of the text but for the check of two candidates, which compares at most `TOKENS_READ` tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from hashlib import blake2b
from itertools import pairwise
from typing import Final

import msgspec

from .normalisation import fold
from .stance_words import STANCE_WORDS

NEAR_WORDS: Final = 8
LOOSE_WORDS: Final = 12
CONTEXT_WORDS: Final = 3
"""Texts of fewer words say what their thread makes of them: such copies count only within one thread."""
TOKENS_READ: Final = 1000
LINK_WORDS: Final = 3
"""A post with at most so many words beside a link or a file is about that."""

BANDS: Final = 24
ROWS: Final = 3
"""24 bands of 3 rows find texts that share 45 % of their pairs of words nine times in ten, those that share 10 % hardly ever."""
_LOOSE_MOST: Final = 0.2
_STRICT_MOST: Final = 0.1
_TYPO_LETTERS: Final = 7

_TOKEN = re.compile(
    r"""(?P<url>(?:https?://|www\.)\S+)|(?P<mention>@[\w.\-]+(?:@[\w.\-]+)?)|(?P<word>\#?[^\W_]+(?:['’][^\W_]+)*)"""
    r"""|(?P<mark>[?"“”„«»¿]|[^\w\s!-/:-@\[-`{-~‘’–—…·•])""",
)
_NUMBER = re.compile(r"[0-9][0-9.,:/]*(?:[a-z]{1,2})?")
_PASSED_ON = frozenset({"rt", "via", "fwd", "fw", "mt"})
_QUOTES = frozenset('"“”„«»')
_SLOTS = frozenset({"@", "0"})
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([^/:?#]+)")
_MASK = (1 << 64) - 1


def _constants(count: int) -> tuple[tuple[int, int], ...]:
    made = []
    for number in range(count):
        digest = blake2b(number.to_bytes(4, "big"), digest_size=16, person=b"near-duplicates").digest()
        made.append((int.from_bytes(digest[:8], "big") | 1, int.from_bytes(digest[8:], "big")))
    return tuple(made)


_PERMUTATIONS = _constants(BANDS * ROWS)


class Print(msgspec.Struct, frozen=True):
    """What a text looks like. `exact`, `slotted`: 16 bytes each; `slotted` None and `bands` empty: too short for that.

    words: without mentions and addresses. text: its tokens, slots in place, one space between them.
    """

    exact: bytes
    slotted: bytes | None
    words: int
    text: str
    bands: tuple[int, ...] = ()


def tokens_of(text: str) -> tuple[list[str], list[str]]:
    """The tokens of a text as they are (folded), and with slots: `@` a mention, `~host` an address, `0` a number.

    Among the tokens are question marks, one mark for all kinds of quotation marks, and symbols, each once in a row.
    """
    plain: list[str] = []
    slotted: list[str] = []
    for found in _TOKEN.finditer(fold(text)):
        token = found.group()
        if found.lastgroup == "url":
            host = _HOST.match(token)
            slot = f"~{host[1] if host else ''}"
        elif found.lastgroup == "mention":
            slot = "@"
        elif found.lastgroup == "mark":
            token = slot = '"' if token in _QUOTES else token
            if plain and plain[-1] == token:
                continue
        else:
            token = token.replace("’", "'")
            slot = "0" if _NUMBER.fullmatch(token) else token
        plain.append(token)
        slotted.append(slot)
        if len(plain) >= TOKENS_READ:
            break
    return plain, _without_passing_on(slotted)


def _without_passing_on(slotted: list[str]) -> list[str]:
    """Without what only says from whom it came: "RT @name:" in front, mentions in front and behind."""
    start, end = 0, len(slotted)
    while start < end and (slotted[start] in _PASSED_ON or slotted[start] == "@"):
        start += 1
    while end > start and slotted[end - 1] == "@":
        end -= 1
    return slotted[start:end]


def print_of(text: str) -> Print:
    """What a text looks like."""
    plain, slotted = tokens_of(text)
    words = _words(slotted)
    exact = _digest(" ".join(plain))
    if words < NEAR_WORDS:
        return Print(exact, None, words, " ".join(slotted))
    return Print(exact, _digest(" ".join(slotted)), words, " ".join(slotted), _bands(slotted))


def says_the_same(one: str, other: str, *, loose: bool = False) -> bool:
    """Whether two slotted texts of `Print.text` say the same, so that one decision is right for both.

    loose: for spam, where a few words may differ if both lead somewhere. Symmetric.
    """
    a, b = sorted((one.split(), other.split()))
    loose = loose and any(token[0] == "~" for token in a) and any(token[0] == "~" for token in b)
    least = LOOSE_WORDS if loose else NEAR_WORDS
    if min(_words(a), _words(b)) < least:
        return a == b
    left: list[str] = []
    right: list[str] = []
    for what, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        gone, come = a[a1:a2], b[b1:b2]
        if len(gone) == len(come):
            pairs = [(x, y) for x, y in zip(gone, come, strict=True) if not _mistyped(x, y)]
            left += [x for x, _ in pairs]
            right += [y for _, y in pairs]
        else:
            left += gone
            right += come
    differing = [
        token for token in (*left, *right) if token not in _SLOTS and not (loose and token[0] == "~")
    ]
    most = (_LOOSE_MOST if loose else _STRICT_MOST) * max(len(a), len(b))
    if not differing:
        return len(left) + len(right) <= most * 2
    return loose and len(differing) <= most and not any(_turns(token) for token in differing)


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Share of bands that agree, 0 to 1: for showing what is like, never for joining."""
    return sum(x == y for x, y in zip(one, other, strict=False)) / BANDS if one and other else 0.0


def _turns(token: str) -> bool:
    """Whether another word in its place could turn the sentence round. Hashtags, marks and symbols can too."""
    return token in STANCE_WORDS or not token[0].isalpha()


def _mistyped(one: str, other: str) -> bool:
    """Whether two words are one, mistyped by one letter: long ones alone, which begin and end alike."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < _TYPO_LETTERS or len(long) - len(short) > 1 or _turns(one) or _turns(other):
        return False
    if short[:2] != long[:2] or short[-1] != long[-1]:
        return False
    at = next((n for n, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return swapped or short[at + 1 :] == long[at + 1 :]


def _words(tokens: Iterable[str]) -> int:
    """Tokens that are words: no mentions, addresses, numbers or marks."""
    return sum(1 for token in tokens if token not in _SLOTS and token[0].isalnum())


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _bands(tokens: list[str]) -> tuple[int, ...]:
    """MinHash of the pairs of words that follow one another, cut into bands; each a signed 64-bit number of its own."""
    shingles = {int.from_bytes(_digest(f"{first} {second}")[:8], "big") for first, second in pairwise(tokens)}
    least = [min((x * a + b) & _MASK for x in shingles) for a, b in _PERMUTATIONS]
    bands = []
    for band in range(BANDS):
        rows = least[band * ROWS : (band + 1) * ROWS]
        data = b"".join(row.to_bytes(8, "big") for row in rows) + bytes([band])
        bands.append(int.from_bytes(blake2b(data, digest_size=8).digest(), "big", signed=True))
    return tuple(bands)
