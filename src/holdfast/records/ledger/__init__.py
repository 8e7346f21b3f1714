"""The evidence ledger: what was recorded, when, unchanged, and checkable by outsiders (ADR 0028).

    record_id = await ledger.append(tx, ledger.Entry(
        kind=ledger.Kind.DECISION, subject=ledger.Subject.account(account_id),
        public={"policy": "harassment@3", "action": "post.withdraw"}, private={"reasons": text},
        related=((ledger.Relation.ABOUT, case_record_id),)), now=now)

The record is an outbox row of the caller's transaction; `records/sequencing` gives it an index in the log within a
second of the commit, and signs a checkpoint over it within ten.
"""

from ...pure.evidence import Relation
from .append import append
from .erase import Erasure, erase
from .errors import Erased, KeptByHold, NoSuchRecord, NotForLeaves, Superseded, WouldFork
from .kinds import Kind, code_of
from .model import NUMBER, Entry, Form, Owned, Subject, SubjectKind
from .open import erased_fields, hidden_leaf, openings
from .queries import (
    checkpoint_at,
    consistency,
    counts_by_kind,
    covering_checkpoint,
    latest_checkpoint,
    log_of,
    logs,
    over_nodes,
    proof,
    read_tile,
    record_at,
    record_of,
    records_of_kind,
    with_tiles,
)
from .store import add_cosignatures
from .unseal import unseal
from .views import KeyedReader, Log, OpenedBody, Record, StoredCheckpoint

__all__ = [
    "NUMBER", "Entry", "Erased", "KeptByHold", "Erasure", "Form", "KeyedReader", "Kind", "Log", "NoSuchRecord", "NotForLeaves",
    "OpenedBody", "Owned", "Record", "Relation", "StoredCheckpoint", "Subject", "SubjectKind", "Superseded",
    "WouldFork", "add_cosignatures", "append", "checkpoint_at", "code_of", "consistency", "counts_by_kind",
    "covering_checkpoint", "erase", "erased_fields", "hidden_leaf", "latest_checkpoint", "log_of", "logs", "openings",
    "over_nodes", "proof", "read_tile", "record_at", "record_of", "records_of_kind", "unseal", "with_tiles",
]  # fmt: skip
