"""Where in a text a score comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]
TOLD_SHARE: Final = 0.6
"""The spans shown explain at least this part of what speaks for the hit."""
MAX_SPANS: Final = 4
JOIN_CHARACTERS: Final = 16
"""Spans that are nearer than this are shown as one."""


def strongest(spans: Sequence[Span], shares: NDArray[np.float32]) -> list[Span]:
    """The stretches of the text that speak most for a hit, in order.

    `spans`: one per token, (0, 0) for tokens that stand for no text; `shares`: what each adds to the logit.
    """
    wanted = np.maximum(shares, 0.0)
    wanted[[at for at, (start, end) in enumerate(spans) if end <= start]] = 0.0
    total = float(wanted.sum())
    if total <= 0.0:
        return []
    chosen: list[Span] = []
    told = 0.0
    for at in np.argsort(-wanted):
        if told >= TOLD_SHARE * total or wanted[at] <= 0.0:
            break
        told += float(wanted[at])
        chosen.append(spans[at])
    joined: list[Span] = []
    for start, end in sorted(chosen):
        if joined and start - joined[-1][1] <= JOIN_CHARACTERS:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    longest = sorted(joined, key=lambda span: span[0] - span[1])[:MAX_SPANS]
    return sorted(longest)
