"""The arithmetic of the benchmarks, and what their load sends."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from holdfast.main.bench.load import COUNTER, numbered
from holdfast.main.bench.model import CpuUse, LoadResult, Round, figures_of, percentile, ratios_to
from holdfast.main.bench.scenarios import get, heavy_order, import_lines, publish_request


def a_round(requests: int, seconds: float, cpu: CpuUse) -> Round:
    load = LoadResult(
        requests=requests, errors=0, seconds=seconds, p50_ms=2.0, p95_ms=7.0, p99_ms=9.0, cpu_seconds=1.0
    )
    return Round(load, cpu)


def test_figures_are_medians_of_rounds_per_request() -> None:
    rounds = [
        a_round(100, 1.0, CpuUse(web=0.1, worker=0.0, database=0.1)),
        a_round(200, 1.0, CpuUse(web=0.1, worker=0.1, database=0.0)),
        a_round(400, 1.0, CpuUse(web=0.4, worker=0.0, database=0.0)),
    ]
    figures = figures_of("x", rounds)
    assert figures.requests == 700
    assert (figures.per_second.least, figures.per_second.median, figures.per_second.most) == (100, 200, 400)
    assert figures.cpu_ms.median == pytest.approx(1.0)
    assert figures.cpu_ms.most == pytest.approx(2.0)
    assert figures.web_cpu_ms == pytest.approx(1.0)
    assert figures.database_cpu_ms == pytest.approx(0.0)


def test_ratios_compare_with_the_baseline() -> None:
    baseline = figures_of("baseline", [a_round(100, 1.0, CpuUse(web=0.1))])
    target = figures_of("target", [a_round(50, 1.0, CpuUse(web=0.1, database=0.1))])
    assert ratios_to(baseline, [target]) == {
        "target": {"per_second": pytest.approx(0.5), "p50": pytest.approx(1.0), "cpu": pytest.approx(4.0)}
    }


def test_a_round_without_answers_is_no_figure() -> None:
    with pytest.raises(ValueError, match="no answers"):
        figures_of("x", [a_round(0, 1.0, CpuUse())])


def test_percentiles_of_few_and_of_none() -> None:
    assert percentile([], 0.99) == 0.0
    assert percentile([1.0, 2.0, 3.0], 0.5) == 2.0
    assert percentile([1.0, 2.0, 3.0], 0.99) == 3.0


def test_every_sending_of_a_post_says_something_else_in_the_same_length() -> None:
    request, numbers = publish_request("token"), itertools.count(999_998)
    one, two = numbered(request, numbers), numbered(request, numbers)
    assert one != two
    assert len(one) == len(two) == len(request)
    assert COUNTER not in one
    assert numbered(get("/"), numbers) == get("/")


def test_some_viewers_come_far_more_often_than_others() -> None:
    order = heavy_order(100, length=10_000)
    assert set(order) <= set(range(100))
    often, seldom = order.count(0), order.count(99)
    assert often > 5 * max(seldom, 1)


def test_lines_for_the_import_are_rows_with_ids_of_their_own() -> None:
    rows = [msgspec.json.decode(line) for line in import_lines(200).splitlines()]
    assert len({row["id"] for row in rows}) == 200
    assert len({row["author"] for row in rows}) > 20
    assert all(row["text"] and row["created_at"] for row in rows)
