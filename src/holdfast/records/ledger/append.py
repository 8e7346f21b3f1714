"""Use case: something is recorded."""

from __future__ import annotations

from typing import Any

from ...platform.clock import Instant
from ...platform.crypto import random_bytes
from ...platform.db import Tx
from ...platform.ids import new_ulid
from ...pure.canonical_json import encode_canonical
from ...pure.evidence import (
    SALT_BYTES,
    SEALED_KIND,
    Commitment,
    Leaf,
    Related,
    body_bytes,
    commit,
    subject_pseudonym,
)
from . import store
from .errors import NotForLeaves
from .keys import key_of, seal_body
from .kinds import Kind, check_public
from .model import NOBODY, SEALED_BUCKET_BYTES, Body, Entry, Form, Owned, Subject, SubjectKey

_MADE_BY_THE_LEDGER = frozenset({Kind.SEALED})


async def append(tx: Tx, entry: Entry, *, now: Instant) -> str:
    """Record an entry in this transaction and return the record's id, a ULID. It gets its index in the log within
    seconds after the commit.

    Raises NotForLeaves where the entry would publish what its kind may not.
    """
    check_public(entry.kind, entry.public)
    if entry.kind in _MADE_BY_THE_LEDGER:
        raise NotForLeaves("sealed entries are of the kind that they hide, with sealed=True")
    tx.lasting()  # what was recorded is not among what may be lost with a machine
    record_id = new_ulid(now)
    keys = await _keys_of(tx, entry, now)
    commitments, bodies = _committed(record_id, entry, keys)
    subject = keys[entry.subject] if entry.subject is not None else None
    leaf = Leaf(
        at=now,
        kind=entry.kind.value,
        record_id=record_id,
        subject=subject_pseudonym(subject.key) if subject else None,
        public=dict(entry.public),
        commitments=commitments,
        related=tuple(Related(relation, other) for relation, other in entry.related),
    ).encode()
    kind = entry.kind.value
    if entry.sealed:
        owner = keys[entry.subject or NOBODY]
        inner, kind = leaf, SEALED_KIND
        sealed, body = _one_body(record_id, SEALED_KIND, _padded(inner), Form.LEAF, owner)
        bodies.append(body)
        leaf = Leaf(at=now, kind=SEALED_KIND, record_id=record_id, commitments={SEALED_KIND: sealed}).encode()
    about = subject.row if subject else None
    store.insert_record(tx, store.NewRecord(record_id, kind, about, leaf, now, bodies))
    return record_id


async def _keys_of(tx: Tx, entry: Entry, now: Instant) -> dict[Subject, SubjectKey]:
    """The keys of everybody whom this entry touches, always asked for in one order: two entries never wait crosswise."""
    wanted = {one.owner for one in entry.private.values() if isinstance(one, Owned)}
    if entry.subject is not None:
        wanted.add(entry.subject)
    elif entry.sealed or any(not isinstance(one, Owned) for one in entry.private.values()):
        wanted.add(NOBODY)
    return {subject: await key_of(tx, subject, now=now) for subject in sorted(wanted)}


def _committed(
    record_id: str, entry: Entry, keys: dict[Subject, SubjectKey]
) -> tuple[dict[str, Commitment], list[Body]]:
    commitments: dict[str, Commitment] = {}
    bodies: list[Body] = []
    for name, value in entry.private.items():
        owner = value.owner if isinstance(value, Owned) else entry.subject or NOBODY
        form, data = _encoded(value.value if isinstance(value, Owned) else value)
        commitments[name], body = _one_body(record_id, name, data, form, keys[owner])
        bodies.append(body._replace(shown=name in entry.shown))
    return commitments, bodies


def _one_body(
    record_id: str, name: str, data: bytes, form: Form, owner: SubjectKey
) -> tuple[Commitment, Body]:
    salt = random_bytes(SALT_BYTES)
    sealed = seal_body(owner.key, salt, data, record_id=record_id, name=name)
    return commit(name, data, salt), Body(name, owner.row, form, sealed, shown=False)


def _encoded(value: Any) -> tuple[Form, bytes]:
    if isinstance(value, str):
        return Form.TEXT, body_bytes(value)
    if isinstance(value, bytes):
        return Form.BYTES, value
    return Form.JSON, encode_canonical(value)


def _padded(leaf: bytes) -> bytes:
    """The same JSON with spaces after it, so that all short ones tell one length."""
    return leaf.ljust(SEALED_BUCKET_BYTES)
