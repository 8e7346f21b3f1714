"""Reads of notices. What is sealed is asked for in the statement: hidden and missing are one answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.notices import ItemOutcome, NoticeOutcome, NoticeState, Progress
from ...pure.permissions import Permission, permits
from ..notice_items import outcomes_of
from ..staff_actions import Staff
from .errors import NoticeNotThere
from .model import (
    Attachment,
    Capacity,
    Channel,
    Direction,
    Message,
    MessageKind,
    Notice,
    NoticeFilter,
    Sender,
    TimelineEntry,
    Verification,
)

_COLUMNS = """
select n.id, n.reference, n.preset, n.title, n.jurisdiction, n.capacity, n.channel, n.external_id, n.sender::text as sender,
       n.sender_key, n.verification::text as verification, n.received_at, n.raw_sha256, n.raw_bytes, n.language, n.subject,
       n.text, n.legal_basis, n.their_reference, n.contract_clause, n.statements::text as statements,
       n.completeness::text as completeness, n.attachments::text as attachments, n.stated_deadline, n.known_at, n.valid_at,
       n.lane, n.state, n.whole, n.outcome, n.sealed, n.sealed_until, n.gag, n.hold_id, n.hold_released_at, n.duplicate_of,
       n.group_id, n.report_id, n.items, n.open_items, n.items_left_out, n.due_at, n.breached, n.assigned_id, n.version,
       n.record_id, n.first_seen_at, n.acknowledged_at, n.decided_at, n.answered_at, n.closed_at, n.closed_record_id
from notices n
"""
_ONE_SQL = f"{_COLUMNS} where n.id = $1 and ($2 or not n.sealed)"
_LOCK_SQL = f"{_COLUMNS} where n.id = $1 and ($2 or not n.sealed) for update"
_SOME_SQL = f"{_COLUMNS} where n.id = any($1::bigint[]) and ($2 or not n.sealed)"
_TOKEN_SQL = f"{_COLUMNS} where n.token_hash = $1"
_REFERENCE_SQL = f"{_COLUMNS} where n.reference = $1 and ($2 or not n.sealed)"
_SAME_SQL = f"{_COLUMNS} where n.channel = $1 and n.external_id = $2"
# By the time that is left; what has no clock comes after, the oldest first.
_QUEUE_SQL = f"""{_COLUMNS}
where ($1 or not n.sealed)
  and ($2::boolean is null or (n.closed_at is null) = $2) and ($3::text is null or n.state = $3)
  and ($4::text is null or n.preset = $4) and ($5::text is null or n.channel = $5)
  and ($6::text is null or n.capacity = $6) and ($7::text is null or n.sender_key = $7)
  and ($8::boolean is null or n.breached = $8) and (not $9 or n.group_id is null)
  and ($10::bigint is null or n.group_id = $10 or n.id = $10)
  and (coalesce(n.due_at, 'infinity'::timestamptz), n.id) > ($11::text::timestamptz, $12::bigint)
order by coalesce(n.due_at, 'infinity'::timestamptz), n.id limit $13
"""
_MESSAGES_SQL = """
select id, notice_id, direction, kind, channel, external_id, subject, text, raw_sha256, raw_bytes, template, delivery,
       delivery_detail, delivered_at, author_id, record_id, at from notice_messages
"""
_OF_NOTICE_SQL = f"{_MESSAGES_SQL} where notice_id = $1 order by id"
_MESSAGE_SQL = f"{_MESSAGES_SQL} where id = $1"
_SAME_MESSAGE_SQL = f"{_MESSAGES_SQL} where notice_id = $1 and direction = $2 and external_id = $3"
_senders = msgspec.json.Decoder(Sender).decode
_verifications = msgspec.json.Decoder(Verification).decode
_attachments = msgspec.json.Decoder(tuple[Attachment, ...]).decode


def sees_sealed(staff: Staff) -> bool:
    """Whether sealed notices are there for this person."""
    return permits(staff.role, Permission.SEE_SEALED_NOTICES)


async def get_notice(reader: Reader, staff: Staff, notice_id: int) -> Notice:
    """One. Raises RoleLacks, NoticeNotThere."""
    staff.require(Permission.MANAGE_NOTICES)
    row = await reader.fetchrow(_ONE_SQL, notice_id, sees_sealed(staff))
    if row is None:
        raise NoticeNotThere
    return _notice(row)


async def lock_notice(reader: Reader, staff: Staff, notice_id: int) -> Notice:
    """One, kept as it is until this transaction ends. Raises RoleLacks, NoticeNotThere."""
    staff.require(Permission.MANAGE_NOTICES)
    row = await reader.fetchrow(_LOCK_SQL, notice_id, sees_sealed(staff))
    if row is None:
        raise NoticeNotThere
    return _notice(row)


async def notices_by_id(reader: Reader, staff: Staff, ids: Sequence[int]) -> dict[int, Notice]:
    """Those of these that this person may see."""
    staff.require(Permission.MANAGE_NOTICES)
    rows = await reader.fetch(_SOME_SQL, list(ids), sees_sealed(staff))
    return {row["id"]: _notice(row) for row in rows}


async def notice_by_token(reader: Reader, token_hash: bytes) -> Notice | None:
    """For its sender, sealed or not."""
    row = await reader.fetchrow(_TOKEN_SQL, token_hash)
    return row and _notice(row)


async def notice_by_reference(reader: Reader, staff: Staff, reference: str) -> Notice | None:
    """The one that somebody quotes."""
    staff.require(Permission.MANAGE_NOTICES)
    row = await reader.fetchrow(_REFERENCE_SQL, reference.strip().upper(), sees_sealed(staff))
    return row and _notice(row)


async def same_notice(reader: Reader, channel: Channel, external_id: str) -> Notice | None:
    """The one that came with this already."""
    row = await reader.fetchrow(_SAME_SQL, channel.value, external_id)
    return row and _notice(row)


async def queue_page(
    reader: Reader, staff: Staff, wanted: NoticeFilter, *, limit: int, after: Notice | None
) -> list[Notice]:
    """One page of the list by time left. Raises RoleLacks."""
    staff.require(Permission.MANAGE_NOTICES)
    due = "-infinity" if after is None else "infinity" if after.due_at is None else after.due_at.isoformat()
    rows = await reader.fetch(
        _QUEUE_SQL, sees_sealed(staff), wanted.open, wanted.state, wanted.preset, wanted.channel, wanted.capacity,
        wanted.sender_key, wanted.breached, wanted.grouped and wanted.group_id is None, wanted.group_id, due,
        0 if after is None else after.id, limit,
    )  # fmt: skip
    return [_notice(row) for row in rows]


async def flood_of(reader: Reader, flood_key: str, since: Instant, until: Instant) -> tuple[int, int | None]:
    """How many came with this key in a stretch of time, and the first of the flood that the newest is part of."""
    row = await reader.fetchrow(
        "select count(*), (array_agg(coalesce(group_id, id) order by received_at desc, id desc))[1] from notices"
        " where flood_key = $1 and received_at >= $2 and received_at <= $3",
        flood_key, since, until,
    )  # fmt: skip
    return (row[0], row[1]) if row else (0, None)


async def repeated(reader: Reader, sender_key: str, subject: str, text: str, since: Instant) -> int | None:
    """An earlier notice of the same party that says the same."""
    found: int | None = await reader.fetchval(
        "select coalesce(duplicate_of, id) from notices where sender_key = $1 and received_at >= $4 and subject = $2"
        " and md5(text) = md5($3) order by id limit 1",
        sender_key, subject, text, since,
    )  # fmt: skip
    return found


async def progress_of(reader: Reader, notice: Notice) -> Progress:
    """A notice as `pure/notices` sees it."""
    return Progress(notice.state, await outcomes_of(reader, notice.id), notice.whole)


async def messages_of(reader: Reader, notice_id: int) -> list[Message]:
    """What was said, in order."""
    return [_message(row) for row in await reader.fetch(_OF_NOTICE_SQL, notice_id)]


async def message_of(reader: Reader, message_id: int) -> Message | None:
    """One."""
    row = await reader.fetchrow(_MESSAGE_SQL, message_id)
    return row and _message(row)


async def same_message(
    reader: Reader, notice_id: int, direction: Direction, external_id: str
) -> Message | None:
    """The one that is there already."""
    row = await reader.fetchrow(
        _SAME_MESSAGE_SQL,
        notice_id, direction.value, external_id,
    )  # fmt: skip
    return row and _message(row)


async def notice_of_messages(reader: Reader, external_ids: Sequence[str]) -> int | None:
    """The notice in which one of these was said, the newest."""
    found: int | None = await reader.fetchval(
        "select notice_id from notice_messages where external_id = any($1::text[]) order by id desc limit 1",
        list(external_ids),
    )
    return found


async def timeline_of(reader: Reader, notice_id: int) -> list[TimelineEntry]:
    """All that happened, in order."""
    rows = await reader.fetch(
        "select id, at, what, actor_id as by, actor_kind as by_kind, note, details::text as details, record_id"
        " from notice_events where notice_id = $1 order by at, id",
        notice_id,
    )
    return [TimelineEntry(**{**dict(row), "details": msgspec.json.decode(row["details"])}) for row in rows]


async def records_of(reader: Reader, notice_id: int) -> list[str]:
    """Every leaf of the ledger that is about a notice, in the order in which they were made."""
    rows = await reader.fetch(
        "select record_id from notices where id = $1 union select record_id from notice_items where notice_id = $1"
        " union select record_id from notice_messages where notice_id = $1"
        " union select record_id from notice_events where notice_id = $1 and record_id is not null order by 1",
        notice_id,
    )
    return [row[0] for row in rows]


def _notice(row: Row) -> Notice:
    values: dict[str, Any] = dict(row)
    values |= {
        "capacity": Capacity(row["capacity"]), "channel": Channel(row["channel"]), "sender": _senders(row["sender"]),
        "verification": _verifications(row["verification"]), "attachments": _attachments(row["attachments"]),
        "statements": msgspec.json.decode(row["statements"]), "completeness": msgspec.json.decode(row["completeness"]),
        "state": NoticeState(row["state"]), "whole": None if row["whole"] is None else ItemOutcome(row["whole"]),
        "outcome": None if row["outcome"] is None else NoticeOutcome(row["outcome"]),
    }  # fmt: skip
    return Notice(**values)


def _message(row: Row) -> Message:
    values: dict[str, Any] = dict(row)
    values |= {
        "direction": Direction(row["direction"]), "kind": MessageKind(row["kind"]), "channel": Channel(row["channel"]),
    }  # fmt: skip
    return Message(**values)
