"""Objects of a mirror: one spelling, signed, named by themselves; whatever a store does to them is found out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.pure import mirror
from holdfast.pure.evidence import Algorithm, SigningKey

FEW = settings(max_examples=40, deadline=None)
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
KEY = SigningKey("mirror.example/1", Algorithm.ED25519, bytes(32))
OTHER = SigningKey("mirror.example/1", Algorithm.ED25519, bytes(31) + b"\x01")
AUTHORITY = SigningKey("mirror.example/authority", Algorithm.ED25519, bytes(31) + b"\x02")
KEYS = (KEY.verifier,)
CHUNK = mirror.Chunk("7312", 1, 1, "ab" * 16, 0, 0x1000000, 0x1000100, None, NOW)
BASE = mirror.Base(
    "7312", 1, 1, "b0", None, 0x1000000, 0x1000100, "18.1", NOW, NOW, (mirror.Part(5, "0" * 64),)
)


@FEW
@given(st.integers(0, 2**64 - 1))
def test_a_position_has_one_spelling(lsn: int) -> None:
    text = mirror.format_lsn(lsn)
    assert mirror.parse_lsn(text) == lsn
    for wrong in (text.replace("/", "/0"), "0" + text, text + "\n", text.replace("/", "/g")):
        with pytest.raises(mirror.MalformedObject):
            mirror.parse_lsn(wrong)


@FEW
@given(st.binary(max_size=200))
def test_a_chunk_comes_back_as_it_was(body: bytes) -> None:
    data = mirror.encode_chunk(CHUNK, body, KEY)
    signed, found = mirror.open_chunk(data, CHUNK.name, KEYS)
    assert (signed.chunk, found) == (CHUNK, body)
    assert signed.head.object_bytes == len(data)
    assert mirror.open_chunk_head(data[: signed.head.body_offset], CHUNK.name, KEYS) == signed


@FEW
@given(st.data())
def test_any_changed_byte_of_a_chunk_is_refused(data: st.DataObject) -> None:
    whole = bytearray(mirror.encode_chunk(CHUNK, b"ciphertext", KEY))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(mirror.MirrorInvalid):
        mirror.open_chunk(bytes(whole), CHUNK.name, KEYS)


@FEW
@given(st.data())
def test_a_cut_chunk_is_refused_as_truncated(data: st.DataObject) -> None:
    whole = mirror.encode_chunk(CHUNK, b"ciphertext", KEY)
    kept = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(mirror.ObjectTruncated):
        mirror.open_chunk(whole[:kept], CHUNK.name, KEYS)


def test_a_chunk_with_more_behind_it_is_refused() -> None:
    with pytest.raises(mirror.ObjectForged):
        mirror.open_chunk(mirror.encode_chunk(CHUNK, b"x", KEY) + b"y", CHUNK.name, KEYS)


def test_a_key_of_the_same_name_does_not_do() -> None:
    with pytest.raises(mirror.ObjectForged):
        mirror.open_chunk(mirror.encode_chunk(CHUNK, b"x", OTHER), CHUNK.name, KEYS)


def test_a_chunk_in_the_place_of_another_is_refused() -> None:
    elsewhere = replace(CHUNK, start_lsn=0x1000010).name
    with pytest.raises(mirror.ObjectMisnamed):
        mirror.open_chunk(mirror.encode_chunk(CHUNK, b"x", KEY), elsewhere, KEYS)


def test_one_kind_does_not_pass_for_another() -> None:
    data = mirror.encode_base(BASE, KEY)
    with pytest.raises(mirror.MalformedObject):
        mirror.open_chunk(data, CHUNK.name, KEYS)
    with pytest.raises(mirror.MalformedObject):
        mirror.open_manifest(data, "manifest/0000000001/0000000000", KEYS)


@FEW
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_an_error_of_the_family(data: bytes) -> None:
    for prefix in (b"", b"holdfast-mirror/1 chunk\n", b"holdfast-mirror/1 chunk\n{}\n" + b"A" * 88 + b"\n"):
        with pytest.raises(mirror.MirrorInvalid):
            mirror.open_chunk(prefix + data, CHUNK.name, KEYS)


def test_a_head_without_an_end_is_not_read_for_ever() -> None:
    with pytest.raises(mirror.MalformedObject):
        mirror.open_head(b"holdfast-mirror/1 chunk\n" + b"x" * mirror.HEAD_MAX_BYTES, "chunk", KEYS)


@pytest.mark.parametrize(
    "change",
    [
        {"end_lsn": 0x1000000}, {"sequence": 1}, {"run": "AB" * 16}, {"run": "ab"}, {"site": "x"}, {"epoch": 0},
        {"timeline": 0}, {"previous": bytes(32)},
    ],
)  # fmt: skip
def test_a_chunk_that_cannot_be_true_is_not_made(change: dict[str, object]) -> None:
    with pytest.raises(mirror.MalformedObject):
        replace(CHUNK, **change)  # type: ignore[arg-type]


def chunk_after(before: mirror.SignedChunk, size: int = 256) -> mirror.Chunk:
    one = before.chunk
    return replace(
        one,
        sequence=one.sequence + 1,
        start_lsn=one.end_lsn,
        end_lsn=one.end_lsn + size,
        previous=before.digest,
    )


def opened(chunk: mirror.Chunk, body: bytes = b"x", key: SigningKey = KEY) -> mirror.SignedChunk:
    return mirror.open_chunk(mirror.encode_chunk(chunk, body, key), chunk.name, (key.verifier,))[0]


def test_the_next_chunk_of_a_run_follows_and_no_other_does() -> None:
    first = opened(CHUNK)
    second = opened(chunk_after(first))
    mirror.check_follows(first, second)
    third = opened(chunk_after(second))
    for before, after in ((first, third), (second, first), (first, first)):
        with pytest.raises(mirror.ChainBroken):
            mirror.check_follows(before, after)
    other_first = opened(CHUNK, b"another content")
    with pytest.raises(mirror.ChainBroken):
        mirror.check_follows(other_first, second)
    hole = replace(chunk_after(first), start_lsn=0x1000110)
    with pytest.raises(mirror.LogGap):
        mirror.check_follows(first, opened(hole))


@FEW
@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_new_run_may_overlap_and_may_not_skip(held: int, restart: int) -> None:
    if restart <= held:
        assert mirror.check_resumes(held, restart) == held - restart
    else:
        with pytest.raises(mirror.LogGap):
            mirror.check_resumes(held, restart)


def test_a_pack_holds_its_chunks_as_they_were() -> None:
    first = opened(CHUNK)
    chunks = [CHUNK, chunk_after(first)]
    objects = [(one.name, mirror.encode_chunk(one, b"body", KEY)) for one in chunks]
    name, data = mirror.encode_pack(objects, KEY, site="7312", written_at=NOW)
    head, places = mirror.open_pack_head(data, name, KEYS)
    for place, (chunk_name, whole) in zip(places, objects, strict=True):
        begin = head.body_offset + place.offset
        assert place.name == chunk_name
        assert data[begin : begin + place.size_bytes] == whole
    with pytest.raises(mirror.ObjectMisnamed):
        mirror.open_pack_head(data, name[:-1] + "-", KEYS)
    with pytest.raises(mirror.MalformedObject):
        mirror.encode_pack([], KEY, site="7312", written_at=NOW)


def test_a_base_and_a_manifest_come_back_as_they_were() -> None:
    assert mirror.open_base(mirror.encode_base(BASE, KEY), BASE.name, KEYS) == BASE
    assert BASE.part_names == ("base/0000000001/b0/part-00000",)
    manifest = mirror.Manifest("7312", 1, 1, 1, bytes(32), 0x1000100, ("b0",), NOW)
    found, head = mirror.open_manifest(mirror.encode_manifest(manifest, KEY), manifest.name, KEYS)
    assert found == manifest
    assert len(head.digest) == 32
    with pytest.raises(mirror.ObjectForged):
        mirror.open_manifest(mirror.encode_manifest(manifest, OTHER), manifest.name, KEYS)


@pytest.mark.parametrize(
    "change",
    [{"parent": "b0"}, {"backup": "../x"}, {"end_lsn": 0}, {"parts": ()}, {"ended_at": NOW - timedelta(1)}],
)
def test_a_base_that_cannot_be_true_is_not_made(change: dict[str, object]) -> None:
    with pytest.raises(mirror.MalformedObject):
        replace(BASE, **change)  # type: ignore[arg-type]


def test_facts_that_do_not_belong_there_are_refused() -> None:
    data = mirror.encode_object("epoch", {"site": "7312", "epoch": 1, "surprise": 1}, b"", AUTHORITY)
    with pytest.raises(mirror.MalformedObject):
        mirror.open_claim(data, "epoch/0000000001", AUTHORITY.verifier)


def test_an_epoch_that_the_server_signed_itself_is_refused() -> None:
    claim = mirror.EpochClaim("7312", 2, "h", OTHER.verifier, NOW)
    with pytest.raises(mirror.ObjectForged):
        mirror.open_claim(mirror.encode_claim(claim, KEY), claim.name, AUTHORITY.verifier)
    good = mirror.open_claim(mirror.encode_claim(claim, AUTHORITY), claim.name, AUTHORITY.verifier)
    assert good.claim == claim
    start = mirror.EpochStart("7312", 2, 2, 100, good.digest)
    assert mirror.open_start(mirror.encode_start(start, AUTHORITY), start.name, AUTHORITY.verifier) == start


@FEW
@given(
    st.binary(min_size=32, max_size=32),
    st.integers(0, 73),
    st.sampled_from("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
)
def test_an_identity_is_its_bytes_and_a_typing_error_is_found(secret: bytes, place: int, letter: str) -> None:
    text = mirror.identity_text(secret)
    assert mirror.identity_secret(text) == secret
    wrong = text[:place] + letter + text[place + 1 :]
    if wrong != text:
        with pytest.raises(mirror.MalformedObject) as caught:
            mirror.identity_secret(wrong)
        assert wrong not in str(caught.value)


SHEET = mirror.Sheet(
    "social.example", "7312", 3, AUTHORITY.verifier, ("age1aaa",), ("s3://one/x", "file:///mnt/two"),
    ("Ada", "Grace", "Emmy"), 2, NOW,
)  # fmt: skip


def test_the_sheet_says_where_and_whom_to_believe() -> None:
    text = mirror.readable_sheet(SHEET, {"s3": {"secret_access_key": "wJalrXUtnFEMI"}})
    for expected in (
        "social.example",
        "s3://one/x",
        AUTHORITY.verifier.vkey,
        "2 of 3",
        "Grace",
        "relaunch --from",
    ):
        assert expected in text
    assert "wJalrXUtnFEMI" not in text


def test_a_secret_never_reaches_the_sheet() -> None:
    for stores in (("sftp://me:pw-pw-pw@host/x",), ("s3://one/x?key=abcdefgh",)):
        with pytest.raises(mirror.SecretInSheet):
            mirror.readable_sheet(replace(SHEET, stores=stores), {})
    with pytest.raises(mirror.SecretInSheet) as caught:
        mirror.readable_sheet(
            replace(SHEET, holders=("Ada, tresor-1234",)), {"deep": [{"pin": "tresor-1234"}]}
        )
    assert "tresor" not in str(caught.value)


def test_the_sealed_part_comes_back_and_nothing_else_is_read() -> None:
    authority, facts = mirror.open_sealed(mirror.encode_sealed(SHEET, {"vapid": "k"}))
    assert authority == AUTHORITY.verifier
    assert facts["secrets"] == {"vapid": "k"}
    for wrong in (b"", b"{}", b'{"version":2}', b'{"secrets":{},"version":1}', b"\xff"):
        with pytest.raises(mirror.MalformedObject):
            mirror.open_sealed(wrong)
