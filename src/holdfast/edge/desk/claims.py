"""Taking a case, keeping it, giving it back, passing it on."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader, Tx
from ...platform.settings import Settings
from ...trust import cases
from ...trust.reviewers import (
    Allowance,
    Bounds,
    BreakDue,
    allowed,
    begin_look,
    capped,
    caps_of,
    end_look,
    keep_look,
    preferences_of,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import RouteTable
from .cases import whole_case
from .routes import API, ScopedAccess, id_of, iso, staff_of

routes = RouteTable()
_ONE = f"{API}/cases/{{id}}"


class NextForm(msgspec.Struct):
    """Where the next case comes from; empty: from anywhere that is open to the caller."""

    queue: str = ""
    lane: str = ""
    language: str = ""


class ReasonForm(msgspec.Struct):
    """Why, for the staff."""

    reason: str = ""


class AssignForm(msgspec.Struct):
    """Whose work it is to be; empty: nobody's."""

    account_id: str = ""


@routes.post(f"{API}/cases/next", ScopedAccess.write)
async def take_next(call: Call) -> Answer:
    """Take the first case in the order of work that the caller may have; `null` when there is none. 429 when a break is
    due, or the day is over, and no threat to life waits."""
    asked, settings = await call.params(NextForm), call.services.settings
    me = call.actor.account_id
    async with call.services.database.transaction() as tx:
        bounds = await bounds_of(tx, call)
        may = await allowed(tx, me, bounds, now=call.now)
        lane = "P0" if may.urgent_only else asked.lane or None
        case_id = await cases.claim_next(
            tx, staff_of(call), queue=asked.queue or None, lane=lane, language=asked.language or None,
            without=await _without(tx, me, bounds, may), relations_conflict=settings.desk_relations_conflict,
            lease_seconds=settings.desk_lease_seconds, now=call.now,
        )  # fmt: skip
        if case_id is None and may.urgent_only:
            raise BreakDue(may, call.now)
        if case_id is not None:
            case = await cases.get_case(tx, case_id)
            await begin_look(tx, me, case_id, case.category, bounds, now=call.now)
    return json_answer(None) if case_id is None else await whole_case(call, case_id)


async def bounds_of(reader: Reader, call: Call) -> Bounds:
    """How much the caller is given in a day: what the settings say, or less."""
    return capped(usual_bounds(call.services.settings), await caps_of(reader, call.actor.account_id))


def usual_bounds(settings: Settings) -> Bounds:
    """How much one person is given in a day."""
    return Bounds(
        settings.reviewer_daily_items, settings.reviewer_daily_heavy, settings.reviewer_daily_minutes,
        settings.reviewer_break_after_minutes, settings.reviewer_break_minutes,
        frozenset(settings.reviewer_heavy_categories),
    )  # fmt: skip


async def done_with(tx: Tx, call: Call, case_id: int, *, skipped: bool = False) -> None:
    """The caller has this case before them no more."""
    bounds = await bounds_of(tx, call)
    await end_look(tx, call.actor.account_id, case_id, bounds, skipped=skipped, now=call.now)


async def _without(tx: Tx, account_id: int, bounds: Bounds, may: Allowance) -> list[str]:
    opt_outs = (await preferences_of(tx, account_id)).opt_outs
    return sorted({*opt_outs, *(bounds.heavy_categories if may.why == "heavy" else ())})


@routes.post(f"{_ONE}/claim", ScopedAccess.write)
async def claim(call: Call) -> Answer:
    """Take this case. Only threats to life are given to whoever needs a break."""
    settings, case_id, me = call.services.settings, call.id_segment(), call.actor.account_id
    async with call.services.database.transaction() as tx:
        bounds = await bounds_of(tx, call)
        may = await allowed(tx, me, bounds, now=call.now)
        case = await cases.claim(
            tx, staff_of(call), case_id, relations_conflict=settings.desk_relations_conflict,
            lease_seconds=settings.desk_lease_seconds, now=call.now,
        )  # fmt: skip
        if may.urgent_only and case.lane != "P0" and case.held_by(call.now) != me:
            raise BreakDue(may, call.now)
        await begin_look(tx, me, case_id, case.category, bounds, now=call.now)
    return await whole_case(call, case_id)


@routes.post(f"{_ONE}/heartbeat", ScopedAccess.write)
async def keep(call: Call) -> Answer:
    """A sign of life: the lease begins anew."""
    seconds, case_id, me = call.services.settings.desk_lease_seconds, call.id_segment(), call.actor.account_id
    async with call.services.database.transaction() as tx:
        bounds = await bounds_of(tx, call)
        await cases.keep(tx, staff_of(call), case_id, lease_seconds=seconds, now=call.now)
        await keep_look(tx, me, case_id, bounds, now=call.now)
        may = await allowed(tx, me, bounds, now=call.now)
    return json_answer({"lease_seconds": seconds, "break_due": may.why or None, "until": iso(may.until)})


@routes.post(f"{_ONE}/release", ScopedAccess.write)
async def release(call: Call) -> Answer:
    """Give it back."""
    async with call.services.database.transaction() as tx:
        await cases.release(tx, staff_of(call), call.id_segment(), now=call.now)
        await done_with(tx, call, call.id_segment())
    return json_answer({})


@routes.post(f"{_ONE}/skip", ScopedAccess.write)
async def skip(call: Call) -> Answer:
    """Pass it on to others; nothing is counted against anybody for it."""
    asked = await call.params(ReasonForm)
    async with call.services.database.transaction() as tx:
        await cases.skip(tx, staff_of(call), call.id_segment(), reason=asked.reason, now=call.now)
        await done_with(tx, call, call.id_segment(), skipped=True)
    return json_answer({})


@routes.post(f"{_ONE}/assign", ScopedAccess.write)
async def assign(call: Call) -> Answer:
    """Give it to somebody of the staff alone, or to nobody."""
    asked = await call.params(AssignForm)
    case_id, account_id = call.id_segment(), id_of(call.services, asked.account_id, "account_id")
    async with call.services.database.transaction() as tx:
        await cases.assign(tx, staff_of(call), case_id, account_id, now=call.now)
    return await whole_case(call, case_id)


@routes.post(f"{_ONE}/escalate", ScopedAccess.write)
async def escalate(call: Call) -> Answer:
    """Leave it to somebody of a higher role."""
    asked, case_id = await call.params(ReasonForm), call.id_segment()
    async with call.services.database.transaction() as tx:
        await cases.escalate(tx, staff_of(call), case_id, reason=asked.reason, now=call.now)
        await done_with(tx, call, case_id)
    return await whole_case(call, case_id)
