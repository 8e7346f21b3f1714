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
from .errors import Erased, NoSuchRecord, NotForLeaves, Superseded, WouldFork
from .kinds import Kind
from .model import Entry, Owned, Subject, SubjectKind

__all__ = [
    "Entry", "Erased", "Kind", "NoSuchRecord", "NotForLeaves", "Owned", "Relation", "Subject", "SubjectKind",
    "Superseded", "WouldFork", "append",
]  # fmt: skip
