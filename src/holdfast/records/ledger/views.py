"""What reads of the ledger answer with."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import msgspec

from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.db import Reader
from ...pure.evidence import Opening
from .model import Form, Subject


class KeyedReader(Reader, Protocol):
    """A reader that can open what was sealed: satisfied by `Database` and by `Tx`."""

    @property
    def keyring(self) -> Keyring:
        """The keys of this server."""
        ...


class Record(msgspec.Struct, frozen=True):
    """A record. `log` and `index` are None until it is in the log; `leaf` is final only then."""

    record_id: str
    kind: str
    leaf: bytes
    log: int | None
    index: int | None
    recorded_at: Instant
    published_at: Instant | None


class Log(NamedTuple):
    """One origin. Only the newest grows; the others are frozen."""

    number: int
    origin: str
    size: int
    opened_at: Instant
    frozen_at: Instant | None


class StoredCheckpoint(NamedTuple):
    """A checkpoint that was signed. `note`: as signed by the log; `cosignatures`: lines of witnesses, or empty."""

    log: int
    size: int
    root: bytes
    note: str
    cosignatures: str
    signed_at: Instant

    @property
    def whole_note(self) -> bytes:
        """The note with every signature that there is."""
        return (self.note + self.cosignatures).encode()


class OpenedBody(NamedTuple):
    """An opening, what its bytes are, whose they are, and whether their owner may have it."""

    opening: Opening
    form: Form
    owner: Subject
    shown: bool
