"""Taking a case, keeping it, giving it back, passing it on."""

from __future__ import annotations

import msgspec

from ...trust import cases
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import RouteTable
from .cases import whole_case
from .routes import API, ScopedAccess, id_of, staff_of

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
    """Take the first case in the order of work that the caller may have; `null` when there is none."""
    asked, settings = await call.params(NextForm), call.services.settings
    async with call.services.database.transaction() as tx:
        case_id = await cases.claim_next(
            tx, staff_of(call), queue=asked.queue or None, lane=asked.lane or None,
            language=asked.language or None, relations_conflict=settings.desk_relations_conflict,
            lease_seconds=settings.desk_lease_seconds, now=call.now,
        )  # fmt: skip
    return json_answer(None) if case_id is None else await whole_case(call, case_id)


@routes.post(f"{_ONE}/claim", ScopedAccess.write)
async def claim(call: Call) -> Answer:
    """Take this case."""
    settings, case_id = call.services.settings, call.id_segment()
    async with call.services.database.transaction() as tx:
        await cases.claim(
            tx, staff_of(call), case_id, relations_conflict=settings.desk_relations_conflict,
            lease_seconds=settings.desk_lease_seconds, now=call.now,
        )  # fmt: skip
    return await whole_case(call, case_id)


@routes.post(f"{_ONE}/heartbeat", ScopedAccess.write)
async def keep(call: Call) -> Answer:
    """A sign of life: the lease begins anew."""
    seconds = call.services.settings.desk_lease_seconds
    async with call.services.database.transaction() as tx:
        await cases.keep(tx, staff_of(call), call.id_segment(), lease_seconds=seconds, now=call.now)
    return json_answer({"lease_seconds": seconds})


@routes.post(f"{_ONE}/release", ScopedAccess.write)
async def release(call: Call) -> Answer:
    """Give it back."""
    async with call.services.database.transaction() as tx:
        await cases.release(tx, staff_of(call), call.id_segment(), now=call.now)
    return json_answer({})


@routes.post(f"{_ONE}/skip", ScopedAccess.write)
async def skip(call: Call) -> Answer:
    """Pass it on to others; nothing is counted against anybody for it."""
    asked = await call.params(ReasonForm)
    async with call.services.database.transaction() as tx:
        await cases.skip(tx, staff_of(call), call.id_segment(), reason=asked.reason, now=call.now)
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
    return await whole_case(call, case_id)
