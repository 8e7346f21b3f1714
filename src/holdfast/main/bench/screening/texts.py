"""Posts to judge: from a file, or drawn so that their lengths are those of a real network.

The lengths follow 5,118 public posts of one network (mean 195 characters, median 131, p99 965). What the drawn
ones say is made up: ordinary life and heated politics in two languages, a few threats and disguised words. Their
length makes the time that a tier takes; how often the second is asked depends on what is said, so measure that
with texts of your own.
"""

from __future__ import annotations

import gzip
import random
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from holdfast.main.bench.screening.stock import ENGLISH, FRENCH, HEATED, THREATS, WORDS
from holdfast.pure.errors import Invalid

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
"""No line of a file of texts may be longer."""

MAX_TEXT_CHARACTERS: Final = 5_000
"""Of a longer text only so much is judged: the longest a post is on most servers, and batches stay bounded."""

_LENGTHS: Final = (
    (0.0, 10), (0.01, 14), (0.02, 17), (0.05, 25), (0.1, 40), (0.2, 63), (0.25, 72), (0.3, 83), (0.4, 105),
    (0.5, 131), (0.6, 165), (0.7, 211), (0.75, 242), (0.8, 278), (0.9, 439), (0.95, 642), (0.97, 792), (0.98, 885),
    (0.99, 965), (0.995, 989), (1.0, 1000),
)  # fmt: skip
"""Share of posts, and the length in characters that so many of them do not exceed."""

_KINDS: Final = ((0.6, ENGLISH), (0.8, FRENCH), (0.98, HEATED), (1.0, THREATS))
"""Share of posts up to here, and what their sentences are made of."""
_TAGS: Final = ("#news", "#politics", "#bread", "#vote", "#météo")
_NAMES: Final = ("@river", "@the_gazette", "@marie", "@bob1975")
_SIGNS: Final = ("🙂", "🤣🤣", "🔥", "❤️", "👏👏👏")
_TAG_SHARE, _NAME_SHARE, _SIGN_SHARE = 0.04, 0.012, 0.1


class _Row(msgspec.Struct):
    """One line of a file; other keys are passed over."""

    text: str


def drawn_texts(count: int, seed: int = 5) -> list[str]:
    """So many posts; the same numbers give the same posts."""
    chance = random.Random(seed)
    return [_text(chance, _length(chance.random())) for _ in range(count)]


def read_texts(path: Path, count: int) -> list[str]:
    """The first `count` texts of JSON lines, plain or gzip; empty texts are passed over. Raises Invalid."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as lines:
            texts = list(islice(_texts_of(lines, path), count))
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid(f"{path} cannot be read: {error}") from None
    if not texts:
        raise Invalid(f'{path} holds no text; give one object a line: {{"text": "..."}}')
    return texts


def _texts_of(lines: BinaryIO | gzip.GzipFile, path: Path) -> Iterator[str]:
    number = 0
    while line := lines.readline(MAX_LINE_BYTES):
        number += 1
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            raise Invalid(f"{path.name}:{number}: longer than {MAX_LINE_BYTES} bytes")
        if not line.strip():
            continue
        try:
            text = msgspec.json.decode(line, type=_Row).text
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Invalid(f'{path.name}:{number}: not an object with "text": {error}') from None
        if text.strip():
            yield text[:MAX_TEXT_CHARACTERS]


def _length(share: float) -> int:
    at = min(bisect_right(_LENGTHS, (share, 1 << 30)), len(_LENGTHS) - 1)
    (below, shorter), (above, longer) = _LENGTHS[at - 1], _LENGTHS[at]
    return round(shorter + (longer - shorter) * (share - below) / (above - below))


def _text(chance: random.Random, length: int) -> str:
    drawn = chance.random()
    sentences = next(sentences for share, sentences in _KINDS if drawn < share)
    parts: list[str] = []
    size = 0
    while size <= length:
        for part in _sentence(chance, sentences):
            parts.append(part)
            size += len(part) + 1
    # A post ends where its length says, as a real one does that was cut to fit.
    return " ".join(parts)[:length].strip()


def _sentence(chance: random.Random, sentences: Sequence[str]) -> Iterator[str]:
    yield chance.choice(sentences).format(chance.choice(WORDS))
    for share, extras in ((_TAG_SHARE, _TAGS), (_NAME_SHARE, _NAMES), (_SIGN_SHARE, _SIGNS)):
        if chance.random() < share:
            yield chance.choice(extras)
