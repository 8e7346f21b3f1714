"""What the benchmark of screening is asked, what it finds, and the arithmetic between the two. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from holdfast.main.bench.model import MemoryUse, Spread, percentile

BASELINE: Final = "rules alone"


class ScreeningOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to measure. `posts` a round; `texts`, `rules` and `model` are paths; without
    them texts are drawn, and rules and model are those of the package.
    """

    posts: int = 1500
    rounds: int = 3
    texts: str | None = None
    rules: str | None = None
    model: str | None = None
    audit_percent: int = 1


class ScreeningPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the measuring process gets: the posts of each round, and how to judge them."""

    rounds: list[list[str]]
    rules: str | None
    model: str | None
    audit_share: float


class Timing(msgspec.Struct, frozen=True):
    """One pass over the posts of a round. `call_seconds`: how long each call took, of one post or of a batch.

    `cpu_seconds` None: not known of this part of a pass.
    """

    posts: int
    seconds: float
    cpu_seconds: float | None
    call_seconds: list[float]


class ScreeningFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One way of judging over all rounds. Latencies of one call, over all of them; CPU in milliseconds per post."""

    what: str
    posts: int
    calls: int
    per_second: Spread
    p50_ms: float
    p99_ms: float
    p999_ms: float
    cpu_ms: Spread | None
    note: str = ""


class Asked(msgspec.Struct, frozen=True):
    """Posts for which the second tier was asked, audit included."""

    hits: int
    total: int
    share: float


class Lengths(msgspec.Struct, frozen=True):
    """Characters of the texts."""

    mean: float
    median: float
    p99: float

    @classmethod
    def of(cls, texts: Iterable[str]) -> Lengths:
        """Of at least one text."""
        ordered = sorted(len(text) for text in texts)
        return cls(sum(ordered) / len(ordered), percentile(ordered, 0.5), percentile(ordered, 0.99))


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What the measuring process answers. `loading_ms`: what was loaded -> how long it took."""

    version: str
    figures: list[ScreeningFigures]
    asked: Asked
    memory: list[MemoryUse]
    loading_ms: dict[str, float]


class Step(msgspec.Struct, tag=True):
    """A line of the measuring process: how far it is."""

    what: str
    done: int
    total: int


class Answer(msgspec.Struct, tag=True):
    """The last line of the measuring process."""

    measured: Measured


class AssessTimes(msgspec.Struct, frozen=True, kw_only=True):
    """What a web process saw of its screen, call by call."""

    version: str
    calls: int
    p50_ms: float
    p99_ms: float
    p999_ms: float


class ScreeningReport(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the benchmark found. `ratios`: to rules alone, in the same run."""

    bench: str
    machine: str
    options: ScreeningOptions
    lengths: Lengths
    measured: Measured
    ratios: dict[str, dict[str, float]]


def figures_from(what: str, passes: Sequence[Timing], note: str = "") -> ScreeningFigures | None:
    """Medians and spreads over rounds, latencies over all calls; None when no round had a post of this kind."""
    counted = [one for one in passes if one.posts]
    if not counted:
        return None
    ordered = sorted(seconds for one in counted for seconds in one.call_seconds)
    used = [one.cpu_seconds * 1000 / one.posts for one in counted if one.cpu_seconds is not None]
    return ScreeningFigures(
        what=what,
        posts=sum(one.posts for one in counted),
        calls=len(ordered),
        per_second=Spread.of(one.posts / one.seconds for one in counted),
        p50_ms=percentile(ordered, 0.5) * 1000,
        p99_ms=percentile(ordered, 0.99) * 1000,
        p999_ms=percentile(ordered, 0.999) * 1000,
        cpu_ms=Spread.of(used) if used else None,
        note=note,
    )


def part_of(timing: Timing, chosen: Sequence[bool]) -> Timing:
    """Those calls of a pass, one post each, that were chosen."""
    seconds = [one for one, wanted in zip(timing.call_seconds, chosen, strict=True) if wanted]
    return Timing(len(seconds), sum(seconds), None, seconds)


def asked_of(flags: Iterable[bool]) -> Asked:
    """How many, of how many."""
    all_flags = list(flags)
    hits = sum(all_flags)
    return Asked(hits, len(all_flags), hits / len(all_flags) if all_flags else 0.0)


def ratios_to_rules(figures: Sequence[ScreeningFigures]) -> Mapping[str, dict[str, float]]:
    """How each compares with rules alone: posts per second (more is better), median latency and CPU (less is)."""
    baseline = next(one for one in figures if one.what == BASELINE)
    ratios = {}
    for one in figures:
        ratio = {"per_second": one.per_second.median / baseline.per_second.median}
        if baseline.p50_ms:
            ratio["p50"] = one.p50_ms / baseline.p50_ms
        if one.cpu_ms is not None and baseline.cpu_ms is not None and baseline.cpu_ms.median:
            ratio["cpu"] = one.cpu_ms.median / baseline.cpu_ms.median
        ratios[one.what] = ratio
    return ratios
