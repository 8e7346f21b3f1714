"""What verdicts are worth against labels. Pure functions over rows and verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from holdfast.pure.proportions import wilson_interval
from holdfast.screening.classifier import DEPICTED, JUDGED, OUTPUTS, VIOLENCE
from holdfast.screening.evaluation.labelled import Labelled
from holdfast.screening.evaluation.metrics import auprc, auroc, bootstrap, calibration_error, reliability
from holdfast.screening.model import Verdict

ANY_HARM: Final = "any_harm"
ANY_VIOLENCE: Final = "any_violence"
"""Violence done, called for, praised or depicted: what sets mean that count graphic scenes as violence."""
_BESIDE_VIOLENCE: Final = {ANY_HARM: "harassment_hate", ANY_VIOLENCE: DEPICTED}
GROUPING_COLUMNS: Final = ("functionality", "kind", "language")
MAX_GROUPS: Final = 80


class Judged(NamedTuple):
    """A row and its verdict."""

    row: Labelled
    verdict: Verdict


class Share(msgspec.Struct, frozen=True):
    """k of n, with the 95 % Wilson interval."""

    hits: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing."""
        return self.hits / self.total if self.total else 0.0


class Area(msgspec.Struct, frozen=True):
    """An area under a curve, with a 95 % bootstrap interval over rows."""

    value: float
    low: float
    high: float
    positives: int
    negatives: int


class Group(msgspec.Struct, frozen=True):
    """Rows that share a value of a column: what became of them."""

    column: str
    value: str
    violent: bool
    flagged_or_held: Share


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `moderation evaluate` prints."""

    rows: int
    version: str
    actions: dict[str, dict[str, int]]
    violent_caught: Share | None
    lawful_flagged: Share | None
    lawful_held: Share | None
    auroc: dict[str, Area]
    auprc: dict[str, Area]
    calibration: dict[str, float]
    reliability: dict[str, list[tuple[float, float, int]]]
    groups: list[Group]


def share(hits: int, total: int) -> Share:
    """A share with its interval."""
    low, high = wilson_interval(hits, total)
    return Share(hits, total, round(low, 4), round(high, 4))


def is_caught(verdict: Verdict) -> bool:
    """Whether a person gets to see it: flagged, held or refused."""
    return verdict.action != "allow"


def score_of(verdict: Verdict, output: str) -> float:
    """The score of an output; of `any_harm` and `any_violence` the chance that one of two holds, as if independent."""
    second = _BESIDE_VIOLENCE.get(output)
    if second is None:
        return verdict.scores.get(output, 0.0)
    return 1.0 - (1.0 - verdict.scores.get(VIOLENCE, 0.0)) * (1.0 - verdict.scores.get(second, 0.0))


def area(
    of: Callable[[NDArray[np.floating], NDArray[np.floating]], float],
    labels: NDArray[np.floating],
    scores: NDArray[np.floating],
) -> Area:
    """A measure with its interval."""
    low, high = bootstrap(of, labels, scores)
    positives = int((labels > 0.5).sum())
    return Area(
        round(of(labels, scores), 4), round(low, 4), round(high, 4), positives, len(labels) - positives
    )


def measure(judged: Sequence[Judged]) -> Report:
    """Everything that labels allow to say."""
    violent = [one for one in judged if one.row.labels.get(VIOLENCE) == 1.0]
    lawful = [one for one in judged if all(one.row.labels.get(output) == 0.0 for output in JUDGED)]
    aurocs: dict[str, Area] = {}
    auprcs: dict[str, Area] = {}
    errors: dict[str, float] = {}
    curves: dict[str, list[tuple[float, float, int]]] = {}
    for output in (*OUTPUTS, *_BESIDE_VIOLENCE):
        labels, scores = _known(judged, output)
        if 0 < labels.sum() < len(labels):
            aurocs[output] = area(auroc, labels, scores)
            auprcs[output] = area(auprc, labels, scores)
            if output in OUTPUTS:
                errors[output] = round(calibration_error(labels, scores), 4)
                curves[output] = reliability(labels, scores)
    return Report(
        rows=len(judged),
        version=judged[0].verdict.version if judged else "",
        actions={
            "violent": _actions(violent),
            "lawful": _actions(lawful),
            "other": _rest(judged, violent, lawful),
        },
        violent_caught=_caught(violent),
        lawful_flagged=_caught(lawful),
        lawful_held=share(sum(one.verdict.action == "hold" for one in lawful), len(lawful))
        if lawful
        else None,
        auroc=aurocs,
        auprc=auprcs,
        calibration=errors,
        reliability=curves,
        groups=_groups(judged),
    )


def _known(judged: Sequence[Judged], output: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows = []
    for row, verdict in judged:
        label = _WIDER[output](row) if output in _WIDER else row.labels.get(output)
        if label is not None:
            rows.append((label, score_of(verdict, output)))
    table = np.array(rows, np.float64).reshape(len(rows), 2)
    return table[:, 0], table[:, 1]


def _harm(row: Labelled) -> float | None:
    if (harm := row.columns.get("harm")) is not None:
        return float(harm)
    known = [row.labels[output] for output in JUDGED if output in row.labels]
    if 1.0 in known:
        return 1.0
    return 0.0 if len(known) == len(JUDGED) else None


def _violence(row: Labelled) -> float | None:
    """As other people's sets label it: scenes of violence count, where the set says anything of them."""
    known = [row.labels[output] for output in (VIOLENCE, DEPICTED) if output in row.labels]
    return max(known) if known else None


_WIDER: Final = {ANY_HARM: _harm, ANY_VIOLENCE: _violence}


def _actions(judged: Sequence[Judged]) -> dict[str, int]:
    return dict(Counter[str](one.verdict.action for one in judged))


def _rest(judged: Sequence[Judged], violent: Sequence[Judged], lawful: Sequence[Judged]) -> dict[str, int]:
    every = Counter(_actions(judged))
    every.subtract(_actions(violent))
    every.subtract(_actions(lawful))
    return {action: count for action, count in every.items() if count}


def _caught(judged: Sequence[Judged]) -> Share | None:
    return share(sum(is_caught(one.verdict) for one in judged), len(judged)) if judged else None


def _groups(judged: Sequence[Judged]) -> list[Group]:
    found: dict[tuple[str, str, bool], list[int]] = {}
    for row, verdict in judged:
        if (violence := row.labels.get(VIOLENCE)) is None:
            continue
        for column in GROUPING_COLUMNS:
            if value := row.columns.get(column):
                key = (column, str(value), violence == 1.0)
                counts = found.setdefault(key, [0, 0])
                counts[0] += is_caught(verdict)
                counts[1] += 1
    return [
        Group(column, value, violent, share(hits, total))
        for (column, value, violent), (hits, total) in sorted(found.items())[:MAX_GROUPS]
    ]
