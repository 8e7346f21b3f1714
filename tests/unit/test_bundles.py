"""Bundles as files: one byte string for one set of files, and no byte of it can change unseen."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure.bundles import (
    ArchiveEntry,
    ArchiveRejected,
    BagRejected,
    Unopened,
    check_bag,
    encode_bag_info,
    encode_csv,
    encode_manifest,
    encode_unopened,
    end_of_archive,
    entry_header,
    ledger_folders,
    parse_bag_info,
    parse_manifest,
    parse_unopened,
    read_archive,
)

_NAMES = st.from_regex(r"[a-zé0-9]{1,6}(/[a-z0-9._-]{1,8}){0,2}", fullmatch=True).filter(
    lambda name: not {".", ".."} & set(name.split("/"))
)
_FILES = st.dictionaries(_NAMES, st.binary(max_size=60), min_size=1, max_size=5)


def packed(files: dict[str, bytes]) -> bytes:
    whole, entries = b"", []
    for name in sorted(files):
        checksum = zlib.crc32(files[name])
        entries.append(ArchiveEntry(name, checksum, len(files[name]), len(whole)))
        whole += entry_header(name, checksum, len(files[name])) + files[name]
    return whole + end_of_archive(entries)


@given(_FILES)
def test_what_is_packed_is_read_again_here_and_by_others(files: dict[str, bytes]) -> None:
    whole = packed(files)
    assert {name: bytes(one) for name, one in read_archive(memoryview(whole)).items()} == files
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert archive.testzip() is None


@given(_FILES, st.data())
def test_any_flipped_bit_of_an_archive_is_found(files: dict[str, bytes], data: st.DataObject) -> None:
    whole = bytearray(packed(files))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ArchiveRejected):
        read_archive(memoryview(bytes(whole)))


@given(_FILES, st.data())
def test_a_cut_or_longer_archive_is_found(files: dict[str, bytes], data: st.DataObject) -> None:
    whole = packed(files)
    for other in (whole[: data.draw(st.integers(0, len(whole) - 1))], whole + b"\0", b"x" + whole):
        with pytest.raises(ArchiveRejected):
            read_archive(memoryview(other))


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "../a", "a/./b", "a\\b", "a\nb"])
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(ArchiveRejected):
        entry_header(name, 0, 0)


_DIGESTS = st.dictionaries(
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    max_size=5,
)


@given(_DIGESTS)
def test_manifests_are_read_as_they_are_written(digests: dict[str, str]) -> None:
    assert parse_manifest(encode_manifest(digests)) == digests


@pytest.mark.parametrize(
    "text",
    [
        "A" * 64 + "  a\n",
        "a" * 64 + " a\n",
        "a" * 64 + "  a",
        "a" * 64 + "  b\n" + "a" * 64 + "  a\n",
        "\n",
        "x\n",
    ],
)
def test_manifests_in_any_other_form_are_refused(text: str) -> None:
    with pytest.raises(BagRejected):
        parse_manifest(text.encode())


def test_a_bag_says_which_file_is_missing_changed_or_too_many() -> None:
    def bag(**changes: bytes | None) -> dict[str, memoryview]:
        files = {"data/a": b"one", "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"}
        files["bag-info.txt"] = encode_bag_info([("Payload-Oxum", "3.1")])
        files["manifest-sha256.txt"] = encode_manifest({"data/a": hashlib.sha256(b"one").hexdigest()})
        tags = {name: hashlib.sha256(one).hexdigest() for name, one in files.items() if name != "data/a"}
        files["tagmanifest-sha256.txt"] = encode_manifest(tags)
        made = {**files, **{name.replace("__", "/"): one for name, one in changes.items()}}
        return {name: memoryview(one) for name, one in made.items() if one is not None}

    assert "data/a" in check_bag(bag())
    for changes, said in (
        ({"data__a": b"two"}, "data/a was changed"),
        ({"data__a": None}, "data/a is missing"),
        ({"data__b": b"more"}, "data/b stands in no manifest"),
        ({"extra": b"more"}, "extra stands in no manifest"),
        ({"bagit.txt": None}, "bagit.txt is missing"),
    ):
        with pytest.raises(BagRejected, match=said):
            check_bag(bag(**changes))


def test_bag_info_is_lines_of_labels_and_values() -> None:
    facts = [("Source-Organization", "town.example"), ("Bagging-Date", "2026-01-31")]
    assert parse_bag_info(encode_bag_info(facts)) == dict(facts)
    for text in (b"", b"Label: x", b"Label: x\nLabel: y\n", b"no label\n", b"\xff\n"):
        with pytest.raises(BagRejected):
            parse_bag_info(text)
    with pytest.raises(BagRejected):
        encode_bag_info([("Label", "two\nlines")])


@given(
    st.lists(
        st.builds(
            Unopened, st.text("01AB"), st.integers(0, 99), st.text("ab"), st.just("erased"), st.text("x, \"'")
        )
    )
)
def test_what_stays_closed_is_read_as_it_is_written(rows: list[Unopened]) -> None:
    assert set(parse_unopened(encode_unopened(rows))) == {(one.record_id, one.field) for one in rows}


def test_no_cell_is_a_formula_for_a_spreadsheet() -> None:
    assert encode_csv(("a",), [["=1+1"], ["@x"], ["-1"], ["ok"]]) == b"a\r\n'=1+1\r\n'@x\r\n'-1\r\nok\r\n"


def test_the_logs_of_a_bundle_are_found() -> None:
    paths = [
        "data/ledger/checkpoint",
        "data/ledger/1/checkpoint",
        "data/ledger/1/tile/checkpoint",
        "data/checkpoint",
    ]
    assert ledger_folders(paths) == ["data/ledger/", "data/ledger/1/"]
