"""Labelled rows as arrays, and the small disturbances that keep a model from learning them by heart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from holdfast.screening.classifier import JUDGED, OUTPUTS, TARGETS
from holdfast.screening.corpus import Row, Source, target_vector
from holdfast.screening.tiers import Reader


class Examples(msgspec.Struct, kw_only=True):
    """Texts (views) and what is known: arrays (rows, outputs), NaN where unknown.

    `weights`: how much a row counts; `shares`: the chance that it takes part in one epoch.
    """

    texts: list[str]
    labels: NDArray[np.float32]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]
    shares: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.texts)


def as_examples(rows: Sequence[Row], sources: Mapping[str, Source], reader: Reader) -> Examples:
    """Rows with what their source says about them; `reader` makes the views."""
    labels = np.full((len(rows), len(OUTPUTS)), np.nan, np.float32)
    targets = np.full((len(rows), len(TARGETS)), np.nan, np.float32)
    for at, row in enumerate(rows):
        for column, output in enumerate(OUTPUTS):
            labels[at, column] = row.labels.get(output, np.nan)
        vector = target_vector(row.target)
        if vector is not None:
            targets[at] = vector
    return Examples(
        texts=[reader.read(row.text).text for row in rows],
        labels=labels,
        targets=targets,
        weights=np.array([sources[row.source].weight for row in rows], np.float32),
        shares=np.array([sources[row.source].share_per_epoch for row in rows], np.float32),
    )


def disturbed(
    examples: Examples, random: np.random.Generator, *, noise_share: float, joined_share: float
) -> tuple[list[str], NDArray[np.float32]]:
    """Typing errors in some texts; some texts with a lawful one before or after them."""
    texts = list(examples.texts)
    labels = examples.labels.copy()
    lawful = np.flatnonzero((examples.labels[:, : len(JUDGED)] == 0).all(1))
    for at in range(len(texts)):
        dice = random.random()
        if dice < noise_share:
            texts[at] = mistyped(texts[at], random)
        elif dice < noise_share + joined_share and len(lawful):
            chosen = int(random.choice(lawful))
            other = examples.texts[chosen]
            labels[at] = np.maximum(labels[at], examples.labels[chosen])
            blank = " " if random.random() < 0.5 else "\n"
            first, second = (texts[at], other) if random.random() < 0.5 else (other, texts[at])
            texts[at] = f"{first}{blank}{second}"
    return texts, labels


def mistyped(text: str, random: np.random.Generator) -> str:
    """The text with a few letters swapped, dropped or doubled, or its punctuation gone."""
    if random.random() < 0.25:
        return "".join(c for c in text if c.isalnum() or c.isspace() or c in "#@") or text
    letters = list(text)
    for _ in range(1 + len(letters) // 40):
        at = int(random.integers(0, max(1, len(letters) - 1)))
        if not letters or not letters[at].isalpha():
            continue
        kind = int(random.integers(0, 3))
        if kind == 0 and at + 1 < len(letters) and letters[at + 1].isalpha():
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        elif kind == 1:
            letters[at] = ""
        else:
            letters[at] *= 2
    return "".join(letters)
