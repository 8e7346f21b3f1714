"""What a drill finds out, and what it means. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...pure.canonical_json import encode_canonical

FRESH: Final = timedelta(days=8)
"""A drill older than this proves nothing about today."""


class CheckName(StrEnum):
    """What is looked at once the site is back."""

    RELAUNCH = "relaunch"  # backup, log, kit, secrets
    TABLES = "tables"  # every table can be read to its end, no index is broken
    LEDGER = "ledger"  # the leaves lead to the root that was signed, and the key of the kit signed it
    CANARY = "canary"  # how old the newest thing is that came back
    MEDIA = "media"  # every file that the database names came back with its own hash
    SERVES = "serves"  # pages over HTTP
    POSTS = "posts"  # somebody signs in, posts and reads it


class Check(msgspec.Struct, frozen=True):
    """One thing that was looked at: whether it was right, and one line on it."""

    name: CheckName
    ok: bool
    said: str = ""


class DrillReport(msgspec.Struct, frozen=True, kw_only=True):
    """One drill. rto_seconds: from the first question to a store until a post was read over HTTP; None: never.

    rpo_seconds: how much older than the drill the newest thing is that came back; None where no canary was written.
    phases: seconds by phase. size_bytes: read from the store. rows: of each table. missing_bytes: log that is known of and not there.
    """

    domain: str
    store: str
    started_at: Instant
    epoch: int
    rto_seconds: float | None
    rpo_seconds: float | None
    phases: Mapping[str, float]
    size_bytes: int
    missing_bytes: int
    rows: Mapping[str, int]
    ledger_size: int
    ledger_root: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether everything was right."""
        return bool(self.checks) and all(one.ok for one in self.checks)

    def encode(self) -> bytes:
        """Canonical JSON: the bytes whose digest the ledger holds."""
        return encode_canonical(msgspec.to_builtins(self))

    @property
    def digest(self) -> bytes:
        """SHA-256 of the report."""
        return sha256(self.encode()).digest()


def read_report(data: bytes) -> DrillReport:
    """Raises msgspec.ValidationError, DecodeError."""
    return msgspec.json.decode(data, type=DrillReport)


def is_stale(last: Instant | None, now: Instant) -> bool:
    """Whether the last drill that passed is too long ago, or none was ever recorded."""
    return last is None or now - last > FRESH
