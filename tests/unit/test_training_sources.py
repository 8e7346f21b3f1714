"""The manifest of training data: what it names is read, drawn and recorded; what is missing is said."""

from __future__ import annotations

import gzip
import hashlib
import json
import tomllib
from pathlib import Path

import pytest

from holdfast.pure.errors import Invalid
from holdfast.screening.corpus.rows import LAWFUL, Row
from holdfast.screening.corpus.sources import HELD_BACK_SHARE, Reading, is_held_back, read_sources

SOURCE = """
[[sources]]
name = "{name}"
files = ["{files}"]
format = "{format}"
language = "en"
licence = "CC0-1.0"
origin = "a test"
use = "{use}"
"""


def source(
    name: str = "rows", files: str = "*.jsonl*", kind: str = "rows", use: str = "train", more: str = ""
) -> str:
    return SOURCE.format(name=name, files=files, format=kind, use=use) + more


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slots.toml").write_text('[en]\nname = ["Ann", "Bob", "Cem"]\n')
    (tmp_path / "en").mkdir()
    (tmp_path / "en/posts.txt").write_text(
        "[lawful kind=work]\nhello {name}\nbye\n[incitement target=judge]\nget him\n"
    )
    lines = [json.dumps({"text": f"post {n}", "harm": n % 2, "violence": 0}) for n in range(100)]
    (tmp_path / "posts.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path


def read(
    folder: Path, manifest: str, *, use: str = "train", seed: int = 7, skip_absent: bool = False
) -> Reading:
    (folder / "sources.toml").write_text(manifest)
    return read_sources([folder], use=use, seed=seed, skip_absent=skip_absent)  # type: ignore[arg-type]


def test_corpus_and_rows_are_read_with_a_record(folder: Path) -> None:
    own = source("own", "en/*.txt", "corpus", more="draws = 2\nweight = 1.5\n")
    reading = read(folder, own + source())
    assert [row.text for row in reading.rows["own"] if row.text.startswith("hello")].__len__() == 2
    assert len(reading.rows["own"]) == 4
    assert len(reading.rows["rows"]) == 100
    assert reading.sources["own"].weight == 1.5
    record = {one.source: one for one in reading.files}
    assert record["rows"].sha256 == hashlib.sha256((folder / "posts.jsonl").read_bytes()).hexdigest()
    assert (record["rows"].rows, record["rows"].licence, record["rows"].file) == (
        100,
        "CC0-1.0",
        "posts.jsonl",
    )


def test_packed_rows_are_the_same_rows(folder: Path) -> None:
    plain = read(folder, source()).rows["rows"]
    data = (folder / "posts.jsonl").read_bytes()
    (folder / "posts.jsonl").unlink()
    (folder / "posts.jsonl.gz").write_bytes(gzip.compress(data))
    assert read(folder, source()).rows["rows"] == plain


def test_functional_tests_are_never_among_training_rows(folder: Path) -> None:
    manifest = source() + source("tests", "en/*.txt", "corpus", use="functional")
    assert set(read(folder, manifest).rows) == {"rows"}
    assert set(read(folder, manifest, use="functional").rows) == {"tests"}


def test_a_draw_keeps_its_number_and_follows_the_seed(folder: Path) -> None:
    manifest = source(more="most_rows = 30\n")
    first = read(folder, manifest).rows["rows"]
    assert len(first) == len({row.text for row in first}) == 30
    assert read(folder, manifest).rows["rows"] == first
    assert read(folder, manifest, seed=8).rows["rows"] != first


def test_an_absent_source_is_refused_unless_that_was_wanted(folder: Path) -> None:
    manifest = source() + source("gone", "gone.jsonl")
    with pytest.raises(Invalid, match=r"source gone: no file gone\.jsonl in"):
        read(folder, manifest)
    assert set(read(folder, manifest, skip_absent=True).rows) == {"rows"}


@pytest.mark.parametrize(
    ("manifest", "says"),
    [
        ("sources = 1", r"sources\.toml"),
        ("[[sources]]\nname = 'x'\n", "missing required field"),
        (source(more="wieght = 1\n"), "wieght"),
        (source(kind="csv"), "csv"),
        ("[[sources", r"sources\.toml"),
    ],
)
def test_a_wrong_manifest_is_named(folder: Path, manifest: str, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read(folder, manifest)


def test_a_folder_without_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"none of the --data folders holds sources\.toml"):
        read_sources([tmp_path], use="train", seed=1)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", r"posts\.jsonl:2"),
        (b"[]", r"posts\.jsonl:2"),
        (b'{"harm": 1}', r"posts\.jsonl:2.*text"),
        (b'{"text": 5}', r"posts\.jsonl:2.*text"),
        (b'{"text": "x", "harm": "much"}', r"posts\.jsonl:2"),
        (b"\xff", r"posts\.jsonl:2"),
    ],
)
def test_a_wrong_row_is_named_with_file_and_line(folder: Path, line: bytes, says: str) -> None:
    (folder / "posts.jsonl").write_bytes(b'{"text": "fine", "harm": 0}\n' + line + b"\n")
    with pytest.raises(Invalid, match=says):
        read(folder, source())


def test_a_damaged_archive_is_named(folder: Path) -> None:
    whole = gzip.compress((folder / "posts.jsonl").read_bytes())
    (folder / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Invalid, match=r"cut\.jsonl\.gz"):
        read(folder, source(files="cut.jsonl.gz"))


def test_rows_without_label_or_text_are_left_out(folder: Path) -> None:
    (folder / "posts.jsonl").write_text(
        '{"text": "unlabelled", "harm": null}\n{"text": "  ", "harm": 1}\n{"text": "kept", "harm": 1}\n'
    )
    assert [row.text for row in read(folder, source()).rows["rows"]] == ["kept"]


def test_what_is_held_back_depends_on_the_group_alone() -> None:
    def row(group: str, text: str) -> Row:
        return Row(text=text, labels=LAWFUL, source="s", group=group)

    held = [is_held_back(row(f"file:{n}", "one")) for n in range(5_000)]
    assert held == [is_held_back(row(f"file:{n}", "other")) for n in range(5_000)]
    assert abs(sum(held) / 5_000 - HELD_BACK_SHARE) < 0.015


def test_the_manifest_of_the_corpus_trains_on_no_test() -> None:
    corpus = Path(__file__).resolve().parents[2] / "corpus"
    sources = tomllib.loads((corpus / "sources.toml").read_text("utf-8"))["sources"]
    trained = [name for one in sources if one["use"] == "train" for name in one["files"]]
    assert trained
    assert not [name for name in trained if "functional" in name or "fairness" in name or "eval" in name]
