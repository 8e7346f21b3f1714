"""The measures that this project holds itself to, as a table: which file, which rows, which number, how good."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
import numpy as np

from holdfast.screening.classifier import JUDGED, VIOLENCE
from holdfast.screening.evaluation.labelled import Labelled
from holdfast.screening.evaluation.measure import (
    ANY_HARM,
    ANY_VIOLENCE,
    Area,
    Judged,
    Share,
    area,
    is_caught,
    score_of,
    share,
)
from holdfast.screening.evaluation.metrics import auprc, auroc

Select = Callable[[Labelled], bool]
Measure = Literal["auroc", "auprc", "recall_at_cost", "caught", "flagged"]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table.

    `positive` and `negative` choose rows; rows that neither chooses take no part. `recall_at_cost`: share of the
    positives above the threshold that `cost` of the negatives reach; `caught` and `flagged`: share of the
    positives, or of the negatives, that the operating point in force lets a person see.
    """

    name: str
    files: tuple[str, ...]
    measure: Measure
    positive: Select
    negative: Select
    must: float
    aim: float
    score: str = VIOLENCE
    cost: float = 0.0
    lower_is_better: bool = False


class TargetResult(msgspec.Struct, frozen=True):
    """What a target came to."""

    target: str
    must: float
    aim: float
    result: Area | Share
    met: bool


def _label(name: str, value: float) -> Select:
    return lambda row: row.labels.get(name) == value


def _column(name: str, values: Sequence[Any]) -> Select:
    return lambda row: row.columns.get(name) in values


_IS_HARM: Final = _column("harm", (1, 1.0))
_NO_HARM: Final = _column("harm", (0, 0.0))
_COUNTER_SPEECH: Final = _column("functionality", ("counter_quote_nh", "counter_ref_nh"))
_DIRECT: Final = _column("functionality", ("threat_dir_h",))
_NORMATIVE: Final = _column("functionality", ("threat_norm_h",))
_OWN: Final = ("functional/en*.txt", "functional/fr*.txt")
_IS_LAWFUL: Final[Select] = lambda row: not any(row.labels.get(one) for one in JUDGED)  # noqa: E731 - a row of the table

TARGET_ROWS: Final = (
    Target(name="own functional tests: violent posts caught", files=_OWN, measure="caught",
           positive=_label(VIOLENCE, 1.0), negative=_IS_LAWFUL, must=0.80, aim=0.92),
    Target(name="own functional tests: lawful posts flagged", files=_OWN, measure="flagged",
           positive=_label(VIOLENCE, 1.0), negative=_IS_LAWFUL, must=0.04, aim=0.01, lower_is_better=True),
    Target(name="own functional tests: recall where 4 % of lawful posts are flagged", files=_OWN,
           measure="recall_at_cost", cost=0.04, positive=_label(VIOLENCE, 1.0), negative=_IS_LAWFUL,
           must=0.80, aim=0.92),
    Target(name="OpenAI set, violence (which counts scenes of it): AUPRC", files=("oai_eval_dev.jsonl.gz",), measure="auprc",
           score=ANY_VIOLENCE, positive=_label(VIOLENCE, 1.0), negative=_label(VIOLENCE, 0.0), must=0.50, aim=0.70),
    Target(name="OpenAI set, violence (which counts scenes of it): AUROC", files=("oai_eval_dev.jsonl.gz",), measure="auroc",
           score=ANY_VIOLENCE, positive=_label(VIOLENCE, 1.0), negative=_label(VIOLENCE, 0.0), must=0.88, aim=0.95),
    Target(name="OpenAI set, any harm: AUPRC", files=("oai_eval_dev.jsonl.gz",), measure="auprc", score=ANY_HARM,
           positive=_IS_HARM, negative=_NO_HARM, must=0.77, aim=0.86),
    Target(name="HateCheck F5, direct threats: recall where 5 % of counter-speech is flagged",
           files=("hatecheck_eval.jsonl.gz",), measure="recall_at_cost", cost=0.05,
           positive=_DIRECT, negative=_COUNTER_SPEECH, must=0.95, aim=1.00),
    Target(name="HateCheck F6, normative threats: recall where 5 % of counter-speech is flagged",
           files=("hatecheck_eval.jsonl.gz",), measure="recall_at_cost", cost=0.05,
           positive=_NORMATIVE, negative=_COUNTER_SPEECH, must=0.85, aim=0.98),
    Target(name="Multilingual HateCheck, French threats against all that is not hate: AUROC",
           files=("mhc_french_eval.jsonl.gz",), measure="auroc",
           positive=_column("functionality", ("threat_dir_h", "threat_norm_h")), negative=_NO_HARM,
           must=0.90, aim=0.97),
    Target(name="Parler posts, harm: AUROC", files=("parler_eval_dev.jsonl.gz",), measure="auroc", score=ANY_HARM,
           positive=_IS_HARM, negative=_NO_HARM, must=0.80, aim=0.86),
)  # fmt: skip


def measure_target(target: Target, judged: Mapping[str, Sequence[Judged]]) -> TargetResult:
    """`judged`: rows with their verdicts, by the file pattern that they came from."""
    rows = [one for pattern in target.files for one in judged[pattern]]
    positives = [one for one in rows if target.positive(one.row)]
    negatives = [one for one in rows if target.negative(one.row)]
    result: Area | Share
    if target.measure == "caught":
        result = share(sum(is_caught(one.verdict) for one in positives), len(positives))
    elif target.measure == "flagged":
        result = share(sum(is_caught(one.verdict) for one in negatives), len(negatives))
    elif target.measure == "recall_at_cost":
        bound = sorted((score_of(one.verdict, target.score) for one in negatives), reverse=True)
        threshold = bound[int(target.cost * len(bound))] if bound else 1.0
        hits = sum(score_of(one.verdict, target.score) > threshold for one in positives)
        result = share(hits, len(positives))
    else:
        labels = np.array([1.0] * len(positives) + [0.0] * len(negatives))
        scores = np.array([score_of(one.verdict, target.score) for one in [*positives, *negatives]])
        result = area(auroc if target.measure == "auroc" else auprc, labels, scores)
    met = result.value <= target.must if target.lower_is_better else result.value >= target.must
    return TargetResult(target.name, target.must, target.aim, result, met)
