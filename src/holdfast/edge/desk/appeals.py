"""Appeals: filed and followed by members, answered by the staff; what waits of one's own; what came of one's reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from ...pure.errors import Invalid
from ...pure.window import Window
from ...trust.appeals import (
    Appeal,
    Message,
    Outcome,
    add,
    answer,
    appeal_decision,
    appeal_hold,
    appeal_report,
    appeals_page,
    ask,
    get_appeal,
    messages_of,
    open_holds_appealed,
    overturn_rates,
    own_reports,
)
from ...trust.cases import Case, get_case
from ...trust.intake import held_now
from ...trust.statements import StatementReader
from ..answers import Answer, json_answer
from ..appealing import appeal_limits
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .claims import done_with
from .decisions import RulingForm, ruling_of
from .routes import API, ScopedAccess, id_of, iso, limit_of, names_of, public_id, staff_of

routes = RouteTable()
_READ = Access.member("read:notifications")
_WRITE = Access.member("write:reports")
_LAST_ID = (1 << 63) - 1
_DESK = f"{API}/desk/appeals"


class AppealForm(msgspec.Struct):
    """What is appealed: one of a statement that one was sent, one's own held post, or one's own report; and why."""

    reason: str = ""
    statement_id: str = ""
    status_id: str = ""
    report_id: str = ""


class MessageForm(msgspec.Struct):
    """What is added."""

    text: str = ""


class PageQuery(msgspec.Struct):
    """Part of a list, the newest first. `after`: the last one of the page before. `open`: for the staff, only those."""

    after: str = ""
    limit: int = 0
    open: bool = True


class AnswerForm(RulingForm):
    """upheld, partial or overturned; what the member is told; `version`: of the appeal's case that was read; with
    `actions` and what belongs to them: a ruling."""

    outcome: str = ""
    answer: str = ""


class RatesQuery(msgspec.Struct):
    """Of so many days until now."""

    days: int = 90


@routes.post(f"{API}/appeals", _WRITE)
async def file_one(call: Call) -> Answer:
    """Appeal a decision, a hold, or what came of a report."""
    asked, services, account_id = await call.params(AppealForm), call.services, call.actor.account_id
    given = [name for name in ("statement_id", "status_id", "report_id") if getattr(asked, name)]
    if len(given) != 1:
        raise Invalid("Name what you appeal: one of statement_id, status_id or report_id")
    ident = id_of(services, getattr(asked, given[0]), given[0]) or 0
    limits, reader = appeal_limits(services), StatementReader(services.database)
    if given[0] == "statement_id":
        ident = (await reader.one(account_id, ident, now=call.now)).decision_id
    act = {"statement_id": appeal_decision, "status_id": appeal_hold, "report_id": appeal_report}[given[0]]
    async with services.database.transaction() as tx:
        filed = await act(tx, account_id, ident, reason=asked.reason, limits=limits, now=call.now)
    return await _own(call, filed)


@routes.get(f"{API}/appeals", _READ)
async def show_own(call: Call) -> Answer:
    """One's own appeals, the newest first."""
    asked, services = await call.params(PageQuery), call.services
    window = Window(limit_of(asked.limit), below=id_of(services, asked.after, "after") or _LAST_ID)
    found = await appeals_page(services.database, window, account_id=call.actor.account_id)
    said = await messages_of(services.database, [one.id for one in found])
    return json_answer([own_appeal(services, one, said[one.id]) for one in found])


@routes.get(f"{API}/appeals/{{id}}", _READ)
async def show_own_one(call: Call) -> Answer:
    """One of one's own, with what was said."""
    found = await get_appeal(call.services.database, call.id_segment(), account_id=call.actor.account_id)
    return await _own(call, found)


@routes.post(f"{API}/appeals/{{id}}/messages", _WRITE)
async def add_one(call: Call) -> Answer:
    """Say more in an appeal that is open."""
    asked, appeal_id, services = await call.params(MessageForm), call.id_segment(), call.services
    async with services.database.transaction() as tx:
        found = await add(
            tx,
            call.actor.account_id,
            appeal_id,
            text=asked.text,
            limits=appeal_limits(services),
            now=call.now,
        )
    return await _own(call, found)


@routes.get(f"{API}/held", _READ)
async def show_held(call: Call) -> Answer:
    """One's own posts that wait for a person: why, what comes next, and until when."""
    services, account_id = call.services, call.actor.account_id
    seconds = services.settings.hold_return_seconds
    appealed = await open_holds_appealed(services.database, account_id)
    return json_answer(
        [
            {
                "status_id": services.ids.encode(one.post_id),
                "since": iso(one.since),
                "why": "screening",
                "next": "a person decides",
                "returns_at": iso(one.returns_at(seconds)),
                "can_appeal": one.post_id not in appealed,
                "appeal_id": public_id(services, appealed.get(one.post_id)),
            }
            for one in await held_now(services.database, account_id=account_id)
        ]
    )


@routes.get(f"{API}/reports", Access.member("read:notifications"))
async def show_reports(call: Call) -> Answer:
    """What one reported, the newest first, and what came of it; never who decided."""
    asked, services = await call.params(PageQuery), call.services
    window = Window(limit_of(asked.limit), below=id_of(services, asked.after, "after") or _LAST_ID)
    found = await own_reports(services.database, call.actor.account_id, window)
    names = await names_of(services, [one.target_id for one in found])
    return json_answer(
        [
            {
                "id": services.ids.encode(one.id),
                "about": names.get(one.target_id, {}).get("acct"),
                "account_id": services.ids.encode(one.target_id),
                "status_ids": [services.ids.encode(ident) for ident in one.post_ids],
                "category": one.category,
                "comment": one.comment,
                "created_at": iso(one.filed_at),
                "outcome": one.outcome.value,
                "decided_at": iso(one.decided_at),
                "record_id": one.record_id,
                "can_appeal": one.can_appeal,
                "appeal_id": public_id(services, one.appeal_id),
            }
            for one in found
        ]
    )


@routes.get(_DESK, ScopedAccess.read)
async def show_page(call: Call) -> Answer:
    """Appeals, the newest first: those that wait for an answer, or all."""
    asked, services = await call.params(PageQuery), call.services
    window = Window(limit_of(asked.limit), below=id_of(services, asked.after, "after") or _LAST_ID)
    found = await appeals_page(services.database, window, open=True if asked.open else None)
    return json_answer(await _for_staff(call, found))


@routes.get(f"{_DESK}/{{id}}", ScopedAccess.read)
async def show(call: Call) -> Answer:
    """One, with the dialogue; its case shows what it is about."""
    found = await get_appeal(call.services.database, call.id_segment())
    return json_answer((await _for_staff(call, [found]))[0])


@routes.post(f"{_DESK}/{{id}}/messages", ScopedAccess.write)
async def ask_one(call: Call) -> Answer:
    """Ask the one who appeals something."""
    asked, appeal_id, services = await call.params(MessageForm), call.id_segment(), call.services
    async with services.database.transaction() as tx:
        found = await ask(
            tx, staff_of(call), appeal_id, text=asked.text, limits=appeal_limits(services), now=call.now
        )
    return json_answer((await _for_staff(call, [found]))[0])


@routes.post(f"{_DESK}/{{id}}/answer", ScopedAccess.write)
async def answer_one(call: Call) -> Answer:
    """Answer it. Never who decided first."""
    asked, appeal_id, services = await call.params(AnswerForm), call.id_segment(), call.services
    if asked.outcome not in ("upheld", "partial", "overturned"):
        raise Invalid("outcome: must be upheld, partial or overturned")
    ruling = ruling_of(services, asked) if asked.actions else None
    async with services.database.transaction() as tx:
        found = await answer(
            tx, staff_of(call), appeal_id, version=asked.version, outcome=Outcome(asked.outcome), text=asked.answer,
            ruling=ruling, limits=appeal_limits(services), now=call.now,
        )  # fmt: skip
        await done_with(tx, call, found.case_id)
    return json_answer((await _for_staff(call, [found]))[0])


@routes.get(f"{API}/desk/overturns", ScopedAccess.read)
async def show_rates(call: Call) -> Answer:
    """How often appeals were right, by policy, rule, model, language and first reviewer, with intervals."""
    days = min(max((await call.params(RatesQuery)).days, 1), 3650)
    found = await overturn_rates(
        call.services.database, call.now - timedelta(days=days), call.now + timedelta(seconds=1)
    )
    return json_answer([msgspec.to_builtins(one) for one in found])


async def _own(call: Call, appeal: Appeal) -> Answer:
    found = await get_appeal(call.services.database, appeal.id)
    said = await messages_of(call.services.database, [appeal.id])
    return json_answer(own_appeal(call.services, found, said[appeal.id]))


def own_appeal(services: Services, one: Appeal, said: list[Message]) -> dict[str, Any]:
    """An appeal as the one who made it sees it: never who answers."""
    return {
        **appeal_state(services, one),
        "decision_id": public_id(services, one.decision_id),
        "status_id": public_id(services, one.post_id),
        "report_id": public_id(services, one.report_id),
        "answer": one.answer,
        "record_id": one.record_id,
        "can_add": one.outcome is None
        and sum(not message.from_staff for message in said) < appeal_limits(services).messages,
        "messages": [
            {"from": "staff" if message.from_staff else "you", "text": message.text, "at": iso(message.at)}
            for message in said
        ],
    }


def appeal_state(services: Services, one: Appeal) -> dict[str, Any]:
    """How far an appeal is. `late`: it was not answered in time, and waits still."""
    return {
        "id": services.ids.encode(one.id),
        "kind": one.kind.value,
        "filed_at": iso(one.filed_at),
        "due_at": iso(one.due_at),
        "late": one.breached_at is not None,
        "outcome": None if one.outcome is None else one.outcome.value,
        "decided_at": iso(one.decided_at),
    }


def _concerned(case: Case, account_id: int) -> bool:
    """Whether this is about somebody, or they had a part in what it is against."""
    return case.subject.account_id == account_id or account_id in case.excluded_ids


async def _for_staff(call: Call, found: list[Appeal]) -> list[dict[str, Any]]:
    services = call.services
    said = await messages_of(services.database, [one.id for one in found])
    names = await names_of(
        services,
        [ident for one in found for ident in (one.account_id, one.first_reviewer_id, one.decided_by)],
    )
    made = []
    for one in found:
        entity = own_appeal(services, one, said[one.id])
        case = await get_case(services.database, one.case_id)
        holder = case.held_by(call.now)
        entity |= {
            "lane": case.lane, "may_answer": not _concerned(case, call.actor.account_id),
            "claimed_by_me": holder is not None and holder == call.actor.account_id,
            "claimed": holder is not None,
        } | {
            "account": names.get(one.account_id), "case_id": services.ids.encode(one.case_id), "version": case.version,
            "about_case_id": public_id(services, one.about_case_id), "policy": one.policy, "rules": one.rules,
            "model": one.model, "language": one.language, "first_reviewer": names.get(one.first_reviewer_id or 0),
            "decided_by": names.get(one.decided_by or 0), "new_decision_id": public_id(services, one.new_decision_id),
        }  # fmt: skip
        entity["messages"] = [
            {**shown, "from": "staff" if shown["from"] == "staff" else "member"}
            for shown in entity["messages"]
        ]
        made.append(entity)
    return made
