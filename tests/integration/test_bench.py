"""A benchmark of the smallest size runs from end to end and measures what it says."""

from __future__ import annotations

import pytest

from holdfast.main.bench import BenchOptions, run_bench

pytestmark = pytest.mark.integration


def test_a_small_benchmark_measures_server_and_baseline() -> None:
    options = BenchOptions(
        accounts=60, posts=1000, follows=400, viewers=5, connections=2, rounds=1, round_seconds=0.3
    )
    steps: list[str] = []
    report = run_bench("publish", options, None, lambda what, _done, _total: steps.append(what))
    assert {"server", "accounts", "posts", "follows", "publish sequential"} <= set(steps)
    assert [one.what for one in report.figures] == ["publish sequential", "publish 2 connections"]
    assert report.baseline is not None
    for one in (report.baseline, *report.figures):
        assert one.requests > 0
        assert one.errors == 0
        assert one.p99_ms.median >= one.p50_ms.median > 0
    assert report.ratios["publish sequential"]["per_second"] > 0
    idle = [row.process for row in report.memory if row.process.endswith("idle")]
    assert [name.split(" ")[0].rstrip(",") for name in idle] == ["supervisor", "postgresql", "web", "worker"]
