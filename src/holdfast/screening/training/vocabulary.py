"""The model's vocabulary: what the base checkpoint knows and the texts need, and what they need besides."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from holdfast.screening.tiers import MAX_WORD_CHARACTERS, SPECIALS, WordPiece, words_of

BASE_SPECIALS: Final = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_LETTERS: Final = re.compile(r"[a-z]+")


def build_vocabulary(
    texts: Sequence[str], base: Path, *, size: int, least_count: int
) -> tuple[list[str], list[list[int]]]:
    """The pieces of a WordPiece vocabulary for `texts` (views of `Reader`), and where each starts from.

    `base` is the folder of the checkpoint (`vocab.txt`). Kept: every base piece that the texts use, all single
    characters, and whole words seen at least `least_count` times that the base would cut up; a new entry starts
    from the mean of the pieces that it replaces. Returns the pieces and, for each, base ids.
    """
    old_pieces = (base / "vocab.txt").read_text("utf-8").split("\n")
    ids = {piece: at for at, piece in enumerate(old_pieces) if piece}
    # The cutter wants its specials first; the base's own ids are looked up by piece afterwards.
    ordered = [*SPECIALS, *(piece for piece in ids if piece not in BASE_SPECIALS)]
    old = WordPiece(ordered)
    whole: Counter[str] = Counter()
    for text in texts:
        whole.update(words_of(text))
    used: Counter[str] = Counter()
    for word, count in whole.items():
        used.update({ordered[piece]: count for piece in old.cut(word)})
    kept = [*SPECIALS]
    kept += sorted(piece for piece in ids if len(piece.removeprefix("##")) == 1 and piece.isascii())
    seen = set(kept)
    for piece, count in sorted(used.items(), key=lambda item: (-item[1], item[0])):
        if piece not in seen and len(kept) < size and count >= 2:
            seen.add(piece)
            kept.append(piece)
    for word, count in sorted(whole.items(), key=lambda item: (-item[1], item[0])):
        if count < least_count or len(kept) >= size:
            break
        if word not in seen and len(word) <= MAX_WORD_CHARACTERS // 2:
            seen.add(word)
            kept.append(word)
    starts = []
    for piece in kept:
        if piece in ids:
            starts.append([ids[piece]])
        else:
            starts.append([ids[ordered[part]] for part in old.cut(piece)])
    return kept, starts


def lexicon_of(texts: Sequence[str], *, least_count: int) -> list[str]:
    """The words that a disguise may turn out to be: those that the texts use often enough."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_LETTERS.findall(text))
    return sorted(
        word
        for word, count in counts.items()
        if count >= least_count and (len(word) > 2 or (word in _SHORT_WORDS))
    )


_SHORT_WORDS: Final = frozenset(
    "i a u ur to in on at of is it he we me my us up go no so do be if or an as by am "
    "je tu il on te ta la le de du au et un en ce sa se ma va".split()
)
