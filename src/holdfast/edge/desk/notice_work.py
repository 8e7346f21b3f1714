"""Clocks of notices by hand, counter-notices, referrals to authorities, readiness to relaunch, and the presets in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from ...pure.deadlines import Preset, Span, Unit
from ...pure.errors import Invalid, NotFound
from ...pure.permissions import Permission
from ...trust.notice_clocks import (
    presets_in_force,
    presets_text,
    presets_versions,
    publish_presets,
    text_to_begin_with,
    view,
)
from ...trust.notice_work import (
    Counter,
    NewReferral,
    ReadinessItem,
    Referral,
    counters_of,
    extend,
    file_counter,
    forward_counter,
    mark_ready,
    mark_referral_sent,
    meet,
    note_suit,
    open_readiness_of,
    pause,
    readiness_of,
    refer,
    referrals_page,
    resume,
)
from ...trust.notices import NoticeReader
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .notice_entities import READ, WRITE, clock_entity
from .notices import NOTICES
from .readiness_facts import readiness_facts
from .routes import API, id_of, iso, limit_of, public_id, staff_of

routes = RouteTable()
_CLOCK = f"{NOTICES}/{{id}}/clocks/{{clock}}"
_COUNTERS = f"{NOTICES}/{{id}}/counters"
_READINESS = f"{NOTICES}/{{id}}/readiness"
_PRESETS = f"{API}/desk/notice_presets"
_REFERRALS = f"{API}/desk/notice_referrals"
_SETTINGS = Access.staff(Permission.MANAGE_SETTINGS, "admin:write:reports")


class ClockForm(msgspec.Struct):
    """`at`: since when it stands, goes on, or when it was met. To extend: `until`, or `amount` and `unit`."""

    reason: str = ""
    evidence: str = ""
    at: datetime | None = None
    until: datetime | None = None
    amount: int = 0
    unit: str = "hours"


class CounterForm(msgspec.Struct):
    """Numbers of the items, and what the member says; to forward, or to note a suit: what shows it."""

    items: list[int] = []
    text: str = ""
    evidence: str = ""


class ReferralForm(msgspec.Struct):
    """The fields of DSA, Art. 18."""

    authority: str = ""
    offence: str = ""
    threat: str = ""
    facts: str = ""
    member_state: str = ""
    known_at: datetime | None = None
    place: str = ""
    persons: str = ""
    contact: str = ""
    notice_id: str = ""
    item: int = 0
    account_id: str = ""
    post_id: str = ""
    sealed: bool = True


class SentForm(msgspec.Struct):
    """How it was sent, and what the authority calls it."""

    via: str = ""
    their_reference: str = ""


class PageQuery(msgspec.Struct):
    """Part of a list. `notice`: only of this one."""

    after: str = ""
    notice: str = ""
    limit: int = 0


class ReadyForm(msgspec.Struct):
    """Whether it is there, and a line on it."""

    done: bool = True
    note: str = ""


class PresetsForm(msgspec.Struct):
    """A whole file of presets as TOML."""

    content: str = ""
    note: str = ""


@routes.post(f"{_CLOCK}/{{verb}}", WRITE)
async def change_clock(call: Call) -> Answer:
    """pause, resume, extend or meet."""
    asked, staff, ident = await call.params(ClockForm), staff_of(call), call.id_segment()
    clock_id, now = call.id_segment("clock"), call.now
    await NoticeReader(call.services.database).notice(staff, ident)
    async with call.services.database.transaction() as tx:
        match call.segment("verb"):
            case "pause":
                clock = await pause(
                    tx,
                    staff,
                    ident,
                    clock_id,
                    reason=asked.reason,
                    evidence=asked.evidence,
                    since=asked.at,
                    now=now,
                )
            case "resume":
                clock = await resume(
                    tx, staff, ident, clock_id, at=asked.at, evidence=asked.evidence, now=now
                )
            case "extend":
                by = Span(asked.amount, _unit(asked.unit)) if asked.amount else None
                clock = await extend(
                    tx, staff, ident, clock_id, evidence=asked.evidence, until=asked.until, by=by, now=now
                )
            case "meet":
                clock = await meet(tx, staff, ident, clock_id, evidence=asked.evidence, at=asked.at, now=now)
            case _:
                raise NotFound("A clock can be paused, resumed, extended or met: pause, resume, extend, meet")
    return json_answer(clock_entity(call.services, view(clock, now)))


@routes.get(_COUNTERS, READ)
async def show_counters(call: Call) -> Answer:
    """Counter-notices to a notice."""
    ident, services = call.id_segment(), call.services
    await NoticeReader(services.database).notice(staff_of(call), ident)
    return json_answer([_counter(services, one) for one in await counters_of(services.database, ident)])


@routes.post(_COUNTERS, WRITE)
async def add_counter(call: Call) -> Answer:
    """File one, as it came by letter or mail."""
    asked, ident = await call.params(CounterForm), call.id_segment()
    async with call.services.database.transaction() as tx:
        made = await file_counter(tx, staff_of(call), ident, asked.items, asked.text, now=call.now)
    return json_answer(_counter(call.services, made))


@routes.post(f"{_COUNTERS}/{{counter}}/forwarded", WRITE)
async def forward(call: Call) -> Answer:
    """It was sent on to who sent the notice."""
    asked, ident = await call.params(CounterForm), call.id_segment()
    async with call.services.database.transaction() as tx:
        made = await forward_counter(
            tx, staff_of(call), ident, call.id_segment("counter"), evidence=asked.evidence, now=call.now
        )
    return json_answer(_counter(call.services, made))


@routes.post(f"{_COUNTERS}/{{counter}}/suit", WRITE)
async def suit(call: Call) -> Answer:
    """An action was filed: nothing goes back by itself."""
    asked, ident = await call.params(CounterForm), call.id_segment()
    async with call.services.database.transaction() as tx:
        made = await note_suit(
            tx, staff_of(call), ident, call.id_segment("counter"), evidence=asked.evidence, now=call.now
        )
    return json_answer(_counter(call.services, made))


@routes.get(_REFERRALS, READ)
async def show_referrals(call: Call) -> Answer:
    """Referrals, the newest first; sealed ones for who wrote them, and who sees what is sealed."""
    asked, services, staff = await call.params(PageQuery), call.services, staff_of(call)
    before = id_of(services, asked.after, "after") or (1 << 63) - 1
    found = await referrals_page(
        services.database, staff, notice_id=id_of(services, asked.notice, "notice"), before=before,
        limit=limit_of(asked.limit),
    )  # fmt: skip
    return json_answer([_referral(services, one) for one in found])


@routes.post(_REFERRALS, WRITE)
async def add_referral(call: Call) -> Answer:
    """Write down what an authority is to be told, and keep it from deletion."""
    asked, services = await call.params(ReferralForm), call.services
    new = NewReferral(
        authority=asked.authority, offence=asked.offence, threat=asked.threat, facts=asked.facts,
        member_state=asked.member_state, known_at=asked.known_at, place=asked.place, persons=asked.persons,
        contact=asked.contact, notice_id=id_of(services, asked.notice_id, "notice_id"), item_n=asked.item or None,
        account_id=id_of(services, asked.account_id, "account_id"), post_id=id_of(services, asked.post_id, "post_id"),
        sealed=asked.sealed,
    )  # fmt: skip
    async with services.database.transaction() as tx:
        made = await refer(tx, staff_of(call), new, now=call.now)
    return json_answer(_referral(services, made))


@routes.post(f"{_REFERRALS}/{{id}}/sent", WRITE)
async def sent(call: Call) -> Answer:
    """The authority was told."""
    asked, ident = await call.params(SentForm), call.id_segment()
    async with call.services.database.transaction() as tx:
        made = await mark_referral_sent(
            tx, staff_of(call), ident, via=asked.via, their_reference=asked.their_reference, now=call.now
        )
    return json_answer(_referral(call.services, made))


@routes.get(_READINESS, READ)
async def show_readiness(call: Call) -> Answer:
    """What has to be there before we are put out."""
    ident, services = call.id_segment(), call.services
    await NoticeReader(services.database).notice(staff_of(call), ident)
    return await _list(call, ident)


@routes.post(_READINESS, WRITE)
async def begin_readiness(call: Call) -> Answer:
    """Open the list for a notice of another kind than those that open it by themselves."""
    ident, services = call.id_segment(), call.services
    await NoticeReader(services.database).notice(staff_of(call), ident)
    async with services.database.transaction() as tx:
        await open_readiness_of(tx, ident, now=call.now)
    return await _list(call, ident)


@routes.post(f"{_READINESS}/{{key}}", WRITE)
async def tick(call: Call) -> Answer:
    """Say that one thing is there, or not."""
    asked, ident, services = await call.params(ReadyForm), call.id_segment(), call.services
    async with services.database.transaction() as tx:
        await mark_ready(
            tx, staff_of(call), ident, call.segment("key"), done=asked.done, note=asked.note, now=call.now
        )
    return await _list(call, ident)


@routes.get(_PRESETS, READ)
async def show_presets(call: Call) -> Answer:
    """The presets in force, and the file that they are read from."""
    database = call.services.database
    presets, content = await presets_in_force(database), await presets_text(database)
    versions = await presets_versions(database)
    return json_answer(
        {
            "presets": [_preset(one) for one in presets.presets.values()],
            "notes": list(presets.notes),
            "content": content or text_to_begin_with(),
            "shipped": content is None,
            "versions": [
                {
                    "sha256": one.sha256.hex(),
                    "note": one.note,
                    "published_by": public_id(call.services, one.published_by),
                    "published_at": iso(one.published_at),
                    "record_id": one.record_id,
                }
                for one in versions
            ],
        }
    )


@routes.put(_PRESETS, _SETTINGS)
async def put_presets(call: Call) -> Answer:
    """Put a file of presets in force, for notices from now on."""
    asked = await call.params(PresetsForm)
    async with call.services.database.transaction() as tx:
        await publish_presets(tx, staff_of(call), asked.content, note=asked.note, now=call.now)
    return await show_presets(call)


async def _list(call: Call, ident: int) -> Answer:
    """What people said, and what the program knows now, which counts for what it knows."""
    services = call.services
    items = await readiness_of(services.database, ident)
    known = (await readiness_facts(services, call.now)).known if items else {}
    return json_answer([_ready(services, one, known.get(one.key), call.now) for one in items])


def _unit(text: str) -> Unit:
    try:
        return Unit(text)
    except ValueError:
        raise Invalid(f"unit: one of {', '.join(Unit)}") from None


def _preset(one: Preset) -> dict[str, Any]:
    tree: dict[str, Any] = msgspec.to_builtins(one)
    return tree


def _counter(services: Services, one: Counter) -> dict[str, Any]:
    return {
        "id": public_id(services, one.id), "by_account_id": public_id(services, one.by_account_id), "items": one.items,
        "text": one.text, "filed_at": iso(one.filed_at), "forwarded_at": iso(one.forwarded_at),
        "clock_id": public_id(services, one.clock_id), "suit_at": iso(one.suit_at), "suit_evidence": one.suit_evidence,
        "put_back_at": iso(one.restored_at), "record_id": one.record_id,
    }  # fmt: skip


def _referral(services: Services, one: Referral) -> dict[str, Any]:
    return {
        "id": public_id(services, one.id), "notice_id": public_id(services, one.notice_id), "item": one.item_n,
        "account_id": public_id(services, one.account_id), "post_id": public_id(services, one.post_id),
        "member_state": one.member_state, "authority": one.authority, "offence": one.offence, "threat": one.threat,
        "facts": one.facts, "known_at": iso(one.known_at), "place": one.place, "persons": one.persons,
        "contact": one.contact, "sealed": one.sealed, "hold_id": public_id(services, one.hold_id),
        "sent_via": one.sent_via, "sent_at": iso(one.sent_at), "sent_by": public_id(services, one.sent_by),
        "their_reference": one.their_reference, "placed_by": public_id(services, one.placed_by),
        "placed_at": iso(one.placed_at), "record_id": one.record_id, "sent_record_id": one.sent_record_id,
    }  # fmt: skip


def _ready(
    services: Services, one: ReadinessItem, known: tuple[bool, str] | None, now: datetime
) -> dict[str, Any]:
    if known is not None:
        done, note = known
        return {
            "key": one.key, "done_at": iso(now) if done else None, "done_by": None, "source": "program", "note": note,
            "checked_at": iso(now),
        }  # fmt: skip
    return {
        "key": one.key, "done_at": iso(one.done_at), "done_by": public_id(services, one.done_by), "source": one.source,
        "note": one.note, "checked_at": iso(one.checked_at),
    }  # fmt: skip
