"""Posts that stand on both sides are found, however they are dressed; others are not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure.errors import Invalid
from holdfast.screening.corpus.rows import LAWFUL, Row
from holdfast.screening.evaluation import overlap
from holdfast.screening.evaluation.overlap import (
    fingerprints_of,
    overlaps,
    read_fingerprints,
    read_measured,
    without_overlap,
    write_fingerprints,
)

MEASURED = [
    "The bridge toll goes up again on Monday and nobody asked the people who cross it every day",
    "please bring your own cup to the meeting",
    "💀💀",
]
PRINTS = fingerprints_of({"tolls": MEASURED[:1], "others": MEASURED[1:]})


def row(text: str, group: str) -> Row:
    return Row(text=text, labels=LAWFUL, source="mine", group=group)


@pytest.mark.parametrize(
    "text",
    [
        "PLEASE bring your own cup to the meeting!!!",
        "please   bring\nyour own cup, to the méeting",
        "pleаse bring your own cup to the meeting",  # a Cyrillic a
    ],
)
def test_the_same_words_are_the_same_post_whatever_their_dress(text: str) -> None:
    assert overlaps([text], PRINTS) == [(0, "others:1", "same", 1.0)]


def test_a_post_without_words_is_known_by_its_signs() -> None:
    assert [one.with_place for one in overlaps(["💀💀", "💀"], PRINTS)] == ["others:2"]


def test_one_other_word_in_a_long_post_is_near() -> None:
    (found,) = overlaps([MEASURED[0].replace("Monday", "Friday")], PRINTS)
    assert (found.kind, found.with_place) == ("near", "tolls:1")
    assert 0.65 < found.similarity < 0.95  # 16 of 20 pairs of words


def test_a_post_on_the_same_subject_is_not_near() -> None:
    assert overlaps(["The toll of the bridge is too high for people who cross it on a Monday"], PRINTS) == []


def test_nothing_overlaps_with_nothing() -> None:
    nothing = fingerprints_of({})
    assert overlaps(["a post"], nothing) == []
    assert overlaps([], PRINTS) == []
    assert overlaps([""], fingerprints_of({"empty": [""]}))[0].kind == "same"


def test_estimates_are_as_good_as_they_say() -> None:
    words = [f"word{n}" for n in range(200)]
    text, other = " ".join(words), " ".join([*words[:150], *(f"other{n}" for n in range(50))])
    exact = 150 / 252  # of 201 pairs each, 150 are common
    (found,) = overlaps([other], fingerprints_of({"one": [text]}))
    assert abs(found.similarity - exact) < 3 * 0.062


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
@settings(deadline=None)
def test_every_text_overlaps_with_itself(texts: list[str]) -> None:
    found = overlaps(texts, fingerprints_of({"all": texts}))
    assert [one.at for one in found] == list(range(len(texts)))
    assert {one.kind for one in found} == {"same"}


def test_texts_of_any_number_get_the_sketches_that_each_has_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{'very ' * n}long post number {n}" for n in range(40)]
    alone = [fingerprints_of({"one": [text]}).sketches[0].tolist() for text in texts]
    monkeypatch.setattr(overlap, "_CHUNK_SHINGLES", 64)
    assert fingerprints_of({"all": texts}).sketches.tolist() == alone


def test_a_dropped_row_takes_its_group_along_and_is_counted() -> None:
    rows = [
        row("something else entirely", "a"),
        row("please bring your own cup to the meeting", "b"),
        row("please bring nothing whatever", "b"),
        row(MEASURED[0].replace("Monday", "Friday"), "c"),
    ]
    kept, dropped = without_overlap(rows, PRINTS)
    assert [one.group for one in kept] == ["a"]
    assert dropped == (3, 1, {"mine": 3}, {"others": 1, "tolls": 1})


def test_fingerprints_survive_being_written(tmp_path: Path) -> None:
    write_fingerprints(tmp_path / "prints.bin", PRINTS)
    read = read_fingerprints(tmp_path / "prints.bin")
    assert (read.names, read.counts) == (["tolls", "others"], [1, 2])
    assert overlaps(MEASURED, read) == overlaps(MEASURED, PRINTS)
    assert b"bridge" not in (tmp_path / "prints.bin").read_bytes()


def test_every_kind_of_measured_file_is_read(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"text": text}).encode() + b"\n" for text in MEASURED)
    (tmp_path / "rows.jsonl").write_bytes(lines)
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(lines))
    (tmp_path / "en_posts.txt").write_text("[lawful kind=work]\nplease bring your own cup to the meeting\n")
    write_fingerprints(tmp_path / "prints.bin", PRINTS)
    names = ("rows.jsonl", "packed.jsonl.gz", "en_posts.txt", "prints.bin")
    measured = read_measured([tmp_path / name for name in names])
    assert measured.names == ["rows", "packed", "en_posts", "tolls", "others"]
    assert measured.counts == [3, 3, 1, 1, 2]
    assert [measured.place(at) for at in (0, 5, 6, 9)] == ["rows:1", "packed:3", "en_posts:1", "others:2"]


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"x" + data, lambda data: data[:30]])
def test_a_damaged_fingerprint_file_is_refused(tmp_path: Path, damage) -> None:
    path = tmp_path / "prints.bin"
    write_fingerprints(path, PRINTS)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Invalid, match=r"prints\.bin"):
        read_fingerprints(path)


def test_a_measured_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="nowhere"):
        read_measured([tmp_path / "nowhere.jsonl"])
