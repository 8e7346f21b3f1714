"""Use cases: what was said in a notice is kept and recorded; what became of what was sent."""

from __future__ import annotations

import hashlib
from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...records import ledger
from ..staff_actions import CLOCK, Staff
from . import store
from .errors import NoticeNotAllowed, NoticeNotThere
from .events import NoticeMessageAdded
from .model import (
    TEXT_CHARACTERS,
    TITLE_CHARACTERS,
    Channel,
    Direction,
    Message,
    MessageKind,
    clean,
    leaf_about,
)
from .queries import get_notice, lock_notice, message_of, same_message
from .take_step import took

DELIVERIES: Final = ("queued", "sent", "delivered", "delayed", "failed")
_KINDS: Final = {MessageKind.RECEIPT: ledger.Kind.NOTICE_ACK, MessageKind.ANSWER: ledger.Kind.NOTICE_REPLY}


async def add_message(
    tx: Tx, notice_id: int, *, direction: Direction, kind: MessageKind, channel: Channel, raw: bytes | None = None,
    subject: str = "", text: str = "", external_id: str = "", template: str = "", delivery: str = "",
    staff: Staff = CLOCK, now: Instant,
) -> Message:  # fmt: skip
    """Keep a message of a notice, with its exact bytes as a body of its record: notice.ack for receipts, notice.reply for
    answers, notice.message for the rest. Idempotent by external_id within the notice and direction.

    Raises RoleLacks, NoticeNotThere.
    """
    notice = await lock_notice(tx, staff, notice_id)
    external_id = clean(external_id)[:1000]
    if external_id:
        before = await same_message(tx, notice_id, direction, external_id)
        if before is not None:
            return before
    out = direction is Direction.OUT
    recorded = _KINDS.get(kind, ledger.Kind.NOTICE_MESSAGE) if out else ledger.Kind.NOTICE_MESSAGE
    public: dict[str, str | int] = {"channel": channel.value}
    if recorded is ledger.Kind.NOTICE_MESSAGE:
        public["cause"] = f"{direction.value}.{kind.value}"
    else:
        public["took"] = took(notice.received_at, now)
    if recorded is ledger.Kind.NOTICE_REPLY:
        public |= {"basis": notice.preset, "items": notice.items}
        if notice.outcome is not None:
            public["outcome"] = notice.outcome.value
    digest = None if raw is None else hashlib.sha256(raw).digest()
    body = {
        "subject": clean(subject), "message_id": external_id, "template": template,
        "sha256": "" if digest is None else digest.hex(), "text": "" if raw is not None else clean(text),
    }  # fmt: skip
    entry = leaf_about(notice, recorded, public, {"message": body, "raw": raw})
    record_id = await ledger.append(tx, entry, now=now)
    message = Message(
        new_id(now), notice_id, direction, kind, channel, external_id or None, clean(subject)[:TITLE_CHARACTERS],
        clean(text)[:TEXT_CHARACTERS], digest, None if raw is None else len(raw), template, delivery, "", None,
        staff.account_id, record_id, now,
    )  # fmt: skip
    await store.insert_message(tx, message)
    await store.add_event(
        tx, notice_id, f"message.{direction.value}", staff, now=now, record_id=record_id, kind=kind.value,
        channel=channel.value, message_id=str(message.id),
    )  # fmt: skip
    tx.emit(NoticeMessageAdded(notice_id, message.id))
    return message


async def note_delivery(tx: Tx, message_id: int, status: str, *, detail: str = "", now: Instant) -> None:
    """What became of a message that was sent: sent, delivered, delayed, failed. Raises NoticeNotThere, NoticeNotAllowed."""
    if status not in DELIVERIES:
        raise NoticeNotAllowed("status", f"is one of {', '.join(DELIVERIES)}")
    message = await message_of(tx, message_id)
    if message is None:
        raise NoticeNotThere
    notice = await get_notice(tx, CLOCK, message.notice_id)
    detail = clean(detail)[:1000]
    public = {"channel": message.channel.value, "cause": f"delivery.{message.kind.value}", "outcome": status}
    entry = leaf_about(notice, ledger.Kind.NOTICE_MESSAGE, public, {"detail": detail}, message.record_id)
    record_id = await ledger.append(tx, entry, now=now)
    await store.set_delivery(tx, message_id, status, detail, now)
    await store.add_event(
        tx, message.notice_id, "delivery", CLOCK, now=now, note=detail, record_id=record_id, status=status,
        message_id=str(message_id),
    )  # fmt: skip
