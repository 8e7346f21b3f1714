"""The benchmark of screening: what it judges, and how it counts."""

from __future__ import annotations

import gzip
from pathlib import Path
from statistics import mean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.main.bench.screening import ScreeningOptions
from holdfast.main.bench.screening.model import (
    Timing,
    asked_of,
    figures_from,
    part_of,
    ratios_to_rules,
)
from holdfast.main.bench.screening.passes import Way, in_batches, timed
from holdfast.main.bench.screening.run import posts_by_round
from holdfast.main.bench.screening.texts import MAX_TEXT_CHARACTERS, drawn_texts, read_texts
from holdfast.pure.errors import Invalid
from holdfast.screening import Content


def test_drawn_posts_are_as_long_as_those_of_a_real_network() -> None:
    lengths = sorted(len(text) for text in drawn_texts(20_000))
    assert mean(lengths) == pytest.approx(195, abs=10)
    assert median(lengths) == pytest.approx(131, abs=8)
    assert lengths[int(0.99 * len(lengths))] == pytest.approx(965, abs=30)
    assert lengths[0] >= 5
    assert lengths[-1] <= 1000


def test_drawn_posts_are_the_same_every_time_and_seldom_alike() -> None:
    texts = drawn_texts(2000)
    assert texts == drawn_texts(2000)
    assert len(set(texts)) > 1800


@pytest.mark.parametrize("suffix", [".jsonl", ".jsonl.gz"])
def test_texts_come_from_json_lines(tmp_path: Path, suffix: str) -> None:
    lines = b'{"text": "one", "harm": null}\n\n{"text": " "}\n{"text": "two"}\n{"text": "three"}\n'
    file = tmp_path / f"posts{suffix}"
    file.write_bytes(gzip.compress(lines) if suffix.endswith("gz") else lines)
    assert read_texts(file, 2) == ["one", "two"]


def test_a_long_text_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text('{"text": "' + "x" * (MAX_TEXT_CHARACTERS + 5) + '"}\n')
    assert len(read_texts(file, 1)[0]) == MAX_TEXT_CHARACTERS


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'{"text": "fine"}\n{"body": "x"}\n', r"posts.jsonl:2: not an object with"),
        (b"not json\n", r"posts.jsonl:1"),
        (b"", r"holds no text; give one object a line"),
        (b"\x1f\x8bbroken", r"cannot be read"),
    ],
)
def test_a_file_without_texts_says_what_is_wrong(tmp_path: Path, content: bytes, complaint: str) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_bytes(content)
    with pytest.raises(Invalid, match=complaint):
        read_texts(file, 10)


def test_each_round_has_other_posts_until_a_file_is_through(tmp_path: Path) -> None:
    file = tmp_path / "posts.jsonl"
    file.write_text("".join(f'{{"text": "{name}"}}\n' for name in "abcde"))
    rounds = posts_by_round(ScreeningOptions(posts=2, rounds=3, texts=str(file)))
    assert rounds == [["a", "b"], ["c", "d"], ["e", "a"]]
    assert posts_by_round(ScreeningOptions(posts=9, rounds=1, texts=str(file))) == [list("abcde")]


def test_every_call_is_timed_and_every_post_judged() -> None:
    seen: list[list[Content]] = []
    way = Way("x", lambda posts: in_batches(posts, 4), seen.append)
    timing = timed(way, [Content(text=str(number)) for number in range(10)])
    assert [len(batch) for batch in seen] == [4, 4, 2]
    assert (timing.posts, len(timing.call_seconds)) == (10, 3)
    assert sum(timing.call_seconds) == pytest.approx(timing.seconds)


@given(st.lists(st.integers()), st.integers(1, 9))
def test_batches_hold_everything_in_order(items: list[int], size: int) -> None:
    batches = in_batches(items, size)
    assert [item for batch in batches for item in batch] == items
    assert all(len(batch) == size for batch in batches[:-1])


def test_figures_are_medians_of_rounds_and_latencies_of_all_calls() -> None:
    found = figures_from(
        "x", [Timing(2, 0.004, 0.002, [0.001, 0.003]), Timing(2, 0.008, 0.006, [0.002, 0.006])]
    )
    assert found is not None
    assert (found.posts, found.calls) == (4, 4)
    assert (found.per_second.least, found.per_second.most) == (250, 500)
    assert found.p50_ms == pytest.approx(3)
    assert found.p999_ms == pytest.approx(6)
    assert found.cpu_ms is not None
    assert found.cpu_ms.median == pytest.approx(2)
    assert figures_from("nothing", [Timing(0, 0.0, None, [])]) is None


def test_a_part_of_a_pass_holds_the_calls_that_were_chosen() -> None:
    part = part_of(Timing(3, 0.6, 0.5, [0.1, 0.2, 0.3]), [True, False, True])
    assert part.posts == 2
    assert part.seconds == pytest.approx(0.4)
    assert part.cpu_seconds is None
    assert asked_of([True, False, True, True]).share == 0.75
    assert asked_of([]).share == 0.0


def test_ratios_stand_beside_rules_alone() -> None:
    rules = figures_from("rules alone", [Timing(10, 0.01, 0.01, [0.001] * 10)])
    whole = figures_from("whole screen", [Timing(10, 0.02, 0.03, [0.002] * 10)])
    assert rules is not None
    assert whole is not None
    assert ratios_to_rules([rules, whole])["whole screen"] == {
        "per_second": pytest.approx(0.5),
        "p50": pytest.approx(2.0),
        "cpu": pytest.approx(3.0),
    }
