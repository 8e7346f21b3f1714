"""Every statement that writes notices, their messages and their timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.notices import ItemOutcome, NoticeOutcome, NoticeState
from ..staff_actions import Staff
from .model import Message, NewNotice, Verification

_INSERT_SQL = """
insert into notices (id, reference, token_hash, preset, title, jurisdiction, capacity, channel, external_id, sender,
  sender_key, flood_key, verification, received_at, recorded_at, raw_sha256, raw_bytes, language, subject, text, legal_basis,
  their_reference, contract_clause, statements, completeness, attachments, stated_deadline, known_at, valid_at, lane, state,
  sealed, sealed_until, gag, duplicate_of, group_id, report_id, items_left_out, record_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13::jsonb, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
  $24::jsonb, $25::jsonb, $26::jsonb, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39)
"""
# What the list shows follows from items and clocks.
_RECOUNT_SQL = """
update notices n set version = version + 1,
  items = (select count(*) from notice_items i where i.notice_id = n.id),
  open_items = (select count(*) from notice_items i where i.notice_id = n.id and i.outcome is null),
  due_at = (select min(c.due_at) from notice_clocks c
             where c.notice_id = n.id and c.purpose = 'act' and c.met_at is null and c.ended_at is null),
  breached = exists (select 1 from notice_clocks c where c.notice_id = n.id and c.breached_at is not null)
where n.id = $1
"""


class Recorded(msgspec.Struct, frozen=True):
    """What receiving adds to what came."""

    id: int
    reference: str
    token_hash: bytes
    title: str
    jurisdiction: str
    lane: str
    flood_key: str
    raw_sha256: bytes | None
    valid_at: Instant | None
    duplicate_of: int | None
    group_id: int | None
    record_id: str


async def insert_notice(tx: Tx, new: NewNotice, recorded: Recorded, *, now: Instant) -> None:
    """The row of a notice."""
    await tx.execute(
        _INSERT_SQL,
        recorded.id, recorded.reference, recorded.token_hash, new.preset, recorded.title, recorded.jurisdiction,
        new.capacity.value, new.channel.value, new.external_id or None, as_json(new.sender), new.sender.key,
        recorded.flood_key, as_json(new.verification), new.received_at, now, recorded.raw_sha256,
        None if new.raw is None else len(new.raw), new.language, new.subject, new.text, new.legal_basis, new.reference,
        new.contract_clause, as_json(dict(new.statements)), as_json(dict(new.completeness)), as_json(list(new.attachments)),
        new.stated_deadline, min(new.known_at or new.received_at, new.received_at), recorded.valid_at, recorded.lane,
        NoticeState.RECEIVED.value, new.sealed, new.sealed_until, new.gag, recorded.duplicate_of, recorded.group_id,
        new.report_id, new.items_left_out, recorded.record_id,
    )  # fmt: skip


async def recount(tx: Tx, notice_id: int) -> None:
    """What follows from items and clocks; the version moves."""
    await tx.execute(_RECOUNT_SQL, notice_id)


async def set_hold(tx: Tx, notice_id: int, hold_id: int) -> None:
    """The hold that keeps what it names."""
    await tx.execute(
        "update notices set hold_id = $2, hold_released_at = null where id = $1", notice_id, hold_id
    )


async def set_hold_released(tx: Tx, notice_id: int, now: Instant) -> None:
    """It keeps nothing any more."""
    await tx.execute("update notices set hold_released_at = $2 where id = $1", notice_id, now)


async def set_state(
    tx: Tx, notice_id: int, state: NoticeState, *, outcome: NoticeOutcome | None, now: Instant
) -> None:
    """Where it stands, and when it came there for the first time since it was opened."""
    await tx.execute(
        "update notices set state = $2, outcome = $3,"
        " acknowledged_at = case when $2 = 'acknowledged' then $4 else acknowledged_at end,"
        " decided_at = case when $2 = 'decided' then $4 when $2 in ('answered', 'closed') then decided_at end,"
        " answered_at = case when $2 = 'answered' then $4 when $2 = 'closed' then answered_at end,"
        " closed_at = case when $2 = 'closed' then $4::timestamptz end where id = $1",
        notice_id, state.value, None if outcome is None else outcome.value, now,
    )  # fmt: skip


async def set_closed_record(tx: Tx, notice_id: int, record_id: str) -> None:
    """The leaf that says that it was closed."""
    await tx.execute("update notices set closed_record_id = $2 where id = $1", notice_id, record_id)


async def set_whole(tx: Tx, notice_id: int, outcome: ItemOutcome | None) -> None:
    """The outcome of a notice without items."""
    await tx.execute("update notices set whole = $2 where id = $1", notice_id, outcome and outcome.value)


async def set_valid(tx: Tx, notice_id: int, at: Instant, completeness: Mapping[str, str]) -> None:
    """Nothing is missing any more."""
    await tx.execute(
        "update notices set valid_at = coalesce(valid_at, $2), completeness = $3::jsonb where id = $1",
        notice_id, at, as_json(dict(completeness)),
    )  # fmt: skip


async def set_kind(tx: Tx, notice_id: int, kind: Mapping[str, Any]) -> None:
    """It is of another kind than was thought: preset, title, jurisdiction, lane, capacity, stated_deadline, sealed, gag."""
    await tx.execute(
        "update notices set preset = $2, title = $3, jurisdiction = $4, lane = $5, capacity = $6, stated_deadline = $7,"
        " sealed = $8, sealed_until = $9, gag = $10 where id = $1",
        notice_id, kind["preset"], kind["title"], kind["jurisdiction"], kind["lane"], kind["capacity"],
        kind["stated_deadline"], kind["sealed"], kind["sealed_until"], kind["gag"],
    )  # fmt: skip


async def set_verification(tx: Tx, notice_id: int, verification: Verification) -> None:
    """Who sent it was looked at by a person."""
    await tx.execute(
        "update notices set verification = $2::jsonb, version = version + 1 where id = $1",
        notice_id, as_json(verification),
    )  # fmt: skip


async def set_unsealed(tx: Tx, notice_id: int) -> None:
    """Everybody of the desk may see it from now on."""
    await tx.execute("update notices set sealed = false, version = version + 1 where id = $1", notice_id)


async def set_assignee(tx: Tx, notice_id: int, account_id: int | None) -> None:
    """Who of the staff sees to it."""
    await tx.execute(
        "update notices set assigned_id = $2, version = version + 1 where id = $1", notice_id, account_id
    )


async def mark_seen(tx: Tx, notice_id: int, now: Instant) -> bool:
    """A person opened it; whether for the first time."""
    return (
        await tx.execute(
            "update notices set first_seen_at = $2 where id = $1 and first_seen_at is null", notice_id, now
        )
        > 0
    )


async def insert_message(tx: Tx, message: Message) -> None:
    """Something that was said."""
    await tx.execute(
        "insert into notice_messages (id, notice_id, direction, kind, channel, external_id, subject, text, raw_sha256,"
        " raw_bytes, template, delivery, delivery_detail, author_id, record_id, at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        message.id, message.notice_id, message.direction.value, message.kind.value, message.channel.value,
        message.external_id, message.subject, message.text, message.raw_sha256, message.raw_bytes, message.template,
        message.delivery, message.delivery_detail, message.author_id, message.record_id, message.at,
    )  # fmt: skip


async def set_delivery(tx: Tx, message_id: int, status: str, detail: str, now: Instant) -> None:
    """What became of what was sent."""
    await tx.execute(
        "update notice_messages set delivery = $2, delivery_detail = $3,"
        " delivered_at = case when $2 = 'delivered' then $4 else delivered_at end where id = $1",
        message_id, status, detail, now,
    )  # fmt: skip


async def add_event(
    tx: Tx, notice_id: int, what: str, staff: Staff, *, now: Instant, note: str = "", record_id: str | None = None,
    **details: Any,
) -> None:  # fmt: skip
    """One more line of the timeline, which is never changed."""
    await tx.execute(
        "insert into notice_events (id, notice_id, at, what, actor_id, actor_kind, note, details, record_id)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)",
        new_id(now), notice_id, now, what, staff.account_id, staff.kind.value, note[:5000],
        as_json({name: value for name, value in details.items() if value is not None}), record_id,
    )  # fmt: skip


def as_json(value: object) -> str:
    """As jsonb takes it."""
    return msgspec.json.encode(value).decode()
