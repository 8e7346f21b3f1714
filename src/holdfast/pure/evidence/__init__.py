"""Evidence that outsiders check with their own tools: the C2SP transparency log formats (ADR 0027).

    merkle         RFC 6962 hashes, the right edge, inclusion and consistency proofs
    tiles          tlog-tiles: the tree and its entries as files
    signatures     keys, key ids, vkeys; Ed25519, cosignature/v1, ML-DSA-44
    notes          signed notes
    checkpoints    size and root of a log, signed and cosigned
    proofs         .tlog-proof files
    policies       tlog-policy: whom to believe
    leaves         the leaf v1 of our log
    commitments    what leaves say of bodies that live elsewhere
    errors         the family of what can be wrong

On `cryptography` and the standard library alone: no I/O, no clock, no random. The formats, with commands that verify
them by hand, are in docs/reference/ledger-format.md.
"""

from .checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    check_same_view,
    cosign_checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from .commitments import (
    ALGORITHM as COMMITMENT_ALGORITHM,
)
from .commitments import (
    MIN_BUCKET_BYTES,
    SALT_BYTES,
    SUBJECT_KEY_BYTES,
    Commitment,
    Opening,
    body_bytes,
    check_commitment_name,
    commit,
    decode_base64url,
    encode_base64url,
    length_bucket,
    parse_opening,
    subject_pseudonym,
    verify_opening,
)
from .errors import (
    CommitmentRejected,
    EvidenceInvalid,
    Malformed,
    MalformedCheckpoint,
    MalformedKey,
    MalformedLeaf,
    MalformedNote,
    MalformedOpening,
    MalformedPolicy,
    MalformedProof,
    MalformedTile,
    ProofRejected,
    Rejected,
    SignatureRejected,
    SplitView,
)
from .leaves import (
    MAX_LEAF_BYTES,
    MAX_PUBLIC_TEXT_CHARACTERS,
    Leaf,
    Related,
    Relation,
    check_record_id,
    format_leaf_time,
    parse_leaf,
)
from .leaves import (
    SEALED as SEALED_KIND,
)
from .leaves import (
    VERSION as LEAF_VERSION,
)
from .merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    MAX_SIZE,
    CompactRange,
    ReadNode,
    compact_range,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from_inclusion,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from .notes import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    Note,
    NoteSignature,
    VerifiedSignature,
    parse_note,
    parse_signature_line,
    sign_note,
    verify_note,
)
from .policies import (
    MAX_POLICY_BYTES,
    Group,
    Peer,
    Policy,
    Standing,
    assess_checkpoint,
    parse_policy,
)
from .proofs import (
    HEADER as PROOF_HEADER,
)
from .proofs import (
    MAX_PROOF_BYTES,
    TlogProof,
    parse_proof,
    verify_proof,
)
from .proofs import (
    SUFFIX as PROOF_SUFFIX,
)
from .signatures import (
    KEY_ID_BYTES,
    SEED_BYTES,
    Algorithm,
    SigningKey,
    VerifierKey,
    parse_vkey,
)
from .tiles import (
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    ReadTile,
    Tile,
    TiledEdge,
    encode_entry_bundle,
    node_reader,
    parse_entry_bundle,
    parse_hash_tile,
    parse_tile_path,
    tile_at,
    tiles_of,
)

__all__ = [
    "Algorithm",
    "COMMITMENT_ALGORITHM",
    "Checkpoint",
    "Commitment",
    "CommitmentRejected",
    "CompactRange",
    "EMPTY_ROOT",
    "EvidenceInvalid",
    "Group",
    "HASH_BYTES",
    "KEY_ID_BYTES",
    "LEAF_VERSION",
    "Leaf",
    "MAX_ENTRY_BYTES",
    "MAX_LEAF_BYTES",
    "MAX_NOTE_BYTES",
    "MAX_POLICY_BYTES",
    "MAX_PROOF_BYTES",
    "MAX_PUBLIC_TEXT_CHARACTERS",
    "MAX_SIGNATURES",
    "MAX_SIZE",
    "MIN_BUCKET_BYTES",
    "Malformed",
    "MalformedCheckpoint",
    "MalformedKey",
    "MalformedLeaf",
    "MalformedNote",
    "MalformedOpening",
    "MalformedPolicy",
    "MalformedProof",
    "MalformedTile",
    "Note",
    "NoteSignature",
    "Opening",
    "PROOF_HEADER",
    "PROOF_SUFFIX",
    "Peer",
    "Policy",
    "ProofRejected",
    "ReadNode",
    "ReadTile",
    "Rejected",
    "Related",
    "Relation",
    "SALT_BYTES",
    "SEALED_KIND",
    "SEED_BYTES",
    "SUBJECT_KEY_BYTES",
    "SignatureRejected",
    "SignedCheckpoint",
    "SigningKey",
    "SplitView",
    "Standing",
    "TILE_WIDTH",
    "Tile",
    "TiledEdge",
    "TlogProof",
    "VerifiedSignature",
    "VerifierKey",
    "assess_checkpoint",
    "body_bytes",
    "check_commitment_name",
    "check_record_id",
    "check_same_view",
    "commit",
    "compact_range",
    "consistency_proof",
    "cosign_checkpoint",
    "decode_base64url",
    "encode_base64url",
    "encode_entry_bundle",
    "format_leaf_time",
    "inclusion_proof",
    "leaf_hash",
    "length_bucket",
    "node_hash",
    "node_reader",
    "open_checkpoint",
    "parse_checkpoint",
    "parse_entry_bundle",
    "parse_hash_tile",
    "parse_leaf",
    "parse_note",
    "parse_opening",
    "parse_policy",
    "parse_proof",
    "parse_signature_line",
    "parse_tile_path",
    "parse_vkey",
    "root_from_inclusion",
    "sign_checkpoint",
    "sign_note",
    "subject_pseudonym",
    "tile_at",
    "tiles_of",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
    "verify_note",
    "verify_opening",
    "verify_proof",
]
