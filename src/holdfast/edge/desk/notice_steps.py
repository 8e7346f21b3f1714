"""What a person of the desk does with a notice: steps, outcomes, what it is, who sent it, what its items mean."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ...pure.errors import Invalid
from ...pure.notices import Step
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
    Direction,
    ItemOutcome,
    MessageKind,
    NoticeReader,
    Verified,
    add_message,
    settle_item,
    settle_whole,
    take_step,
    unsettle_item,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import RouteTable
from .notice_entities import WRITE, item_entity, message_entity, number_of, one_of, whole
from .notices import ONE
from .routes import id_of, staff_of

routes = RouteTable()


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


@routes.post(f"{ONE}/steps", WRITE)
async def step(call: Call) -> Answer:
    """Take a step."""
    asked, ident = await call.params(StepForm), call.id_segment()
    chosen = one_of(Step, asked.step, "step")
    if chosen is None:
        raise Invalid(f"step: one of {', '.join(Step)}")
    async with call.services.database.transaction() as tx:
        await take_step(
            tx, staff_of(call), ident, chosen, note=asked.note, evidence=asked.evidence, version=asked.version or None,
            now=call.now,
        )  # fmt: skip
    return await whole(call, ident)


@routes.post(f"{ONE}/items/{{n}}/outcome", WRITE)
async def settle(call: Call) -> Answer:
    """Give an item its outcome, or take it back; number 0 is a notice without items."""
    asked, services, staff, ident = (
        await call.params(SettleForm),
        call.services,
        staff_of(call),
        call.id_segment(),
    )
    outcome, n = one_of(ItemOutcome, asked.outcome, "outcome"), number_of(call)
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
    return await whole(call, ident)


@routes.post(f"{ONE}/items/{{n}}/resolve", WRITE)
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
        await resolve_by_hand(tx, staff, ident, number_of(call), asked.url, addresses=hosts, now=call.now)
    found = await NoticeReader(services.database).items(staff, ident, after=number_of(call) - 1, limit=1)
    return json_answer(item_entity(services, found[0], {}))


@routes.post(f"{ONE}/items/{{n}}/case", WRITE)
async def open_case(call: Call) -> Answer:
    """Have somebody of the team decide about an item, also where it was decided before, or the notice is sealed."""
    services, staff, ident = call.services, staff_of(call), call.id_segment()
    async with services.database.transaction() as tx:
        await open_case_by_hand(tx, staff, ident, number_of(call), now=call.now)
    found = await NoticeReader(services.database).items(staff, ident, after=number_of(call) - 1, limit=1)
    return json_answer(item_entity(services, found[0], {}))


@routes.post(f"{ONE}/kind", WRITE)
async def set_kind(call: Call) -> Answer:
    """Say what it is."""
    asked, ident = await call.params(KindForm), call.id_segment()
    kind = NewKind(
        asked.preset or None, asked.jurisdiction or None, one_of(Capacity, asked.capacity or "", "capacity"),
        asked.stated_deadline, asked.sealed, asked.sealed_until, asked.gag,
    )  # fmt: skip
    async with call.services.database.transaction() as tx:
        await reclassify(tx, staff_of(call), ident, kind, reason=asked.reason, now=call.now)
    return await whole(call, ident)


@routes.post(f"{ONE}/verify", WRITE)
async def verify(call: Call) -> Answer:
    """Say who sent it, or since when nothing is missing."""
    asked, staff, ident = await call.params(VerifyForm), staff_of(call), call.id_segment()
    how = one_of(Verified, asked.how, "how")
    if how is None and asked.valid_at is None:
        raise Invalid(f"how: one of {', '.join(Verified)}, or valid_at")
    async with call.services.database.transaction() as tx:
        if how is not None:
            await verify_by_hand(tx, staff, ident, how, evidence=asked.evidence, now=call.now)
        if asked.valid_at is not None:
            await complete_notice(tx, staff, ident, at=asked.valid_at, evidence=asked.evidence, now=call.now)
    return await whole(call, ident)


@routes.post(f"{ONE}/assign", WRITE)
async def set_assignee(call: Call) -> Answer:
    """Say who sees to it."""
    asked, ident = await call.params(AssignForm), call.id_segment()
    chosen = id_of(call.services, asked.account_id, "account_id")
    async with call.services.database.transaction() as tx:
        await assign(tx, staff_of(call), ident, chosen, now=call.now)
    return await whole(call, ident)


@routes.post(f"{ONE}/seen", WRITE)
async def seen(call: Call) -> Answer:
    """A person opened it: the time to the first look is counted."""
    ident = call.id_segment()
    async with call.services.database.transaction() as tx:
        await look_at(tx, staff_of(call), ident, now=call.now)
    return await whole(call, ident)


@routes.post(f"{ONE}/notes", WRITE)
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
