"""A benchmark of the smallest size runs from end to end and measures what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.main.bench import BenchOptions, run_bench
from holdfast.main.bench.screening import ScreeningOptions, run_screening_bench
from holdfast.pure.errors import Invalid
from tests.support.tiny_model import write_tiny_model

pytestmark = pytest.mark.integration


def test_a_small_benchmark_measures_server_and_baseline() -> None:
    options = BenchOptions(
        accounts=60, posts=1000, follows=400, viewers=5, connections=2, rounds=1, round_seconds=0.3
    )
    steps: list[str] = []
    report = run_bench("publish", options, None, lambda what, _done, _total: steps.append(what))
    assert {"server", "accounts", "posts", "follows", "publish sequential"} <= set(steps)
    assert [one.what for one in report.figures] == [
        "publish sequential",
        "publish 2 connections",
        "publish texts, rules alone",
        "publish texts, whole screen",
    ]
    for screen in ("rules alone", "whole screen"):
        within = f"screening within publish, {screen}"
        assert float(report.facts[f"{within}, posts"]) > 0
        assert float(report.facts[f"{within}, p99 ms"]) >= float(report.facts[f"{within}, p50 ms"]) > 0
    assert report.baseline is not None
    for one in (report.baseline, *report.figures):
        assert one.requests > 0
        assert one.errors == 0
        assert one.p99_ms.median >= one.p50_ms.median > 0
    assert report.ratios["publish sequential"]["per_second"] > 0
    idle = [row.process for row in report.memory if row.process.endswith("idle")]
    # Sorted, because processes come in the order of their numbers, which start anew now and then.
    found = sorted(name.split(" ")[0].rstrip(",") for name in idle)
    assert found == ["postgresql", "supervisor", "web", "worker"]


def test_the_judges_of_posts_are_measured_apart_and_together(tmp_path: Path) -> None:
    texts = tmp_path / "posts.jsonl"
    texts.write_text('{"text": "i will kill the mayor"}\n' + '{"text": "peace in the garden"}\n' * 3)
    model = write_tiny_model(tmp_path / "tiny.zip")
    steps: list[str] = []
    report = run_screening_bench(
        ScreeningOptions(posts=4, rounds=2, texts=str(texts), model=str(model), audit_percent=0),
        lambda what, _done, _total: steps.append(what),
    )
    assert set(steps) == {"loading", "judging"}
    named = {one.what: one for one in report.measured.figures}
    assert {"rules alone", "first tier, one post", "second tier, one post", "whole screen"} <= set(named)
    assert named["whole screen"].posts == 8
    assert named["whole screen, second tier asked"].posts == report.measured.asked.hits == 2
    assert report.measured.asked.total == 8
    assert "tiny+" in report.measured.version
    assert report.ratios["rules alone"]["per_second"] == 1
    stages = [row.process for row in report.measured.memory]
    assert stages == ["before loading", "rules", "first tier", "second tier", "4 posts later"]
    assert set(report.measured.loading_ms) == {"rules", "first tier", "second tier"}


def test_a_model_that_cannot_be_used_is_said_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="does not exist"):
        run_screening_bench(ScreeningOptions(model=str(tmp_path / "none.zip")), lambda *_: None)


def test_searches_are_measured_by_kind() -> None:
    options = BenchOptions(
        accounts=60, posts=1000, follows=400, viewers=5, connections=1, rounds=1, round_seconds=0.1
    )
    report = run_bench("search", options, None, lambda what, _done, _total: None)
    assert {"a frequent word", "a word that nobody used", "accounts by prefix"} <= {one.what for one in report.figures}
    assert all(one.requests > 0 and one.errors == 0 for one in report.figures)
    assert float(report.facts["its index of words, MiB"]) > 0
