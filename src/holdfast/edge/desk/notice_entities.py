"""Notices as the desk's API writes them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

import msgspec

from ...pure.errors import Invalid
from ...pure.notices import possible_steps
from ...pure.permissions import Permission
from ...trust.notice_clocks import ClockView
from ...trust.notice_work import pages_of
from ...trust.notices import (
    Message,
    Notice,
    NoticeItem,
    NoticeNotThere,
    NoticeReader,
    TimelineEntry,
    progress_of,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access
from .routes import iso, public_id, staff_of

_Kind = TypeVar("_Kind", bound=StrEnum)

READ: Final = Access.staff(Permission.MANAGE_NOTICES, "admin:read:reports")
WRITE: Final = Access.staff(Permission.MANAGE_NOTICES, "admin:write:reports")


def notice_entity(services: Services, one: Notice) -> dict[str, Any]:
    """A notice in a list."""
    return {
        "id": public_id(services, one.id), "reference": one.reference, "preset": one.preset, "title": one.title,
        "jurisdiction": one.jurisdiction, "capacity": one.capacity.value, "channel": one.channel.value,
        "sender": {
            "name": one.sender.name, "organisation": one.sender.organisation, "email": one.sender.email,
            "phone": one.sender.phone, "address": one.sender.address, "on_behalf_of": one.sender.on_behalf_of,
            "country": one.sender.country, "account_id": public_id(services, one.sender.account_id), "key": one.sender_key,
        },
        "verification": {"how": one.verification.how.value, "details": dict(one.verification.details)},
        "received_at": iso(one.received_at), "language": one.language, "subject": one.subject,
        "legal_basis": one.legal_basis, "their_reference": one.their_reference, "contract_clause": one.contract_clause,
        "statements": one.statements, "completeness": one.completeness,
        "attachments": msgspec.to_builtins(one.attachments), "raw_sha256": one.raw_sha256 and one.raw_sha256.hex(),
        "raw_bytes": one.raw_bytes, "stated_deadline": iso(one.stated_deadline), "lane": one.lane,
        "state": one.state.value, "outcome": one.outcome and one.outcome.value, "whole": one.whole and one.whole.value,
        "sealed": one.sealed, "sealed_until": iso(one.sealed_until), "gag": one.gag,
        "hold_id": public_id(services, one.hold_id), "duplicate_of": public_id(services, one.duplicate_of),
        "group_id": public_id(services, one.group_id), "report_id": public_id(services, one.report_id),
        "items_count": one.items, "open_items_count": one.open_items, "items_left_out": one.items_left_out,
        "due_at": iso(one.due_at), "breached": one.breached, "assigned_id": public_id(services, one.assigned_id),
        "version": one.version, "record_id": one.record_id, "first_seen_at": iso(one.first_seen_at),
        "acknowledged_at": iso(one.acknowledged_at), "decided_at": iso(one.decided_at),
        "answered_at": iso(one.answered_at), "closed_at": iso(one.closed_at),
    }  # fmt: skip


def clock_entity(services: Services, one: ClockView) -> dict[str, Any]:
    """A clock. `state` null: it has not started, or counts no more."""
    clock = one.clock
    return {
        "id": public_id(services, clock.id), "name": clock.name, "state": one.state and one.state.value,
        "purpose": clock.purpose.value, "basis": clock.basis.value, "bound": clock.bound.value, "words": clock.preset.words,
        "zone": clock.calendar.zone, "starts_at": iso(clock.starts_at), "due_at": iso(one.due_at),
        "opens_at": iso(clock.opens_at), "left_seconds": one.left_seconds, "share": one.share, "met_at": iso(clock.met_at),
        "met_by_step": clock.preset.met_by.value, "met_evidence": clock.met_evidence, "breached_at": iso(clock.breached_at),
        "breach_record_id": clock.breach_record_id, "warned": [part for part in clock.warned if part < 100],
        "ended_at": iso(clock.ended_at), "pausable": clock.preset.pausable,
        "pauses": [
            {"since": iso(part.since), "to": iso(part.to), "reason": part.reason, "evidence": part.evidence}
            for part in clock.pauses
        ],
        "extensions": [
            {
                "granted_at": iso(part.granted_at), "until": iso(part.until), "evidence": part.evidence,
                "by": part.by and msgspec.to_builtins(part.by),
            }
            for part in clock.extensions
        ],
    }  # fmt: skip


def item_entity(services: Services, one: NoticeItem, earlier: Mapping[int, Notice]) -> dict[str, Any]:
    """An item. `before`: the newest earlier notice that cites the same, where this person may see it."""
    before = earlier.get(one.before_notice_id or 0)
    return {
        "n": one.n, "as_given": one.as_given, "url": one.url, "marks": one.marks, "alleged": one.alleged,
        "found": one.found.value, "subject_id": public_id(services, one.subject_id),
        "account_id": public_id(services, one.account_id), "resolved_by": public_id(services, one.resolved_by),
        "snapshot_sha256": one.snapshot_sha256 and one.snapshot_sha256.hex(), "record_id": one.record_id,
        "duplicate_of": one.duplicate_of,
        "before": before and {"id": public_id(services, before.id), "reference": before.reference, "n": one.before_n},
        "case_id": public_id(services, one.case_id), "decision_id": public_id(services, one.decision_id),
        "outcome": one.outcome and one.outcome.value, "reason": one.reason, "settled_by": public_id(services, one.settled_by),
        "settled_at": iso(one.settled_at), "first_seen_at": iso(one.first_seen_at), "actioned_at": iso(one.actioned_at),
    }  # fmt: skip


def message_entity(services: Services, one: Message) -> dict[str, Any]:
    """A message. Its bytes are the body `raw` of its record."""
    return {
        "id": public_id(services, one.id), "direction": one.direction.value, "kind": one.kind.value,
        "channel": one.channel.value, "subject": one.subject, "text": one.text, "template": one.template,
        "raw_sha256": one.raw_sha256 and one.raw_sha256.hex(), "delivery": one.delivery, "delivery_detail": one.delivery_detail,
        "delivered_at": iso(one.delivered_at), "author_id": public_id(services, one.author_id), "record_id": one.record_id,
        "at": iso(one.at),
    }  # fmt: skip


def timeline_entity(services: Services, one: TimelineEntry) -> dict[str, Any]:
    """One thing that happened. Ids among `details` are as they are elsewhere in this API."""
    details = {
        name: services.ids.encode(int(value)) if name.endswith("_id") and str(value).isdigit() else value
        for name, value in one.details.items()
    }
    if "to" in details and str(details["to"]).isdigit():
        details["to"] = services.ids.encode(int(details["to"]))
    return {
        "id": public_id(services, one.id), "at": iso(one.at), "what": one.what, "by": public_id(services, one.by),
        "by_kind": one.by_kind, "note": one.note, "details": details, "record_id": one.record_id,
    }  # fmt: skip


async def whole(call: Call, ident: int) -> Answer:
    """One notice with its clocks, messages, and the steps that can be taken now. Raises NoticeNotThere."""
    services, staff = call.services, staff_of(call)
    reader = NoticeReader(services.database)
    notice = await reader.notice(staff, ident)
    clocks = await reader.clocks(staff, ident, now=call.now)
    steps = possible_steps(await progress_of(services.database, notice))
    entity: dict[str, Any] = notice_entity(services, notice)
    entity["text"] = notice.text
    entity["clocks"] = [clock_entity(services, one) for one in clocks]
    entity["messages"] = [message_entity(services, one) for one in await reader.messages(staff, ident)]
    entity["pages"] = [
        {
            "cause": one.cause, "percent": one.percent, "clock_id": public_id(services, one.clock_id), "via": one.via,
            "target": one.target, "outcome": one.outcome, "detail": one.detail, "at": iso(one.at), "ended_at": iso(one.ended_at),
        }
        for one in await pages_of(services.database, ident)
    ]  # fmt: skip
    entity["steps"] = sorted(one.value for one in steps)
    return json_answer(entity)


def one_of(kinds: type[_Kind], text: str, name: str) -> _Kind | None:
    """The value of that name, None for an empty one. Raises Invalid, which names them all."""
    if not text:
        return None
    try:
        return kinds(text)
    except ValueError:
        raise Invalid(f"{name}: one of {', '.join(kinds)}") from None


def number_of(call: Call) -> int:
    """The number of an item in the path. Raises NoticeNotThere."""
    text = call.segment("n")
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise NoticeNotThere("This notice has no such item")
    return int(text)
