"""A log of thirteen leaves with keys, witnesses, a policy, and a proof of its seventh leaf."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from holdfast.pure import evidence
from holdfast.pure.evidence import Algorithm, Checkpoint, EvidenceInvalid, Leaf, SigningKey

ORIGIN = "example.org/evidence/1"
LOG = SigningKey(ORIGIN, Algorithm.ED25519, bytes(range(32)))
WITNESS = SigningKey("witness.example/a", Algorithm.COSIGNATURE_V1, b"a" * 32)
OTHER = SigningKey("witness.example/b", Algorithm.COSIGNATURE_V1, b"b" * 32)
LATTICE = SigningKey("witness.example/c", Algorithm.ML_DSA_44, b"c" * 32)
ID = "01JD4X8Q0R5W2T3Y6Z7A8B9C0D"
OLDER_ID = "01JD4X8Q0R5W2T3Y6Z7A8B9C0C"
SALT = bytes(range(100, 132))
POLICY_TEXT = (
    f"# who is believed\n\nlog {LOG.verifier.vkey} https://example.org/\n"
    f"witness A {WITNESS.verifier.vkey}\n\twitness  B {OTHER.verifier.vkey} https://b.example/\n"
    f"witness C {LATTICE.verifier.vkey}\ngroup two 2 A B C\nquorum two\n"
)
POLICY = evidence.parse_policy(POLICY_TEXT.encode())


def make_leaf() -> Leaf:
    return Leaf(
        at=datetime(2026, 1, 31, 12, 0, 0, 5000, tzinfo=UTC),
        kind="decision",
        record_id=ID,
        subject=evidence.subject_pseudonym(b"k" * 32),
        public={
            "policy": "threats@3",
            "action": "remove",
            "automated": False,
            "minutes": 15,
            "counts": {"a": [1, 2]},
        },
        commitments={"text": evidence.commit("text", b"the words", SALT)},
        related=(evidence.Related(evidence.Relation.ABOUT, OLDER_ID),),
    )


LEAF = make_leaf().encode()


def make_proof(*, cosigned: bool = True, extra: bytes | None = LEAF) -> bytes:
    edge = evidence.TiledEdge()
    files: dict[evidence.Tile, bytes] = {}
    for number in range(13):
        files.update(edge.append(LEAF if number == 7 else b"%d" % number))
    files.update(edge.partial_tiles())
    node = evidence.node_reader(files.__getitem__, edge.size)
    note = evidence.sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.range.root()), LOG)
    if cosigned:
        note = note.with_signatures(
            evidence.cosign_checkpoint(note, key, time_unix=1_700_000_000) for key in (WITNESS, LATTICE)
        )
    hashes = tuple(evidence.inclusion_proof(node, 7, edge.size))
    return evidence.TlogProof(7, hashes, note.encode(), extra).encode()


PROOF = make_proof()


def flip(data: bytes, place: int, bit: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]


def refused(work: Callable[[], Any]) -> bool:
    try:
        return work() is False
    except EvidenceInvalid:
        return True
