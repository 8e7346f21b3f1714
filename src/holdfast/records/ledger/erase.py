"""Use case: a subject's bodies are destroyed, and every proof still verifies."""

from __future__ import annotations

from typing import NamedTuple

from ...platform.clock import Instant
from ...platform.db import Tx
from ..holds import Subject as Holdable
from ..holds import held
from . import store
from .append import append
from .errors import KeptByHold
from .kinds import Kind
from .model import Entry, Subject, SubjectKind


class Erasure(NamedTuple):
    """What went: the record of it, how many bodies, and how many records have a pseudonym that means nobody now."""

    record_id: str
    bodies: int
    records: int


async def erase(tx: Tx, subject: Subject, *, basis: str, now: Instant) -> Erasure | None:
    """Destroy the key of a subject, and with it all bodies, salts and the meaning of the pseudonym. None: had none.

    The leaf that says so bears the pseudonym for the last time, so that outsiders can tell which openings are gone.
    `basis`: a code, such as gdpr-17.1.b or account-deleted. Raises KeptByHold where a legal hold keeps the account;
    of cases, notices and reports the caller asks.
    """
    if subject.kind is SubjectKind.ACCOUNT and await held(tx, Holdable.ACCOUNT, [subject.id]):
        raise KeptByHold
    row = await store.lock_for_erasure(tx, subject)
    if row is None:
        return None
    bodies, records = await store.count_of(tx, row)
    entry = Entry(
        kind=Kind.ERASURE,
        subject=subject,
        public={"basis": basis, "bodies": bodies, "records": records},
    )
    record_id = await append(tx, entry, now=now)
    await store.delete_subject(tx, row)
    del tx.locked[subject]
    return Erasure(record_id, bodies, records)
