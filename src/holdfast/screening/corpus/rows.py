"""One labelled post, and how the labels of other people's files are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from holdfast.screening.classifier import DEPICTED, HEADS, JUDGED, TARGETS, VIOLENCE, VIOLENT_HEADS


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A post with what is known about it.

    `labels`: output -> 0..1; an output that is absent is unknown and teaches nothing. `target` is None when
    unknown and "" when it is about nobody in particular. Rows of one `group` (a written line and everything
    made from it, both halves of a minimal pair) stay on one side of every split.
    """

    text: str
    labels: Mapping[str, float]
    source: str
    group: str
    language: str = "en"
    target: str | None = None
    kind: str = ""
    pair: int | None = None

    @property
    def is_lawful(self) -> bool:
        """True when it is known that nothing holds."""
        return all(self.labels.get(output) == 0.0 for output in JUDGED)


LAWFUL: Mapping[str, float] = dict.fromkeys(JUDGED, 0.0)


DEPICTED_KIND: Final = "depicted"
"""The kind of lawful sections whose posts depict violence or injury."""
PLAIN_KINDS: Final = frozenset(
    """calm politics politique everyday quotidien identity identite work travail sports plain question metaphor
    hyperbole complaint sexual polite elections spam nature opinion""".split()
)
"""Kinds of lawful sections in which hardly any post depicts violence. What other posts depict is not known."""


def labels_of(heads: tuple[str, ...], kind: str = "") -> dict[str, float]:
    """Labels for a post whose heads a person named; () is lawful. `kind` may say what it depicts."""
    labels = {head: float(head in heads) for head in HEADS}
    labels[VIOLENCE] = float(any(head in heads for head in VIOLENT_HEADS))
    if not heads and (kind == DEPICTED_KIND or kind in PLAIN_KINDS):
        labels[DEPICTED] = float(kind == DEPICTED_KIND)
    return labels


def labels_from_columns(columns: Mapping[str, Any]) -> dict[str, float]:
    """Labels of a JSON row: a column per output, or the coarse columns `violence` and `harm` (1, 0, null).

    `harm` 0 means that nothing holds. `harm` 1 without violence is abuse. `violence` alone does not say which
    of the three violent heads holds, so those stay unknown.
    """
    labels: dict[str, float] = {}
    harm, violence = columns.get("harm"), columns.get(VIOLENCE)
    if harm is not None and float(harm) == 0.0 and not violence:
        labels.update(LAWFUL)
    if violence is not None:
        labels[VIOLENCE] = float(violence)
        if not violence:
            labels.update(dict.fromkeys(VIOLENT_HEADS, 0.0))
    if harm is not None and float(harm) == 1.0 and not violence:
        labels["harassment_hate"] = 1.0
    labels.update(
        {name: float(columns[name]) for name in (*HEADS, DEPICTED) if columns.get(name) is not None}
    )
    return labels


def target_vector(target: str | None) -> list[float] | None:
    """One-hot over `TARGETS`, all zero for "", None when unknown."""
    if target is None:
        return None
    return [float(name == target) for name in TARGETS]
