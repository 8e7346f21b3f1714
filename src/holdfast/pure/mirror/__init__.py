"""The mirror's formats and decisions: what is kept at stores that nobody trusts, and what is believed of it (ADR 0035).

    positions     places in the write-ahead log
    envelope      the one form of every object: a signed head, then a body
    chunks        write-ahead log in pieces; packs of pieces; what may follow what
    backups       base backups, and manifests of what should be there
    epochs        who may write, and from where on; the fence
    quorum        how far the log is safe, and when to say that it is not
    retention     what may be forgotten
    restoring     which backup and which chunks lead back
    identities    age identities as bytes
    kit           what is printed, and what is sealed
    errors        the family of what can be wrong

No I/O, clock or random here. Every byte is in docs/reference/mirror-format.md.
"""

from .backups import (
    BASE,
    MANIFEST,
    MAX_BASES,
    MAX_PARTS,
    Base,
    Manifest,
    Part,
    encode_base,
    encode_manifest,
    open_base,
    open_manifest,
)
from .chunks import (
    CHUNK,
    MAX_PACKED,
    PACK,
    Chunk,
    Packed,
    SignedChunk,
    Span,
    check_follows,
    check_resumes,
    encode_chunk,
    encode_pack,
    open_chunk,
    open_chunk_head,
    open_pack_head,
    parse_chunk_name,
)
from .envelope import (
    HEAD_MAX_BYTES,
    Fields,
    Head,
    check_body,
    encode_object,
    format_time,
    open_head,
    open_object,
    signer_name,
)
from .epochs import (
    CLAIM,
    START,
    Claimed,
    Epoch,
    EpochClaim,
    EpochStart,
    Standing,
    counts,
    cut_of,
    encode_claim,
    encode_start,
    holder_name,
    judge_claim,
    judge_fence,
    majority,
    open_claim,
    open_start,
    settle_epochs,
)
from .errors import (
    ChainBroken,
    LogGap,
    MalformedObject,
    MirrorInvalid,
    NotRestorable,
    ObjectForged,
    ObjectMisnamed,
    ObjectTruncated,
)
from .identities import IDENTITY_BYTES, identity_secret, identity_text
from .kit import MAX_SEALED_BYTES, SecretInSheet, Sheet, encode_sealed, open_sealed, readable_sheet
from .positions import format_lsn, parse_lsn
from .quorum import DEGRADE_AFTER, Durability, QuorumPolicy, QuorumState, judge_quorum, safe_lsn
from .restoring import (
    HeldChunk,
    Reason,
    Refused,
    ReplayStep,
    RestorePlan,
    merge_stores,
    plan_restore,
    reason_of,
)
from .retention import KEEP, MIN_FULL, Forgetting, RetentionPolicy, plan_forgetting

__all__ = [
    "BASE", "Base", "CHUNK", "CLAIM", "ChainBroken", "Chunk", "Claimed", "DEGRADE_AFTER", "Durability",
    "Epoch", "EpochClaim", "EpochStart", "Fields", "Forgetting", "HEAD_MAX_BYTES", "Head", "HeldChunk",
    "IDENTITY_BYTES", "KEEP", "LogGap", "MANIFEST", "MAX_BASES", "MAX_PACKED", "MAX_PARTS",
    "MAX_SEALED_BYTES", "MIN_FULL", "MalformedObject", "Manifest", "MirrorInvalid", "NotRestorable",
    "ObjectForged", "ObjectMisnamed", "ObjectTruncated", "PACK", "Packed", "Part", "QuorumPolicy",
    "QuorumState", "Reason", "Refused", "ReplayStep", "RestorePlan", "RetentionPolicy", "START",
    "SecretInSheet", "Sheet", "SignedChunk", "Span", "Standing", "check_body", "check_follows",
    "check_resumes", "counts", "cut_of", "encode_base", "encode_chunk", "encode_claim", "encode_manifest",
    "encode_object", "encode_pack", "encode_sealed", "encode_start", "format_lsn", "format_time",
    "holder_name", "identity_secret", "identity_text", "judge_claim", "judge_fence", "judge_quorum",
    "majority", "merge_stores", "open_base", "open_chunk", "open_chunk_head", "open_claim", "open_head",
    "open_manifest", "open_object", "open_pack_head", "open_sealed", "open_start", "parse_chunk_name",
    "parse_lsn", "plan_forgetting", "plan_restore", "readable_sheet", "reason_of", "safe_lsn",
    "settle_epochs", "signer_name",
]  # fmt: skip
