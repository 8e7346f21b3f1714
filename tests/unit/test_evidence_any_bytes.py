"""Any bytes given to the readers of evidence are read or refused as evidence errors: nothing else comes out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast.pure import evidence
from holdfast.pure.canonical_json import CanonicalJsonInvalid, parse_canonical, parse_strict
from holdfast.pure.evidence import EvidenceInvalid
from tests.support.sample_evidence import ID, LATTICE, LEAF, LOG, POLICY, POLICY_TEXT, PROOF, SALT, WITNESS

NOTE = evidence.parse_proof(PROOF).checkpoint
OPENING = evidence.Opening(ID, "text", SALT, b"the words").encode()


def text_reader(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


READERS: dict[str, tuple[Callable[[bytes], Any], bytes]] = {
    "note": (evidence.parse_note, NOTE),
    "checkpoint": (lambda data: evidence.assess_checkpoint(data, POLICY), NOTE),
    "checkpoint text": (text_reader(evidence.parse_checkpoint), NOTE.split(b"\n\n")[0] + b"\n"),
    "signature line": (text_reader(evidence.parse_signature_line), NOTE.split(b"\n")[4]),
    "log key": (text_reader(evidence.parse_vkey), LOG.verifier.vkey.encode()),
    "witness key": (text_reader(evidence.parse_vkey), WITNESS.verifier.vkey.encode()),
    "lattice key": (text_reader(evidence.parse_vkey), LATTICE.verifier.vkey.encode()),
    "proof": (lambda data: evidence.verify_proof(evidence.parse_proof(data), LEAF, POLICY.log_keys), PROOF),
    "policy": (evidence.parse_policy, POLICY_TEXT.encode()),
    "leaf": (evidence.parse_leaf, LEAF),
    "opening": (evidence.parse_opening, OPENING),
    "tile": (lambda data: evidence.parse_hash_tile(data, 2), bytes(64)),
    "bundle": (lambda data: evidence.parse_entry_bundle(data, 2), evidence.encode_entry_bundle([LEAF, b""])),
    "path": (text_reader(evidence.parse_tile_path), b"tile/entries/x001/234.p/56"),
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_any_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    read, good = READERS[name]
    read(good)
    begin = data.draw(st.integers(0, len(good)), label="begin")
    end = data.draw(st.integers(begin, min(len(good), begin + 40)), label="end")
    put = data.draw(
        st.binary(max_size=40) | st.sampled_from([b"\n", b" ", b"0", b"-", b"\xc3\xa9", good[begin:end] * 2])
    )
    with suppress(EvidenceInvalid):
        read(good[:begin] + put + good[end:])
    with suppress(EvidenceInvalid):
        read(data.draw(st.binary(max_size=200)))


@given(st.binary(max_size=200) | st.text('[]{}":,\\u0123eE+-.truefalsn \n').map(str.encode))
def test_any_bytes_are_json_or_refused(data: bytes) -> None:
    for read in (parse_strict, parse_canonical):
        with suppress(CanonicalJsonInvalid):
            read(data)
