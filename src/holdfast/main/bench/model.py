"""What is asked of a benchmark, what a round gives, and the arithmetic between the two. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

import msgspec


class BenchOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How large the data is and how long the load lasts. `texts`: path of a file with posts to publish. `pictures`: how many a
    post of the benchmark of media has."""

    accounts: int = 20_000
    posts: int = 200_000
    follows: int = 400_000
    viewers: int = 500
    connections: int = 8
    rounds: int = 3
    round_seconds: float = 4.0
    workers: int = 1
    publishes_per_second: float = 5.0
    import_rows: int = 20_000
    texts: str | None = None
    pictures: int = 4


class LoadResult(msgspec.Struct, frozen=True):
    """What the load generator saw. Latencies in milliseconds; `cpu_seconds` are its own, no part of the server's."""

    requests: int
    errors: int
    seconds: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_seconds: float
    first_error: str = ""
    background_requests: int = 0
    background_errors: int = 0


class CpuUse(msgspec.Struct, frozen=True):
    """CPU seconds by part: `database` is PostgreSQL with every backend that lived meanwhile."""

    web: float = 0.0
    worker: float = 0.0
    database: float = 0.0

    @property
    def total(self) -> float:
        """All parts together."""
        return self.web + self.worker + self.database

    def minus(self, before: CpuUse) -> CpuUse:
        """What was used since `before`."""
        return CpuUse(self.web - before.web, self.worker - before.worker, self.database - before.database)


class Round(msgspec.Struct, frozen=True):
    """One stretch of load and the CPU that the server spent on it."""

    load: LoadResult
    cpu: CpuUse


class Spread(msgspec.Struct, frozen=True):
    """A figure over rounds: the median, the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Of at least one value."""
        ordered = sorted(values)
        return cls(median(ordered), ordered[0], ordered[-1])


class Figures(msgspec.Struct, frozen=True):
    """A kind of load over all its rounds. CPU in milliseconds per request."""

    what: str
    requests: int
    errors: int
    per_second: Spread
    p50_ms: Spread
    p95_ms: Spread
    p99_ms: Spread
    cpu_ms: Spread
    web_cpu_ms: float
    worker_cpu_ms: float
    database_cpu_ms: float
    note: str = ""


class MemoryUse(msgspec.Struct, frozen=True):
    """Resident memory of one process in MiB; `pss_mb` counts shared pages once, None where it may not be read."""

    process: str
    rss_mb: float
    pss_mb: float | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a benchmark found."""

    bench: str
    machine: str
    options: BenchOptions
    baseline: Figures | None
    figures: list[Figures]
    ratios: dict[str, dict[str, float]]
    memory: list[MemoryUse]
    facts: dict[str, float | str]


def figures_of(what: str, rounds: Sequence[Round], note: str = "") -> Figures:
    """The medians and spreads of some rounds; raises ValueError when a round answered nothing."""
    if any(one.load.requests == 0 for one in rounds):
        raise ValueError(f"{what}: a round had no answers")

    def per_request(seconds: float, one: Round) -> float:
        return seconds * 1000 / one.load.requests

    return Figures(
        what=what,
        requests=sum(one.load.requests for one in rounds),
        errors=sum(one.load.errors + one.load.background_errors for one in rounds),
        per_second=Spread.of(one.load.requests / one.load.seconds for one in rounds),
        p50_ms=Spread.of(one.load.p50_ms for one in rounds),
        p95_ms=Spread.of(one.load.p95_ms for one in rounds),
        p99_ms=Spread.of(one.load.p99_ms for one in rounds),
        cpu_ms=Spread.of(per_request(one.cpu.total, one) for one in rounds),
        web_cpu_ms=median(per_request(one.cpu.web, one) for one in rounds),
        worker_cpu_ms=median(per_request(one.cpu.worker, one) for one in rounds),
        database_cpu_ms=median(per_request(one.cpu.database, one) for one in rounds),
        note=note,
    )


def ratios_to(baseline: Figures, figures: Iterable[Figures]) -> dict[str, dict[str, float]]:
    """How each load compares with the baseline: throughput (more is better), latency and CPU (less is better)."""
    return {
        one.what: {
            "per_second": one.per_second.median / baseline.per_second.median,
            "p50": one.p50_ms.median / baseline.p50_ms.median if baseline.p50_ms.median else 0.0,
            "cpu": one.cpu_ms.median / baseline.cpu_ms.median if baseline.cpu_ms.median else 0.0,
        }
        for one in figures
    }


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value below which that share (0 to 1) of an ascending sequence lies; 0 for an empty one."""
    if not ordered:
        return 0.0
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
