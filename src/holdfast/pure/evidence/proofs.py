"""Proof files (C2SP tlog-proof): that an entry is in a log, to be verified offline for ever.

c2sp.org/tlog-proof@v1
extra <base64>               optional, not authenticated; ours is the leaf itself, which the proof then proves
index <number>
<base64 of a hash>           the inclusion proof, from the leaf's sibling upwards

<the checkpoint, verbatim>
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from .checkpoints import SignedCheckpoint, open_checkpoint, parse_decimal
from .errors import MalformedProof
from .merkle import HASH_BYTES, leaf_hash, verify_inclusion
from .notes import MAX_NOTE_BYTES
from .signatures import VerifierKey, decode_base64
from .tiles import MAX_ENTRY_BYTES

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
# A tree of 2**63 leaves has paths of 63 hashes.
MAX_HASHES = 63
MAX_PROOF_BYTES = MAX_NOTE_BYTES + 2 * MAX_ENTRY_BYTES


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Index, path and checkpoint of one entry. `checkpoint` is the note's bytes; `extra` is trusted for nothing."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def encode(self) -> bytes:
        """The file."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines.extend(base64.b64encode(one).decode() for one in self.hashes)
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint


def parse_proof(data: bytes) -> TlogProof:
    """Read a proof file strictly, without verifying it. Raises MalformedProof."""
    if len(data) > MAX_PROOF_BYTES:
        raise MalformedProof(f"A proof file has at most {MAX_PROOF_BYTES} bytes.")
    head, empty, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise MalformedProof("The lines of a proof file are ASCII.") from None
    if not empty or lines[0] != HEADER:
        raise MalformedProof(f"A proof file begins with {HEADER}.")
    del lines[0]
    extra: bytes | None = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
        if extra is None:
            raise MalformedProof("The extra line of the proof file is not base64.")
    index = (
        parse_decimal(lines[0].removeprefix("index ")) if lines and lines[0].startswith("index ") else None
    )
    if index is None:
        raise MalformedProof("The proof file does not say the index of its entry.")
    hashes = [decode_base64(line) for line in lines[1:]]
    if len(hashes) > MAX_HASHES or not all(one is not None and len(one) == HASH_BYTES for one in hashes):
        raise MalformedProof("The path of the proof file is not made of hashes.")
    return TlogProof(index, tuple(one for one in hashes if one is not None), checkpoint, extra)


def verify_proof(
    proof: TlogProof, leaf: bytes, log_keys: Sequence[VerifierKey], witness_keys: Sequence[VerifierKey] = ()
) -> SignedCheckpoint:
    """The checkpoint in which the leaf (its bytes, not its hash) stands at the proof's index.

    Raises what `open_checkpoint` raises, and ProofRejected.
    """
    signed = open_checkpoint(proof.checkpoint, log_keys, witness_keys)
    checkpoint = signed.checkpoint
    verify_inclusion(leaf_hash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return signed
