"""What verdicts are worth against labels."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from holdfast.pure.errors import Invalid
from holdfast.screening import Verdict
from holdfast.screening.evaluation import (
    TARGET_ROWS,
    Area,
    Judged,
    Labelled,
    Share,
    measure,
    measure_target,
    read_labelled,
)
from holdfast.screening.model import Action


def _judged(violence: float, action: Action, score: float, abuse: float = 0.0, **columns: object) -> Judged:
    labels = {
        "threat_direct": violence,
        "incitement": 0.0,
        "glorification": 0.0,
        "harassment_hate": 0.0,
        "violence": violence,
    }
    verdict = Verdict(
        action=action,
        lane=None,
        scores={"violence": score, "harassment_hate": abuse},
        rules=[],
        evidence=[],
        version="v1",
    )
    return Judged(Labelled(text="x", labels=labels, columns=columns), verdict)


def test_shares_and_areas_are_those_of_the_rows() -> None:
    judged = [
        _judged(1.0, "hold", 0.9, kind="plain"),
        _judged(1.0, "flag", 0.6, kind="plain"),
        _judged(1.0, "allow", 0.2, kind="veiled"),
        _judged(0.0, "flag", 0.5, kind="games"),
        _judged(0.0, "allow", 0.1, kind="games"),
        _judged(0.0, "hold", 0.3),
    ]
    report = measure(judged)
    assert report.rows == 6
    assert report.actions["violent"] == {"hold": 1, "flag": 1, "allow": 1}
    assert report.actions["other"] == {}
    assert report.violent_caught is not None
    assert (report.violent_caught.hits, report.violent_caught.total) == (2, 3)
    assert report.lawful_flagged is not None
    assert report.lawful_flagged.hits == 2
    assert report.lawful_held is not None
    assert report.lawful_held.hits == 1
    # Of the nine pairs, 0.9 and 0.6 beat all three lawful rows, 0.2 beats one.
    assert report.auroc["violence"].value == pytest.approx(7 / 9, abs=1e-4)
    # Precision at each violent row: 1, 1, 3/5.
    assert report.auprc["violence"].value == pytest.approx((1 + 1 + 3 / 5) / 3, abs=1e-4)
    games = [group for group in report.groups if group.value == "games"]
    assert [(group.flagged_or_held.hits, group.flagged_or_held.total) for group in games] == [(1, 2)]


def test_rows_with_unknown_labels_take_no_part_in_what_they_do_not_say() -> None:
    unknown = Judged(Labelled(text="x", labels={}, columns={}), _judged(0.0, "flag", 0.9).verdict)
    report = measure([unknown, _judged(1.0, "hold", 0.8)])
    assert report.auroc == {}
    assert report.lawful_flagged is None
    assert report.violent_caught is not None
    assert report.violent_caught.total == 1
    assert report.actions["other"] == {"flag": 1}


def test_recall_at_a_cost_lets_that_share_of_the_others_through_and_no_more() -> None:
    target = next(target for target in TARGET_ROWS if target.measure == "recall_at_cost")
    others = [_judged(0.0, "allow", at / 100) for at in range(100)]
    caught = [_judged(1.0, "allow", 0.955), _judged(1.0, "allow", 0.945), _judged(1.0, "allow", 0.99)]
    result = measure_target(
        target, {pattern: [] for pattern in target.files} | {target.files[0]: [*others, *caught]}
    )
    assert isinstance(result.result, Share)
    # Four of a hundred may lie above: 0.96 to 0.99; the threshold is 0.95, which two violent rows exceed.
    assert (result.result.hits, result.result.total) == (2, 3)


def test_a_target_where_less_is_better_is_met_from_below() -> None:
    target = next(target for target in TARGET_ROWS if target.lower_is_better)
    rows = [_judged(0.0, "allow", 0.0)] * 99 + [_judged(0.0, "flag", 0.9)]
    result = measure_target(target, {target.files[0]: rows, target.files[1]: []})
    assert result.met
    assert result.result.value == pytest.approx(0.01)


def test_areas_of_targets_use_the_chance_that_either_harm_holds() -> None:
    target = next(
        target for target in TARGET_ROWS if target.score == "any_harm" and target.measure == "auroc"
    )
    rows = [
        _judged(0.0, "allow", 0.0, abuse=0.9, harm=1),
        _judged(0.0, "allow", 0.8, abuse=0.0, harm=1),
        _judged(0.0, "allow", 0.1, abuse=0.1, harm=0),
    ]
    result = measure_target(target, {target.files[0]: rows})
    assert isinstance(result.result, Area)
    assert result.result.value == 1.0
    assert (result.result.positives, result.result.negatives) == (2, 1)


def test_rows_are_read_plain_packed_and_as_corpus(tmp_path: Path) -> None:
    lines = b'{"text": "a", "violence": 1}\n\n{"text": "b", "harm": 0, "kind": "games"}\n'
    plain, packed = tmp_path / "rows.jsonl", tmp_path / "rows.jsonl.gz"
    plain.write_bytes(lines)
    packed.write_bytes(gzip.compress(lines))
    assert read_labelled(plain) == read_labelled(packed)
    first, second = read_labelled(plain)
    assert first.labels == {"violence": 1.0}
    assert set(second.labels.values()) == {0.0}
    assert second.columns["kind"] == "games"
    corpus = tmp_path / "fr_x.txt"
    corpus.write_text("# about\n[threat_direct target=judge kind=veiled]\non sait où tu dors\n", "utf-8")
    (row,) = read_labelled(corpus)
    assert row.columns["language"] == "fr"
    assert row.labels["violence"] == 1.0


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"{", "rows.jsonl:1"),
        (b'{"violence": 1}', "text"),
        (b'{"text": 5}', "string"),
        (b'{"text": "a", "harm": "x"}', "1, 0 or null"),
    ],
)
def test_broken_rows_name_their_line(tmp_path: Path, line: bytes, what: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(line + b"\n")
    with pytest.raises(Invalid, match=what):
        read_labelled(path)
