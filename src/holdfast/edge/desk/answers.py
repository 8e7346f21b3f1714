"""Answers to notices: what would be sent, sending it, what became of it; and how each sender and we deal with each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from ...pure.errors import Invalid, NotFound
from ...pure.notice_answers import GAPS, AnswerKind
from ...pure.notice_exports import Scorecard, Taken
from ...pure.permissions import Permission
from ...trust.answers import (
    Answer as GivenAnswer,
)
from ...trust.answers import (
    Draft,
    Pace,
    SenderPace,
    answers_of,
    approve_and_send,
    pace_of,
    paces,
    place_of,
    prepare,
    save_notes,
    set_pace,
)
from ...trust.notice_exports import key_of, scorecard, senders
from ...trust.notices import NoticeReader
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .routes import API, iso, limit_of, public_id, staff_of

routes = RouteTable()
_READ = Access.staff(Permission.MANAGE_NOTICES, "admin:read:reports")
_WRITE = Access.staff(Permission.MANAGE_NOTICES, "admin:write:reports")
_ONE: Final = f"{API}/desk/notices/{{id}}"
_SENDERS: Final = f"{API}/desk/notice_senders"
_DAYS = 90


class DraftForm(msgspec.Struct):
    """What to compose. kind "": the one that fits the outcomes; language "": the sender's; notes: by gap, JSON or notes[gap];
    without any, those that were saved."""

    kind: str = ""
    language: str = ""
    notes: dict[str, str] | None = None


class NotesForm(msgspec.Struct):
    """What was written for an answer so far."""

    kind: str = ""
    notes: dict[str, str] = msgspec.field(default_factory=dict)


class SendForm(msgspec.Struct):
    """What to send. digest: of the draft that was read. again: the same once more, because it did not arrive."""

    kind: str = ""
    language: str = ""
    notes: dict[str, str] | None = None
    digest: str = ""
    again: bool = False


class SendersQuery(msgspec.Struct):
    """Whose notices, and of when. Without a beginning: of the last 90 days."""

    sender: str = ""
    since: datetime | None = None
    before: datetime | None = None
    limit: int = 0


class PaceForm(msgspec.Struct):
    """How soon a sender's notices are looked at, and why."""

    sender: str = ""
    pace: str = "slowed"
    reason: str = ""
    until: datetime | None = None


def _notice_id(call: Call) -> int:
    found = call.services.ids.decode(call.segment("id"))
    if found is None:
        raise NotFound
    return found


def _enum(kind: type[StrEnum], text: str, name: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise Invalid(f"{name} must be one of {', '.join(one.value for one in kind)}") from None


def _kind(text: str) -> AnswerKind | None:
    return _enum(AnswerKind, text, "kind") if text else None


@routes.get(f"{_ONE}/answers", _READ)
async def show_answers(call: Call) -> Answer:
    """The answers that were given, in order, with what became of each."""
    notice_id = _notice_id(call)
    await NoticeReader(call.services.database).notice(staff_of(call), notice_id)
    found = await answers_of(call.services.database, notice_id)
    return json_answer([_answer(call.services, one) for one in found])


@routes.post(f"{_ONE}/answers/draft", _READ)
async def show_draft(call: Call) -> Answer:
    """What would be sent, and what a person has yet to write. Nothing is kept."""
    asked, services = await call.params(DraftForm), call.services
    prepared = await prepare(
        services.database, staff_of(call), _notice_id(call), place=place_of(services.settings), kind=_kind(asked.kind),
        language=asked.language, notes=asked.notes,
    )  # fmt: skip
    return json_answer(_draft(prepared.draft))


@routes.post(f"{_ONE}/answers/notes", _WRITE)
async def keep_notes(call: Call) -> Answer:
    """Keep what was written for an answer, for whoever reads it before it goes."""
    asked, services, staff = await call.params(NotesForm), call.services, staff_of(call)
    notice_id, kind = _notice_id(call), _enum(AnswerKind, asked.kind, "kind")
    await NoticeReader(services.database).notice(staff, notice_id)
    async with services.database.transaction() as tx:
        await save_notes(tx, staff, notice_id, kind, asked.notes, now=call.now)
    return json_answer({"kind": kind.value, "notes": asked.notes})


@routes.post(f"{_ONE}/answers", _WRITE)
async def send(call: Call) -> Answer:
    """Send what was read: the draft must still read as it did, which `digest` says. The same is not sent twice."""
    asked, services, staff = await call.params(SendForm), call.services, staff_of(call)
    place = place_of(services.settings)
    prepared = await prepare(
        services.database, staff, _notice_id(call), place=place, kind=_kind(asked.kind), language=asked.language,
        notes=asked.notes,
    )  # fmt: skip
    async with services.database.transaction() as tx:
        made = await approve_and_send(
            tx, staff, prepared, digest=asked.digest, place=place, now=call.now, again=asked.again
        )
    return json_answer(_answer(services, made))


@routes.get(_SENDERS, _READ)
async def show_senders(call: Call) -> Answer:
    """Who sent notices, those with most first, and who of them is slowed."""
    asked, services = await call.params(SendersQuery), call.services
    since = asked.since or call.now - timedelta(days=_DAYS)
    found = await senders(
        services.database, since=since, before=asked.before or call.now, most=limit_of(asked.limit)
    )
    slowed = {one.sender_key: one for one in await paces(services.database, now=call.now)}
    rows = [
        {
            "key": one.key, "sender": one.sender, "capacity": one.capacity, "notices": one.notices, "items": one.items,
            "open_items": one.open_items, "last_at": iso(one.last_at),
            "pace": _pace(services, slowed[one.key]) if one.key in slowed else None,
        }
        for one in found
    ]  # fmt: skip
    return json_answer(rows)


@routes.get(f"{_SENDERS}/scorecard", _READ)
async def show_scorecard(call: Call) -> Answer:
    """One sender: items, the share that was upheld with its interval, and how long we took."""
    asked, services = await call.params(SendersQuery), call.services
    if not asked.sender.strip():
        raise Invalid("sender: name one, by its key or its mail address")
    key = key_of(asked.sender)
    card = await scorecard(services.database, services.ids, key, since=asked.since, before=asked.before)
    pace = await pace_of(services.database, key)
    shown = pace is not None and pace.holds_at(call.now)
    return json_answer(
        {"key": key, **score_entity(card), "pace": _pace(services, pace) if pace and shown else None}
    )


@routes.post(f"{_SENDERS}/pace", _WRITE)
async def pace_sender(call: Call) -> Answer:
    """Have a sender's notices wait for those of others, or no more. None is dropped, and the sender's pages say so."""
    asked, services = await call.params(PaceForm), call.services
    pace = _enum(Pace, asked.pace, "pace")
    async with services.database.transaction() as tx:
        made = await set_pace(
            tx,
            staff_of(call),
            key_of(asked.sender),
            pace,
            reason=asked.reason,
            until=asked.until,
            now=call.now,
        )
    return json_answer(_pace(services, made))


def _draft(one: Draft) -> dict[str, Any]:
    return {
        "kind": one.kind.value, "language": one.language, "template": one.template, "subject": one.subject, "text": one.text,
        "digest": one.digest, "missing": list(one.missing), "notes": dict(one.notes),
        "written": sorted(GAPS[one.kind].written), "recipient": one.recipient, "not_mailed": one.not_mailed,
    }  # fmt: skip


def _answer(services: Services, one: GivenAnswer) -> dict[str, Any]:
    return {
        "id": public_id(services, one.message_id), "kind": one.kind.value, "language": one.language, "template": one.template,
        "subject": one.subject, "text": one.text, "recipient": one.recipient, "message_id": one.mail_id,
        "status": one.status.value, "said": one.said, "attempts": one.attempts, "delivery": one.delivery,
        "delivery_detail": one.delivery_detail, "delivered_at": iso(one.delivered_at), "automatic": one.automatic,
        "approved_by": public_id(services, one.approved_by), "made_at": iso(one.made_at), "settled_at": iso(one.settled_at),
        "sha256": one.raw_sha256.hex() if one.raw_sha256 else None, "record_id": one.record_id,
    }  # fmt: skip


def _pace(services: Services, one: SenderPace) -> dict[str, Any]:
    return {
        "sender": one.sender_key, "pace": one.pace.value, "reason": one.reason, "by_policy": one.by_policy,
        "set_by": public_id(services, one.set_by), "set_at": iso(one.set_at), "until": iso(one.until),
    }  # fmt: skip


def score_entity(card: Scorecard) -> dict[str, Any]:
    """A scorecard as JSON; lengths of time in seconds."""
    low, high = card.upheld.interval
    return {
        "notices": card.notices, "kinds": card.kinds, "items": card.items, "outcomes": card.outcomes,
        "open_items": card.open_items, "reversed": card.reversed,
        "upheld": {"k": card.upheld.k, "n": card.upheld.n, "value": card.upheld.value, "low": low, "high": high},
        "acknowledge": _taken(card.acknowledge), "first_look": _taken(card.first_look), "act": _taken(card.act),
        "answer": _taken(card.answer), "clocks": card.clocks, "missed": card.late, "first_at": iso(card.first_at),
        "last_at": iso(card.last_at),
    }  # fmt: skip


def _taken(took: Taken) -> dict[str, Any]:
    return {
        "done": took.of, "open": took.open,
        "median_seconds": took.median.total_seconds() if took.median is not None else None,
        "slowest_seconds": took.slowest.total_seconds() if took.slowest is not None else None,
    }  # fmt: skip
