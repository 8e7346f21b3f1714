"""The notice desk: the list by time left, one notice with its items, clocks, messages and timeline, steps and outcomes.

Sealed notices are missing for who may not see them. Pauses, counter-notices, referrals, readiness and presets: notice_work.py.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from ...pure.errors import Invalid
from ...pure.notices import Step, possible_steps
from ...records import ledger
from ...trust.notice_items import Addresses
from ...trust.notice_work import (
    NewKind,
    assign,
    complete_notice,
    look_at,
    open_case_by_hand,
    reclassify,
    resolve_by_hand,
    verify_by_hand,
)
from ...trust.notices import (
    Capacity,
    Channel,
    CitedItem,
    Direction,
    ItemOutcome,
    MessageKind,
    NewNotice,
    NoticeFilter,
    NoticeNotThere,
    NoticeReader,
    NoticeState,
    Sender,
    Verification,
    Verified,
    add_message,
    progress_of,
    receive,
    settle_item,
    settle_whole,
    take_step,
    unsettle_item,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import RouteTable
from .notice_entities import (
    READ,
    WRITE,
    clock_entity,
    item_entity,
    message_entity,
    notice_entity,
    timeline_entity,
)
from .routes import API, id_of, limit_of, staff_of

routes = RouteTable()
_Kind = TypeVar("_Kind", bound=StrEnum)
NOTICES = f"{API}/desk/notices"
_ONE = f"{NOTICES}/{{id}}"
_ITEMS_SHOWN = 200


class QueueQuery(msgspec.Struct):
    """Which notices; `after`: the last one of the page before. Of a flood only the first, unless `group` names it."""

    state: str = ""
    preset: str = ""
    channel: str = ""
    capacity: str = ""
    sender: str = ""
    breached: bool | None = None
    open: bool | None = True
    all: bool = False
    group: str = ""
    after: str = ""
    limit: int = 0


class ItemsQuery(msgspec.Struct):
    """From the item after number `after` on; `open`: without an outcome."""

    after: int = 0
    limit: int = 0
    open: bool = False


class EnterForm(msgspec.Struct):
    """A letter, a call, or anything else that somebody types in. `urls`: one a line. `received_at`: when it reached us."""

    preset: str = ""
    channel: str = "letter"
    capacity: str = "other"
    name: str = ""
    organisation: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    on_behalf_of: str = ""
    country: str = ""
    received_at: datetime | None = None
    language: str = ""
    subject: str = ""
    text: str = ""
    urls: str = ""
    legal_basis: str = ""
    reference: str = ""
    jurisdiction: str = ""
    contract_clause: str = ""
    stated_deadline: datetime | None = None
    sealed: bool = False
    sealed_until: datetime | None = None
    gag: bool = False
    verified: str = "none"


class StepForm(msgspec.Struct):
    """`step`, and what is said of it; `version`: the one that was read."""

    step: str = ""
    note: str = ""
    evidence: str = ""
    version: int = 0


class SettleForm(msgspec.Struct):
    """The outcome, with the decision or the reason behind it; empty takes it back."""

    outcome: str = ""
    decision_id: str = ""
    reason: str = ""


class ResolveForm(msgspec.Struct):
    """The address that was meant."""

    url: str = ""


class KindForm(msgspec.Struct):
    """What the notice is, as a person read it; what is left out stays."""

    preset: str | None = None
    jurisdiction: str | None = None
    capacity: str | None = None
    stated_deadline: datetime | None = None
    sealed: bool | None = None
    sealed_until: datetime | None = None
    gag: bool | None = None
    reason: str = ""


class VerifyForm(msgspec.Struct):
    """How it was found out who sent it, and what shows it. With `valid_at`: nothing that the law asks for is missing since then."""

    how: str = ""
    evidence: str = ""
    valid_at: datetime | None = None


class AssignForm(msgspec.Struct):
    """Who sees to it; empty: nobody."""

    account_id: str = ""


class NoteForm(msgspec.Struct):
    """A note for the staff."""

    text: str = ""


@routes.get(NOTICES, READ)
async def show_queue(call: Call) -> Answer:
    """Notices by the time that is left."""
    asked, services, staff = await call.params(QueueQuery), call.services, staff_of(call)
    reader = NoticeReader(services.database)
    after = id_of(services, asked.after, "after")
    group = id_of(services, asked.group, "group")
    wanted = NoticeFilter(
        open=asked.open, state=_one(NoticeState, asked.state, "state"), preset=asked.preset or None,
        channel=_one(Channel, asked.channel, "channel"), capacity=_one(Capacity, asked.capacity, "capacity"),
        sender_key=asked.sender or None, breached=asked.breached, grouped=not asked.all, group_id=group,
    )  # fmt: skip
    last = None if after is None else await reader.notice(staff, after)
    found = await reader.queue(staff, wanted, limit=limit_of(asked.limit), after=last)
    clocks = await reader.clocks_of_many(staff, found, now=call.now)
    return json_answer(
        [
            {
                **notice_entity(services, one),
                "clocks": [clock_entity(services, clock) for clock in clocks[one.id]],
            }
            for one in found
        ]
    )


@routes.post(NOTICES, WRITE)
async def enter(call: Call) -> Answer:
    """Type one in."""
    asked, services, staff = await call.params(EnterForm), call.services, staff_of(call)
    lines = [line.strip() for line in asked.urls.splitlines() if line.strip()]
    new = NewNotice(
        preset=asked.preset, channel=_one(Channel, asked.channel, "channel") or Channel.LETTER,
        capacity=_one(Capacity, asked.capacity, "capacity") or Capacity.OTHER,
        sender=Sender(
            asked.name, asked.organisation, asked.email, asked.phone, asked.address, asked.on_behalf_of, asked.country
        ),
        verification=Verification(
            _one(Verified, asked.verified, "verified") or Verified.NONE, {"entered_by_hand": True}
        ),
        received_at=asked.received_at or call.now, language=asked.language, subject=asked.subject, text=asked.text,
        legal_basis=asked.legal_basis, reference=asked.reference, jurisdiction=asked.jurisdiction,
        contract_clause=asked.contract_clause, stated_deadline=asked.stated_deadline, sealed=asked.sealed,
        sealed_until=asked.sealed_until, gag=asked.gag, items=tuple(CitedItem(line) for line in lines),
    )  # fmt: skip
    async with services.database.transaction() as tx:
        made = await receive(
            tx, new, addresses=Addresses.of(services.settings, services.ids), staff=staff,
            flood_from=services.settings.notice_flood_from, now=call.now,
        )  # fmt: skip
    return json_answer(
        {
            "id": services.ids.encode(made.notice_id),
            "reference": made.reference,
            "record_id": made.record_id,
            "status_token": made.status_token,
        }
    )


@routes.get(_ONE, READ)
async def show(call: Call) -> Answer:
    """One, with its clocks, messages, and the steps that can be taken now."""
    return await _whole(call, call.id_segment())


@routes.get(f"{_ONE}/items", READ)
async def show_items(call: Call) -> Answer:
    """Its items, in order."""
    asked, services, staff, ident = (
        await call.params(ItemsQuery),
        call.services,
        staff_of(call),
        call.id_segment(),
    )
    reader = NoticeReader(services.database)
    found = await reader.items(
        staff,
        ident,
        after=max(asked.after, 0),
        limit=limit_of(asked.limit, _ITEMS_SHOWN),
        open_only=asked.open,
    )
    earlier = await reader.notices(staff, [one.before_notice_id for one in found if one.before_notice_id])
    return json_answer([item_entity(services, one, earlier) for one in found])


@routes.get(f"{_ONE}/items/{{n}}/snapshot", READ)
async def show_snapshot(call: Call) -> Answer:
    """The content as it was when the notice came, with the hash that the ledger committed to."""
    services, staff, ident = call.services, staff_of(call), call.id_segment()
    found = await NoticeReader(services.database).items(staff, ident, after=_number(call) - 1, limit=1)
    if not found or found[0].n != _number(call) or found[0].snapshot_sha256 is None:
        raise NoticeNotThere("There is no snapshot of this item")
    opened = await ledger.openings(services.database, found[0].record_id, ["snapshot"])
    return json_answer(
        {
            "record_id": found[0].record_id,
            "sha256": found[0].snapshot_sha256.hex(),
            "content": msgspec.Raw(opened[0].opening.body),
        }
    )


@routes.get(f"{_ONE}/timeline", READ)
async def show_timeline(call: Call) -> Answer:
    """All that happened."""
    services = call.services
    found = await NoticeReader(services.database).timeline(staff_of(call), call.id_segment())
    return json_answer([timeline_entity(services, one) for one in found])


@routes.post(f"{_ONE}/steps", WRITE)
async def step(call: Call) -> Answer:
    """Take a step."""
    asked, ident = await call.params(StepForm), call.id_segment()
    chosen = _one(Step, asked.step, "step")
    if chosen is None:
        raise Invalid(f"step: one of {', '.join(Step)}")
    async with call.services.database.transaction() as tx:
        await take_step(
            tx, staff_of(call), ident, chosen, note=asked.note, evidence=asked.evidence, version=asked.version or None,
            now=call.now,
        )  # fmt: skip
    return await _whole(call, ident)


@routes.post(f"{_ONE}/items/{{n}}/outcome", WRITE)
async def settle(call: Call) -> Answer:
    """Give an item its outcome, or take it back; number 0 is a notice without items."""
    asked, services, staff, ident = (
        await call.params(SettleForm),
        call.services,
        staff_of(call),
        call.id_segment(),
    )
    outcome, n = _one(ItemOutcome, asked.outcome, "outcome"), _number(call)
    async with services.database.transaction() as tx:
        if outcome is None:
            await unsettle_item(tx, staff, ident, n, reason=asked.reason, now=call.now)
        elif n == 0:
            await settle_whole(tx, staff, ident, outcome, reason=asked.reason, now=call.now)
        else:
            await settle_item(
                tx, staff, ident, n, outcome, decision_id=id_of(services, asked.decision_id, "decision_id"),
                reason=asked.reason, now=call.now,
            )  # fmt: skip
    return await _whole(call, ident)


@routes.post(f"{_ONE}/items/{{n}}/resolve", WRITE)
async def resolve(call: Call) -> Answer:
    """Say which address an item means."""
    asked, services, staff, ident = (
        await call.params(ResolveForm),
        call.services,
        staff_of(call),
        call.id_segment(),
    )
    hosts = Addresses.of(services.settings, services.ids)
    async with services.database.transaction() as tx:
        await resolve_by_hand(tx, staff, ident, _number(call), asked.url, addresses=hosts, now=call.now)
    found = await NoticeReader(services.database).items(staff, ident, after=_number(call) - 1, limit=1)
    return json_answer(item_entity(services, found[0], {}))


@routes.post(f"{_ONE}/items/{{n}}/case", WRITE)
async def open_case(call: Call) -> Answer:
    """Have somebody of the team decide about an item, also where it was decided before, or the notice is sealed."""
    services, staff, ident = call.services, staff_of(call), call.id_segment()
    async with services.database.transaction() as tx:
        await open_case_by_hand(tx, staff, ident, _number(call), now=call.now)
    found = await NoticeReader(services.database).items(staff, ident, after=_number(call) - 1, limit=1)
    return json_answer(item_entity(services, found[0], {}))


@routes.post(f"{_ONE}/kind", WRITE)
async def set_kind(call: Call) -> Answer:
    """Say what it is."""
    asked, ident = await call.params(KindForm), call.id_segment()
    kind = NewKind(
        asked.preset or None, asked.jurisdiction or None, _one(Capacity, asked.capacity or "", "capacity"),
        asked.stated_deadline, asked.sealed, asked.sealed_until, asked.gag,
    )  # fmt: skip
    async with call.services.database.transaction() as tx:
        await reclassify(tx, staff_of(call), ident, kind, reason=asked.reason, now=call.now)
    return await _whole(call, ident)


@routes.post(f"{_ONE}/verify", WRITE)
async def verify(call: Call) -> Answer:
    """Say who sent it, or since when nothing is missing."""
    asked, staff, ident = await call.params(VerifyForm), staff_of(call), call.id_segment()
    how = _one(Verified, asked.how, "how")
    if how is None and asked.valid_at is None:
        raise Invalid(f"how: one of {', '.join(Verified)}, or valid_at")
    async with call.services.database.transaction() as tx:
        if how is not None:
            await verify_by_hand(tx, staff, ident, how, evidence=asked.evidence, now=call.now)
        if asked.valid_at is not None:
            await complete_notice(tx, staff, ident, at=asked.valid_at, evidence=asked.evidence, now=call.now)
    return await _whole(call, ident)


@routes.post(f"{_ONE}/assign", WRITE)
async def set_assignee(call: Call) -> Answer:
    """Say who sees to it."""
    asked, ident = await call.params(AssignForm), call.id_segment()
    chosen = id_of(call.services, asked.account_id, "account_id")
    async with call.services.database.transaction() as tx:
        await assign(tx, staff_of(call), ident, chosen, now=call.now)
    return await _whole(call, ident)


@routes.post(f"{_ONE}/seen", WRITE)
async def seen(call: Call) -> Answer:
    """A person opened it: the time to the first look is counted."""
    ident = call.id_segment()
    async with call.services.database.transaction() as tx:
        await look_at(tx, staff_of(call), ident, now=call.now)
    return await _whole(call, ident)


@routes.post(f"{_ONE}/notes", WRITE)
async def note(call: Call) -> Answer:
    """Keep a note, which stays inside."""
    asked, ident = await call.params(NoteForm), call.id_segment()
    if not asked.text.strip():
        raise Invalid("text: can't be blank")
    async with call.services.database.transaction() as tx:
        made = await add_message(
            tx, ident, direction=Direction.NOTE, kind=MessageKind.NOTE, channel=Channel.API, text=asked.text,
            staff=staff_of(call), now=call.now,
        )  # fmt: skip
    return json_answer(message_entity(call.services, made))


async def _whole(call: Call, ident: int) -> Answer:
    services, staff = call.services, staff_of(call)
    reader = NoticeReader(services.database)
    notice = await reader.notice(staff, ident)
    clocks = await reader.clocks(staff, ident, now=call.now)
    steps = possible_steps(await progress_of(services.database, notice))
    entity: dict[str, Any] = notice_entity(services, notice)
    entity["text"] = notice.text
    entity["clocks"] = [clock_entity(services, one) for one in clocks]
    entity["messages"] = [message_entity(services, one) for one in await reader.messages(staff, ident)]
    entity["steps"] = sorted(one.value for one in steps)
    return json_answer(entity)


def _one(kinds: type[_Kind], text: str, name: str) -> _Kind | None:
    if not text:
        return None
    try:
        return kinds(text)
    except ValueError:
        raise Invalid(f"{name}: one of {', '.join(kinds)}") from None


def _number(call: Call) -> int:
    text = call.segment("n")
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise NoticeNotThere("This notice has no such item")
    return int(text)
