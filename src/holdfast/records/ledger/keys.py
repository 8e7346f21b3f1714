"""Keys of subjects: one of 32 random bytes for each, sealed with a key of the master secret.

What is sealed under a subject's key is lost to everybody once the key is destroyed, in every copy of the database that
has not the key's row any more.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ...platform.clock import Instant
from ...platform.crypto import Keyring, random_bytes
from ...platform.db import Reader, Tx
from ...pure.evidence import SALT_BYTES, SUBJECT_KEY_BYTES
from . import store
from .model import Subject, SubjectKey

_NONCE_BYTES = 12


async def key_of(tx: Tx, subject: Subject, *, now: Instant) -> SubjectKey:
    """The key of a subject, made if there is none. The row stays locked against erasure until the transaction ends."""
    known: SubjectKey | None = tx.locked.get(subject)
    if known is None:
        known = tx.locked[subject] = await _locked_key(tx, subject, now)
    return known


async def _locked_key(tx: Tx, subject: Subject, now: Instant) -> SubjectKey:
    found = await store.lock_subject(tx, subject)
    if found is None:
        fresh = random_bytes(SUBJECT_KEY_BYTES)
        sealed = tx.keyring.seal(fresh, context=_context(subject))
        found = await store.insert_subject(tx, subject, sealed, now=now)
    row, sealed = found
    return SubjectKey(row, tx.keyring.open(sealed, context=_context(subject)))


async def known_key(reader: Reader, subject: Subject, keyring: Keyring) -> SubjectKey | None:
    """The key of a subject, if it has one."""
    found = await reader.fetchrow(
        "select id, sealed_key from ledger_subjects where kind = $1 and subject_id = $2",
        subject.kind.value, subject.id,
    )  # fmt: skip
    return found and SubjectKey(found[0], keyring.open(found[1], context=_context(subject)))


def open_key(subject: Subject, sealed: bytes, keyring: Keyring) -> bytes:
    """A subject's key from its row."""
    return keyring.open(sealed, context=_context(subject))


def seal_body(key: bytes, salt: bytes, body: bytes, *, record_id: str, name: str) -> bytes:
    """Salt and body under a subject's key, bound to their record and name."""
    nonce = random_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, salt + body, f"{record_id}/{name}".encode())


def open_body(key: bytes, sealed: bytes, *, record_id: str, name: str) -> tuple[bytes, bytes]:
    """Salt and body. Raises cryptography's InvalidTag where key, record or name are others."""
    plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], f"{record_id}/{name}".encode())
    return plain[:SALT_BYTES], plain[SALT_BYTES:]


def _context(subject: Subject) -> str:
    return f"ledger_subjects/{subject.kind.value}/{subject.id}"
