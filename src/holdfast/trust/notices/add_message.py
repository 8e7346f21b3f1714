"""Use cases: what was said in a notice is kept and recorded; what became of what was sent."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ..staff_actions import CLOCK, Staff
from .model import Channel, Direction, Message, MessageKind


async def add_message(
    tx: Tx, notice_id: int, *, direction: Direction, kind: MessageKind, channel: Channel, raw: bytes | None = None,
    subject: str = "", text: str = "", external_id: str = "", template: str = "", delivery: str = "",
    staff: Staff = CLOCK, now: Instant,
) -> Message:  # fmt: skip
    """Keep a message of a notice, with its exact bytes as a body of its record: notice.ack for receipts, notice.reply for
    answers, notice.message for the rest. Idempotent by external_id within the notice and direction.

    Raises NoticeNotThere.
    """
    raise NotImplementedError


async def note_delivery(tx: Tx, message_id: int, status: str, *, detail: str = "", now: Instant) -> None:
    """What became of a message that was sent: sent, delivered, delayed, failed. Raises NoticeNotThere."""
    raise NotImplementedError
