"""When a backup is due, what it builds on, how large its parts are, and where PostgreSQL's tar has its manifest."""

from __future__ import annotations

import io
import tarfile
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.continuity.backups import BackupKind, BackupLimits, due, parent_for, part_bytes_for
from holdfast.continuity.backups.cutting import TarWatch, read_manifest
from holdfast.continuity.backups.errors import SourceFailed
from holdfast.pure.mirror import MAX_PARTS, Base, Part

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
LIMITS = BackupLimits()


def a_base(name: str, age: timedelta, *, parent: str | None = None, size: int = 100, epoch: int = 1) -> Base:
    at = NOW - age
    return Base("7", epoch, 1, name, parent, 16, 32, "18.4", at, at, (Part(size, "0" * 64),))


def test_the_first_backup_of_an_epoch_is_a_full_one() -> None:
    assert due([], 1, LIMITS, NOW) is BackupKind.FULL
    assert due([a_base("a", timedelta(hours=1), epoch=1)], 2, LIMITS, NOW) is BackupKind.FULL


@pytest.mark.parametrize(
    ("ages", "wanted"),
    [
        ((timedelta(hours=1),), None),
        ((timedelta(hours=7),), BackupKind.INCREMENTAL),
        ((timedelta(days=2), timedelta(hours=1)), None),
        ((timedelta(days=2), timedelta(hours=6)), BackupKind.INCREMENTAL),
        ((timedelta(days=7), timedelta(hours=1)), BackupKind.FULL),
    ],
)
def test_the_schedule(ages: tuple[timedelta, ...], wanted: BackupKind | None) -> None:
    bases = [
        a_base(str(number), age, parent="0" if number else None, size=10) for number, age in enumerate(ages)
    ]
    bases[0] = a_base("0", ages[0], size=100)
    assert due(bases, 1, LIMITS, NOW) is wanted


def test_once_the_differences_are_large_a_full_one_is_made() -> None:
    bases = [a_base("a", timedelta(days=3)), a_base("b", timedelta(hours=7), parent="a", size=60)]
    assert due(bases, 1, LIMITS, NOW) is BackupKind.FULL


def test_it_builds_on_the_newest_full_one_whose_manifest_is_here() -> None:
    old, new = a_base("a", timedelta(days=9)), a_base("b", timedelta(days=2))
    more = a_base("c", timedelta(days=1), parent="b")
    assert parent_for([old, new, more], 1, frozenset({"a", "b", "c"})) == new
    assert parent_for([old, new, more], 1, frozenset({"a"})) is None


@given(st.integers(0, 1 << 50))
def test_no_database_needs_more_parts_than_a_descriptor_names(size: int) -> None:
    assert size / part_bytes_for(size) <= MAX_PARTS


@given(st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=40)), max_size=6), st.integers(1, 700))
def test_the_manifest_is_found_however_the_stream_is_cut(files: list[tuple[int, bytes]], cut: int) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for number, (size, content) in enumerate([*files, (0, b"the manifest")]):
            name = "backup_manifest" if number == len(files) else f"base/{number}"
            data = content + b"x" * size
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    stream, watch = out.getvalue(), TarWatch()
    for start in range(0, len(stream), cut):
        watch.feed(stream[start : start + cut])
    assert watch.manifest == b"the manifest"


@pytest.mark.parametrize("manifest", [b"", b"{}", b"[]", b'{"WAL-Ranges": [], "System-Identifier": 7}'])
def test_a_manifest_that_says_nothing_is_refused(manifest: bytes) -> None:
    with pytest.raises(SourceFailed):
        read_manifest(manifest)
