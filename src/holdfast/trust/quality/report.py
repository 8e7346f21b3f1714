"""The figures of quality, as the desk and the command line show them: every share with its interval and its count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader
from ...pure.estimates import Share, estimate
from .agreement import ALARM, TARGET, Alpha, alpha, kappa
from .model import Look
from .queries import counts, judged_pairs, overturns

_PAIRS_SHOWN: Final = 50
_PAIR_LEAST: Final = 5


async def quality_report(reader: Reader, since: Instant) -> dict[str, Any]:
    """Agreement (all, and by lane, policy, language), kinds of mistakes, prevalence, recall, precision, overturns.

    Pairs are told by numbers alone: kappa of any two people with at least five common cases, sorted, without names.
    """
    looks = await judged_pairs(reader, since)
    found = estimate(await counts(reader, since))
    return {
        "agreement": {
            "all": _agreement(looks),
            "lanes": _grouped(looks, lambda look: look.lane),
            "policies": _grouped(looks, lambda look: look.policy or "none"),
            "languages": _grouped(looks, lambda look: look.language or "none"),
            "pairs": _pairs(looks),
            "target": TARGET,
            "alarm": ALARM,
        },
        "errors": {name: _share(one) for name, one in found.errors.items()},
        "prevalence": _share(found.prevalence),
        "recall": _rounded(msgspec.structs.asdict(found.recall)),
        "precision": {name: _share(one) for name, one in found.precision.items()},
        "overturned": {
            one.rule: _share(Share(one.overturned, one.decided)) for one in await overturns(reader, since)
        },
    }


def _agreement(looks: Sequence[Look]) -> dict[str, Any]:
    units = [(one.expected, one.verdict) for one in looks if one.expected and one.verdict]
    said: list[tuple[str, str]] = [(first.label, second.label) for first, second in units]
    took: list[tuple[int, int]] = [(first.severity, second.severity) for first, second in units]
    return {"policy": _alpha(alpha(said)), "severity": _alpha(alpha(took, level="ordinal"))}


def _alpha(found: Alpha) -> dict[str, Any]:
    return {**_rounded(msgspec.structs.asdict(found)), "alarming": found.alarming}


def _grouped(looks: Sequence[Look], key: Callable[[Look], str]) -> dict[str, Any]:
    groups: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        groups[key(look)].append(look)
    return {name: _agreement(group) for name, group in sorted(groups.items())}


def _pairs(looks: Sequence[Look]) -> list[dict[str, Any]]:
    pairs: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for one in looks:
        if one.expected and one.verdict and one.first_reviewer_id and one.reviewer_id:
            said = (one.expected.label, one.verdict.label)
            turned = one.first_reviewer_id > one.reviewer_id
            pair = sorted((one.first_reviewer_id, one.reviewer_id))
            pairs[pair[0], pair[1]].append((said[1], said[0]) if turned else said)
    found = [
        {"units": len(said), "kappa": None if (value := kappa(said)) is None else round(value, 3)}
        for said in pairs.values()
        if len(said) >= _PAIR_LEAST
    ]
    return sorted(found, key=lambda one: (one["kappa"] is None, one["kappa"] or 0.0))[:_PAIRS_SHOWN]


def _share(one: Share) -> dict[str, Any]:
    low, high = one.interval
    return _rounded({"k": one.k, "n": one.n, "value": one.value, "low": low, "high": high})


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}
