"""Reading what people bring: plain and gzip, whole and broken off."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from holdfast.main.import_reading import ImportPlan, files_at, read_batches
from holdfast.platform.files import CHUNK_BYTES, FileMissing, FileUnreadable, SequentialFile
from holdfast.pure.imports import parse_generic_row, parse_parler_row

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def content_of(file: SequentialFile) -> bytes:
    return b"".join(chunk.data for chunk in file.chunks())


def findings_of(path: Path, batch_rows: int = 2) -> tuple[list[str], list[tuple[int, str]]]:
    """Ids that were understood, and (line, reason) of what was not."""
    plan = ImportPlan((path,), parse_generic_row, "t")
    ids, findings = [], []
    for batch in read_batches(plan, batch_rows=batch_rows, now=NOW):
        ids += [incoming.row.source_id for incoming in batch.posts]
        findings += [(finding.line, finding.reason) for finding in batch.findings]
    return ids, findings


def test_gzip_is_known_by_its_content_and_may_have_several_parts(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n") + b"\0" * 100)
    reader = SequentialFile(file)
    assert content_of(reader) == b"one\ntwo\n"
    assert reader.ended == "whole"


def test_chunks_stay_small_however_much_a_file_unpacks_to(tmp_path: Path) -> None:
    file = tmp_path / "rows.gz"
    file.write_bytes(gzip.compress(b"\0" * 5_000_000))
    chunks = list(SequentialFile(file).chunks())
    assert sum(len(chunk.data) for chunk in chunks) == 5_000_000
    assert max(len(chunk.data) for chunk in chunks) <= CHUNK_BYTES
    assert chunks[-1].position_bytes == file.stat().st_size


@pytest.mark.parametrize(
    ("broken", "ended"), [(lambda b: b[:-9], "truncated"), (lambda b: b + b"junk", "corrupt")]
)
def test_a_broken_gzip_gives_everything_before_the_break(tmp_path: Path, broken, ended: str) -> None:
    file = tmp_path / "rows.gz"
    file.write_bytes(broken(gzip.compress(b"line\n" * 10)))
    reader = SequentialFile(file)
    assert content_of(reader).startswith(b"line\n")
    assert reader.ended == ended


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match=r"nowhere\.jsonl does not exist"):
        files_at(tmp_path / "nowhere.jsonl")
    with pytest.raises(FileMissing, match="holds no file to import"):
        files_at(tmp_path)
    with pytest.raises(FileUnreadable, match="is not a file"):
        SequentialFile(tmp_path)


def test_people_come_before_posts(tmp_path: Path) -> None:
    for name in ("a_posts.ndjson", "users1.ndjson.gz", "notes.txt", "deep/Users2.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [file.name for file in files_at(tmp_path)] == [
        "Users2.jsonl",
        "users1.ndjson.gz",
        "a_posts.ndjson",
    ]


def test_broken_lines_are_told_by_number_and_stop_nothing(tmp_path: Path) -> None:
    good = [json.dumps({"id": f"g{n}", "text": "fine"}).encode() for n in range(4)]
    lines = [
        good[0], b'{"id": "x", "text": ', b"\xff\xfe", b"[1]", b"",
        good[1], json.dumps({"id": "big", "text": "x" * 1_100_000}).encode(), b'{"text": 5}', good[2],
        b'{"id": "f", "text": "later", "created_at": "2031-01-01"}', b'{"id": "d", "text": "x", "created_at": "soon"}',
        good[3],
    ]  # fmt: skip
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b"\n".join(lines))
    ids, findings = findings_of(file)
    assert ids == ["g0", "g1", "g2", "g3"]
    assert findings == [
        (2, "invalid_json"), (3, "invalid_utf8"), (4, "not_an_object"), (7, "line_too_long"), (8, "text_not_string"),
        (10, "created_at_in_the_future"), (11, "created_at_invalid"),
    ]  # fmt: skip


def test_a_cut_gzip_tells_where_it_ends(tmp_path: Path) -> None:
    rows = b"".join(json.dumps({"id": str(n), "text": f"row {n * n}"}).encode() + b"\n" for n in range(3000))
    file = tmp_path / "rows.jsonl.gz"
    packed = gzip.compress(rows)
    file.write_bytes(packed[: len(packed) // 2])
    ids, findings = findings_of(file, batch_rows=500)
    assert 100 < len(ids) < 3000
    assert findings == [(len(ids) + 1, "line_cut_off"), (len(ids) + 1, "gzip_truncated")]


def test_a_file_that_vanishes_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    there = tmp_path / "b.ndjson"
    there.write_text('{"username": "ann", "body": "hello", "datatype": "posts"}\n')
    plan = ImportPlan((tmp_path / "a.ndjson", there), parse_parler_row, "t")
    batches = list(read_batches(plan, batch_rows=10, now=NOW))
    assert [finding.reason for batch in batches for finding in batch.findings] == ["file_missing"]
    assert sum(len(batch.posts) for batch in batches) == 1
