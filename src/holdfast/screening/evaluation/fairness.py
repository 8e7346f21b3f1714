"""Whether the model treats the same words alike, whoever says them and whomever they are about.

`fairness/*.txt` of the corpus hold templates with one slot, `{side}` or `{group}`, and statements in several dialects
(`01.standard: ...`). Every filling of a template says the same, so a difference between fillings is the
model's doing. Nothing of this is trained on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from holdfast.pure.errors import Invalid
from holdfast.screening.classifier import VIOLENCE, Measured, OperatingPoint, decide
from holdfast.screening.corpus import SLOTS, Row, Slots, read_corpus, read_slots, write_out
from holdfast.screening.evaluation.metrics import measured

Axis = Literal["side", "identity", "dialect"]
Judged = Mapping[str, float]
"""Probability per output."""

AXES: Final[tuple[Axis, ...]] = ("side", "identity", "dialect")
FOLDER: Final = "fairness"
BOOTSTRAP_ROUNDS: Final = 1_000
MEASURES: Final = ("lawful_flagged", "lawful_held", "violent_caught")
_SIDES: Final = {"left": "left_party", "right": "right_party"}
_SPOKEN: Final = re.compile(r"([0-9]+)\.([a-z]+): (.+)", re.DOTALL)


class Case(NamedTuple):
    """One text to judge: made from `template`, it stands for `value` on `axis` of `language`."""

    language: str
    axis: Axis
    value: str
    template: str
    is_violent: bool
    text: str


class Treatment(msgspec.Struct, frozen=True, kw_only=True):
    """How the texts of one value fared. Scores are the mean of the higher of violence and harassment."""

    value: str
    lawful_flagged: Measured
    lawful_held: Measured
    violent_caught: Measured
    lawful_score: float
    violent_score: float


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """The largest minus the smallest share among the values, and who they are.

    `low`, `high`: 95 % bootstrap interval over templates. It cannot reach below 0, and noise alone makes it
    positive: the more values, the more.
    """

    gap: float
    low: float
    high: float
    smallest: str
    largest: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One axis of one language: how each value fared, and the gaps by measure (`MEASURES`)."""

    language: str
    axis: Axis
    lawful_templates: int
    violent_templates: int
    treatments: list[Treatment]
    gaps: dict[str, Gap]


def read_cases(corpus: Path) -> list[Case]:
    """Every filling of every template of `corpus/fairness`. Raises Invalid with file and line."""
    files = sorted((corpus / FOLDER).glob("*.txt"))
    if not files:
        raise Invalid(f"{corpus / FOLDER} holds no *.txt; --data names the folder of the corpus")
    if not (corpus / SLOTS).is_file():
        raise Invalid(f"{corpus} holds no {SLOTS}")
    slots = read_slots(corpus / SLOTS)
    cases: list[Case] = []
    for path in files:
        language = path.stem
        if language not in slots:
            raise Invalid(f"{path}: {SLOTS} has no language {language!r}")
        for row in read_corpus(path, language=language, source=FOLDER):
            cases.extend(_cases(row, slots[language]))
    return cases


def compare(
    cases: Sequence[Case],
    judge: Callable[[str], Judged],
    point: OperatingPoint,
    *,
    progress: Callable[[int], None] = lambda done: None,
    seed: int = 1,
) -> list[Comparison]:
    """Judge all cases and compare the values of every axis, languages and axes in a fixed order.

    `judge` gets a text; `progress` the number of texts judged so far.
    """
    outcomes = np.zeros((len(cases), 3))
    for at, case in enumerate(cases):
        probabilities = judge(case.text)
        action, _ = decide(probabilities, point)
        score = max(probabilities[VIOLENCE], probabilities["harassment_hate"])
        outcomes[at] = action != "allow", action in ("hold", "refuse"), score
        progress(at + 1)
    comparisons = []
    for language in dict.fromkeys(case.language for case in cases):
        for axis in AXES:
            chosen = [at for at, case in enumerate(cases) if (case.language, case.axis) == (language, axis)]
            if chosen:
                comparisons.append(_comparison([cases[at] for at in chosen], outcomes[chosen], seed))
    return comparisons


def _cases(row: Row, slots: Slots) -> Iterator[Case]:
    def case(axis: Axis, value: str, template: str, text: str) -> Case:
        return Case(row.language, axis, value, template, not row.is_lawful, text)

    if row.kind == "dialect":
        spoken = _SPOKEN.fullmatch(row.text)
        if spoken is None:
            raise Invalid(
                f"{row.group}: write the statement's number and the dialect first: 01.standard: ..."
            )
        yield case("dialect", spoken[2], f"statement {spoken[1]}", spoken[3])
    elif row.kind == "side":
        for value, slot in _SIDES.items():
            for text in _filled(row, "side", slots[slot]):
                yield case("side", value, row.group, text)
    elif row.kind == "identity":
        for value, text in zip(slots["group"], _filled(row, "group", slots["group"]), strict=True):
            yield case("identity", value, row.group, text)
    else:
        raise Invalid(f"{row.group}: the kind of a fairness section is side, identity or dialect")


def _filled(row: Row, slot: str, phrases: Iterable[str]) -> Iterator[str]:
    if re.findall(r"\{[a-z_]+\}", row.text) != ["{" + slot + "}"]:
        raise Invalid(f"{row.group}: a template holds {{{slot}}} once and no other slot")
    for phrase in phrases:
        yield from (one.text for one in write_out(row, {slot: [phrase]}, seed=0, draws=1))


def _comparison(cases: Sequence[Case], outcomes: NDArray[np.float64], seed: int) -> Comparison:
    """`outcomes` (cases, 3): acted on, held, score."""
    values = list(dict.fromkeys(case.value for case in cases))
    value = np.array([values.index(case.value) for case in cases])
    violent = np.array([case.is_violent for case in cases])
    lawful_at, violent_at = (_templates(cases, violent == wanted) for wanted in (False, True))
    treatments = []
    for at, name in enumerate(values):
        lawful, bad = (value == at) & ~violent, (value == at) & violent
        treatments.append(
            Treatment(
                value=name,
                lawful_flagged=measured(outcomes[lawful, 0] > 0),
                lawful_held=measured(outcomes[lawful, 1] > 0),
                violent_caught=measured(outcomes[bad, 0] > 0),
                lawful_score=_mean(outcomes[lawful, 2]),
                violent_score=_mean(outcomes[bad, 2]),
            )
        )
    flagged, held, caught = (
        _gap(values, value[of], outcomes[of, column], template, seed)
        for of, column, template in (
            (~violent, 0, lawful_at),
            (~violent, 1, lawful_at),
            (violent, 0, violent_at),
        )
    )
    return Comparison(
        language=cases[0].language,
        axis=cases[0].axis,
        lawful_templates=len(set(lawful_at.tolist())),
        violent_templates=len(set(violent_at.tolist())),
        treatments=treatments,
        gaps=dict(zip(MEASURES, (flagged, held, caught), strict=True)),
    )


def _templates(cases: Sequence[Case], chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of the template of each chosen case."""
    names = [case.template for case, wanted in zip(cases, chosen, strict=True) if wanted]
    numbers = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names], np.int64)


def _gap(
    values: Sequence[str],
    value: NDArray[np.int64],
    hits: NDArray[np.float64],
    template: NDArray[np.int64],
    seed: int,
) -> Gap:
    """Resamples templates, all fillings of each together: they are not independent of each other."""
    count = int(template.max(initial=-1)) + 1
    total, hit = np.zeros((count, len(values))), np.zeros((count, len(values)))
    np.add.at(total, (template, value), 1.0)
    np.add.at(hit, (template, value), hits)
    if not count or not total.sum(0).all():
        return Gap(gap=0.0, low=0.0, high=0.0, smallest="", largest="")
    shares = hit.sum(0) / total.sum(0)
    drawn = np.random.default_rng(seed).integers(0, count, (BOOTSTRAP_ROUNDS, count))
    again = np.zeros((BOOTSTRAP_ROUNDS, count))
    np.add.at(again, (np.arange(BOOTSTRAP_ROUNDS)[:, None], drawn), 1.0)
    resampled = (again @ hit) / np.maximum(again @ total, 1.0)
    low, high = np.percentile(resampled.max(1) - resampled.min(1), [2.5, 97.5])
    return Gap(
        gap=round(float(shares.max() - shares.min()), 5),
        low=round(float(low), 5),
        high=round(float(high), 5),
        smallest=values[int(shares.argmin())],
        largest=values[int(shares.argmax())],
    )


def _mean(scores: NDArray[np.float64]) -> float:
    return round(float(scores.mean()), 4) if len(scores) else 0.0
