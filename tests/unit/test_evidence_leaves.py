"""Leaves and commitments: their form, their strictness, their limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure import evidence
from holdfast.pure.canonical_json import encode_canonical
from holdfast.pure.evidence import Leaf
from tests.support.sample_evidence import (
    ID,
    LEAF,
    OLDER_ID,
    SALT,
    flip,
    make_leaf,
    refused,
)


def test_a_leaf_is_written_as_documented_and_reads_back() -> None:
    assert evidence.parse_leaf(LEAF) == make_leaf()
    assert LEAF.startswith(b'{"c":{"text":{"alg":"hmac-sha256","d":"')
    assert LEAF.endswith(b'","t":"2026-01-31T12:00:00.005Z","v":1}')


def leaf_with(**changes: Any) -> bytes:
    import json

    value = json.loads(LEAF)
    for name, change in changes.items():
        if change is ...:
            del value[name]
        else:
            value[name] = change
    return encode_canonical(value)


@pytest.mark.parametrize("changes", [
    {"v": 2}, {"v": "1"}, {"v": True}, {"v": ...}, {"x": 1}, {"t": ...}, {"t": "2026-01-31T12:00:00Z"},
    {"t": "2026-02-30T12:00:00.000Z"}, {"t": "2026-01-31T12:00:00.000+00:00"}, {"t": 5}, {"k": "Decision"}, {"k": ""},
    {"k": "a..b"}, {"k": "a" * 65}, {"k": None}, {"id": ID.lower()}, {"id": "8" + ID[1:]}, {"id": ID[:-1]}, {"id": 1},
    {"s": ""}, {"s": "alice"}, {"s": 1}, {"p": []}, {"p": {"x": 1.5}}, {"p": {"x": "y" * 513}}, {"c": []},
    {"c": {"x": {}}}, {"c": {"X": {"alg": "hmac-sha256", "d": "A" * 43, "n": 64}}},
    {"c": {"x": {"alg": "sha256", "d": "A" * 43, "n": 64}}}, {"c": {"x": {"alg": "hmac-sha256", "d": "A" * 42, "n": 64}}},
    {"c": {"x": {"alg": "hmac-sha256", "d": "A" * 42 + "B", "n": 64}}},
    {"c": {"x": {"alg": "hmac-sha256", "d": "A" * 43, "n": 65}}}, {"c": {"x": {"alg": "hmac-sha256", "d": "A" * 43, "n": True}}},
    {"r": {}}, {"r": [{"rel": "about"}]}, {"r": [{"rel": "likes", "id": ID}]}, {"r": [{"rel": "about", "id": "x"}]},
    {"k": "sealed"},
])  # fmt: skip
def test_malformed_leaves_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(evidence.MalformedLeaf):
        evidence.parse_leaf(leaf_with(**changes))


@pytest.mark.parametrize("data", [LEAF + b"\n", b" " + LEAF, LEAF + b"{}", LEAF[:-1], b"[]", b"1", b"\xff", LEAF.replace(b'"v":1', b'"v":1.0')])  # fmt: skip
def test_bytes_around_a_leaf_are_refused(data: bytes) -> None:
    with pytest.raises(evidence.MalformedLeaf):
        evidence.parse_leaf(data)


def test_leaves_have_their_limits() -> None:
    with pytest.raises(evidence.MalformedLeaf):
        replace(make_leaf(), public={f"k{number}": "x" * 500 for number in range(140)}).encode()
    with pytest.raises(evidence.MalformedLeaf):
        replace(make_leaf(), at=datetime(2026, 1, 1))
    with pytest.raises(evidence.MalformedLeaf):
        replace(make_leaf(), at=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))))


def test_a_sealed_leaf_says_nothing_but_its_commitment() -> None:
    sealed = Leaf(
        make_leaf().at, "sealed", ID, commitments={"sealed": evidence.commit("sealed", b"x" * 2000, SALT)}
    )
    assert evidence.parse_leaf(sealed.encode()) == sealed
    changes: list[dict[str, Any]] = [
        {"public": {"lane": "P0"}},
        {"subject": make_leaf().subject},
        {"commitments": {}},
    ]
    for change in changes:
        with pytest.raises(evidence.MalformedLeaf):
            replace(sealed, **change)


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32), st.data())
def test_only_the_very_body_opens_a_commitment(body: bytes, salt: bytes, data: st.DataObject) -> None:
    leaf = replace(
        make_leaf(),
        commitments={
            "text": evidence.commit("text", body, salt),
            "note": evidence.commit("note", body, salt),
        },
    )
    opening = evidence.Opening(ID, "text", salt, body)
    assert evidence.open_commitment(leaf, evidence.parse_opening(opening.encode())) == body
    assert leaf.commitments["text"].digest != leaf.commitments["note"].digest
    file = opening.encode()
    changed = flip(file, data.draw(st.integers(0, len(file) - 1)), data.draw(st.integers(0, 7)))
    assert refused(lambda: evidence.open_commitment(leaf, evidence.parse_opening(changed)))
    for other in (replace(opening, name="note", body=body + b"x"), replace(opening, record_id=OLDER_ID)):
        with pytest.raises(evidence.CommitmentRejected):
            evidence.open_commitment(leaf, other)


def test_the_length_of_a_body_is_told_in_buckets() -> None:
    lengths = [0, 1, 64, 65, 128, 129, 1000]
    assert [evidence.length_bucket(one) for one in lengths] == [64, 64, 64, 128, 128, 256, 1024]
    right = evidence.commit("text", b"x", SALT)
    with pytest.raises(evidence.CommitmentRejected):
        evidence.verify_opening(replace(right, bucket_bytes=128), "text", b"x", SALT)


def test_a_commitment_is_the_documented_hmac() -> None:
    import hashlib
    import hmac

    expected = hmac.new(SALT, b"holdfast/commit/v1\x00text\x00the words", hashlib.sha256).digest()
    assert evidence.commit("text", b"the words", SALT).digest == expected
    assert evidence.body_bytes("ü") == "ü".encode()
    assert evidence.body_bytes({"b": 1, "a": 2}) == b'{"a":2,"b":1}'
    with pytest.raises(evidence.MalformedOpening):
        evidence.commit("text\x00", b"", SALT)
    with pytest.raises(evidence.MalformedOpening):
        evidence.commit("text", b"", SALT[:31])
