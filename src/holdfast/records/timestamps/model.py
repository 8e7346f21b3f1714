"""What a time stamp is, and why one is asked for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant

STAMP_CHECKPOINT: Final = "stamp_checkpoint"
"""The kind of the errands that have a checkpoint stamped."""


class Reason(StrEnum):
    """Why a checkpoint was stamped."""

    HOURLY = "hourly"
    URGENT = "urgent"


class StampOrder(msgspec.Struct, frozen=True):
    """An errand's payload. `record_id`: the stamp must be on a checkpoint that covers this record."""

    reason: Reason
    record_id: str | None = None


class TimeStamp(msgspec.Struct, frozen=True):
    """A stamp on a checkpoint.

    note: the checkpoint that was stamped, byte for byte. reply: RFC 3161 TimeStampResp, DER: a `.tsr` file.
    stamped_at: by the clock of `authority` (its address).
    """

    id: int
    origin: str
    size: int
    note: bytes
    authority: str
    reply: bytes
    stamped_at: Instant
    reason: Reason
    record_id: str | None
    created_at: Instant
