"""A benchmark of the smallest size runs from end to end and measures what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.main.bench import BenchOptions, run_bench
from holdfast.main.bench.data import make_community
from holdfast.main.bench.screening import ScreeningOptions, run_screening_bench
from holdfast.main.bench.searching import make_searchable, search_requests
from holdfast.platform.db import Database, PoolLimits
from holdfast.pure.errors import Invalid
from holdfast.pure.search_queries import parse_search
from holdfast.social.search import PostQuery, find_posts
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
        assert one.p99_ms.median >= one.p95_ms.median >= one.p50_ms.median > 0
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


async def test_the_community_of_a_search_benchmark_can_be_searched(database_url: str) -> None:
    options = BenchOptions(accounts=60, posts=1000, follows=400, viewers=5)
    async with await Database.connect(database_url, PoolLimits(size=2)) as database:
        community = await make_community(database, options, lambda what, done, total: None)
        # Twice, since a benchmark may find the data of the run before.
        await make_searchable(database, options, lambda what, done, total: None)
        facts = await make_searchable(database, options, lambda what, done, total: None)
        assert float(facts["its index of words, MiB"]) > 0
        wanted = PostQuery(parse_search("garden is:reply"), limit=5)
        assert len(await find_posts(database, community.viewer_ids[0], wanted)) == 5
    kinds = search_requests(community)
    assert len({request for requests in kinds.values() for request in requests}) > 1000
