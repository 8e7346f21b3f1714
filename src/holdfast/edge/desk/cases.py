"""Cases: in the order of work, found by what they are, and one with all that a decision needs."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import Invalid
from ...pure.permissions import Permission, permits
from ...pure.window import Window
from ...screening import Lane
from ...social.media import hashes_of
from ...trust import cases
from ...trust.appeals import Appeal, appeals_about
from ...trust.cases import Case, CaseNotForYou, CaseReader, QueueFilter, Signal, Source
from ...trust.intake import LastVerdict, last_verdicts
from ...trust.quality import BLIND, Look, look_of_case
from ...trust.reporters import Record, records_of
from ...trust.reports import Report, reports_by_id
from ...trust.routing import queues
from ...trust.staff_actions import Subject, SubjectKind, staff_actions, subject_status
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import RouteTable
from .render import (
    case_entities,
    event_entity,
    items,
    member_entity,
    report_entity,
    signal_entity,
    status_entity,
    thread_before,
)
from .routes import API, ScopedAccess, id_of, iso, limit_of, names_of, public_id, staff_of

routes = RouteTable()
_ONE = f"{API}/cases/{{id}}"
_MEMBERS_SHOWN = 50
_REPORTS_SHOWN = 100
_CASES_SHOWN = 10
_LANES: tuple[Lane, ...] = ("P0", "P1", "P2", "P3", "P4")


class CasesQuery(msgspec.Struct):
    """Which cases. `state` is open (in the order of work), closed or all (the newest first). `after`: the last case of
    the page before."""

    state: str = "open"
    queue: str = ""
    lane: str = ""
    track: str = ""
    language: str = ""
    category: str = ""
    source: str = ""
    account_id: str = ""
    mine: bool = False
    after: str = ""
    limit: int = 0


class CaseForm(msgspec.Struct):
    """A case that the staff opens: about a post, or about an account."""

    post_id: str = ""
    account_id: str = ""
    lane: str = ""
    category: str = "other"
    policy: str = ""


@routes.get(f"{API}/cases", ScopedAccess.read)
async def show_page(call: Call) -> Answer:
    """Cases by filters: open ones in the order of work, others the newest first. Without those that concern the caller."""
    asked, services = await call.params(CasesQuery), call.services
    if asked.state not in ("open", "closed", "all"):
        raise Invalid("state: one of open, closed, all")
    me = call.actor.account_id
    wanted = QueueFilter(
        asked.queue or None, asked.lane or None, asked.track or None, asked.language or None, asked.category or None,
        asked.source or None, id_of(services, asked.account_id, "account_id"), None, me if asked.mine else None,
        {"open": False, "closed": True, "all": None}[asked.state],
    )  # fmt: skip
    reader, limit = CaseReader(services.database), limit_of(asked.limit)
    after = id_of(services, asked.after, "after")
    if asked.state == "open":
        last = None if after is None else await reader.case(after)
        found = await reader.queue(wanted, limit=limit, after=last)
    else:
        found = await reader.search(wanted, limit=limit, before_id=after)
    shown = [one for one in found if one.subject.account_id != me and me not in one.excluded_ids]
    return json_answer(await case_entities(services, shown, call))


@routes.post(f"{API}/cases", ScopedAccess.write)
async def open_case(call: Call) -> Answer:
    """Open a case about a post or an account, or join the one that is there."""
    asked, services = await call.params(CaseForm), call.services
    if asked.lane not in ("", *_LANES):
        raise Invalid("lane: one of P0, P1, P2, P3, P4")
    post_id = id_of(services, asked.post_id, "post_id")
    account_id = id_of(services, asked.account_id, "account_id")
    subject: Subject | None = None
    if post_id is not None:
        found = await items(services, await call.viewer(), [post_id])
        if post_id in found:
            subject = Subject.post(post_id, services.ids.decode(found[post_id]["account_id"]))
    elif account_id is not None and await services.accounts.get(account_id) is not None:
        subject = Subject.account(account_id)
    if subject is None:
        raise Invalid("post_id or account_id: name a post or an account that is here")
    lane: Lane | None = next((one for one in _LANES if one == asked.lane), None)
    signal = Signal(
        source=Source.ADMIN, subject=subject, category=asked.category[:40] or "other", lane=lane,
        policy=asked.policy[:60] or None, by=staff_of(call),
    )  # fmt: skip
    async with services.database.transaction() as tx:
        case_id = await cases.open_or_join(tx, signal, now=call.now)
    return await whole_case(call, case_id)


@routes.get(_ONE, ScopedAccess.read)
async def show(call: Call) -> Answer:
    """One case with everything that a decision needs."""
    return await whole_case(call, call.id_segment())


@routes.get(f"{_ONE}/members", ScopedAccess.read)
async def members(call: Call) -> Answer:
    """Every subject that the decision is for."""
    case = await _readable(call, call.id_segment())
    look = await look_of_case(call.services.database, case.id)
    found = await _members(call, case.id, limit=1000)
    return json_answer(_without_state(found) if _is_blind(look) else found)


async def whole_case(call: Call, case_id: int) -> Answer:
    """The case, what it is about, why it is there, and what was decided of the like."""
    case = await _readable(call, case_id)
    services, reader = call.services, CaseReader(call.services.database)
    look = await look_of_case(services.database, case_id)
    if _is_blind(look):
        return json_answer(await _blind(call, case))
    events = await staff_actions(services.database, Window(_MEMBERS_SHOWN), case_id=case.id)
    names = await names_of(services, [one.actor_id for one in events])
    similar = await reader.similar(case.id, limit=_CASES_SHOWN)
    shares = {other.id: share for other, share in similar}
    alike = await case_entities(services, [other for other, _ in similar], call)
    queue = next((one for one in await queues(services.database) if one.name == case.queue), None)
    return json_answer(
        {
            **(await case_entities(services, [case], call))[0],
            "items": await _members(call, case.id, limit=_MEMBERS_SHOWN),
            "thread": await _thread(call, case),
            **await _said(call, case, reader),
            "author": await _author(call, case, reader),
            "similar": [
                {**one, "likeness": round(shares[other.id], 2)}
                for one, (other, _) in zip(alike, similar, strict=True)
            ],
            "decided": await case_entities(services, await reader.decided(case.id, limit=_CASES_SHOWN), call),
            "events": [event_entity(services, one, names=names, named=True) for one in events],
            "appeals": [_appeal(services, one) for one in await appeals_about(services.database, case.id)],
            "blind": False,
            "look": None if look is None else look.kind.value,
            "hidden_actions": [] if queue is None else queue.hidden_actions,
        }
    )


def _appeal(services: Services, one: Appeal) -> dict[str, Any]:
    return {
        "id": services.ids.encode(one.id),
        "kind": one.kind.value,
        "filed_at": iso(one.filed_at),
        "due_at": iso(one.due_at),
        "outcome": None if one.outcome is None else one.outcome.value,
    }


def _is_blind(look: Look | None) -> bool:
    return look is not None and look.kind in BLIND and look.judged_at is None


def _without_state(members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whether a post was taken away is what the first one decided."""
    return [
        {**one, "post": None if one["post"] is None else {**one["post"], "state": None}} for one in members
    ]


async def _blind(call: Call, case: Case) -> dict[str, Any]:
    """A case that is a second look, without anything that tells what was decided of it, by whom, or why it is here: the
    posts as they were written, the thread, and what policies say."""
    entity = (await case_entities(call.services, [case], call))[0]
    members = _without_state(await _members(call, case.id, limit=_MEMBERS_SHOWN))
    return {
        **entity, "parent_id": None, "assigned_to": None, "decision_id": None, "record_id": None, "explain": {},
        "items": members, "thread": await _thread(call, case), "said": [], "reports": [], "author": None, "similar": [],
        "decided": [], "events": [], "appeals": [], "hidden_actions": [], "blind": True, "look": None,
    }  # fmt: skip


async def _readable(call: Call, case_id: int) -> Case:
    """The case. Raises CaseNotThere, CaseNotForYou: nobody reads what is said of them here."""
    case = await CaseReader(call.services.database).case(case_id)
    if await cases.conflicts(call.services.database, case_id, call.actor.account_id, relations=False):
        raise CaseNotForYou
    return case


async def _members(call: Call, case_id: int, *, limit: int) -> list[dict[str, Any]]:
    services = call.services
    found = await CaseReader(services.database).members(case_id, limit=limit)
    ids = [one.subject.id for one in found if one.subject.kind is SubjectKind.POST and one.subject.id]
    posts = await items(services, await call.viewer(), ids)
    verdicts = await last_verdicts(services.database, ids)
    names = await names_of(services, [one.subject.account_id for one in found])
    files = [int(services.ids.decode(one["id"]) or 0) for post in posts.values() for one in post["media"]]
    hashes = await hashes_of(services.database, files)
    shown = []
    for one in found:
        item = posts.get(one.subject.id or 0) if one.subject.kind is SubjectKind.POST else None
        if item is not None:
            media = [
                {**each, "hashes": hashes.get(services.ids.decode(each["id"]) or 0, [])}
                for each in item["media"]
            ]
            item = {**item, "media": media, "verdict": _verdict(verdicts.get(one.subject.id or 0))}
        shown.append(member_entity(services, one, item, names.get(one.subject.account_id or 0)))
    return shown


def _verdict(found: LastVerdict | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "action": found.action, "lane": found.lane, "rules": found.rules, "scores": found.scores,
        "evidence": found.evidence, "version": found.version,
    }  # fmt: skip


async def _thread(call: Call, case: Case) -> list[dict[str, Any]]:
    if case.subject.kind is not SubjectKind.POST or case.subject.id is None:
        return []
    return await thread_before(call.services, await call.viewer(), case.subject.id)


async def _said(call: Call, case: Case, reader: CaseReader) -> dict[str, Any]:
    """Signals and reports. Reporters are named to those alone who may look into accounts."""
    services = call.services
    signals = await reader.signals(case.id)
    ids = list(dict.fromkeys(one.report_id for one in signals if one.report_id is not None))[:_REPORTS_SHOWN]
    reports = await reports_by_id(services.database, ids)
    may_know = permits(call.actor.role, Permission.MANAGE_USERS)
    who = [one.account_id for one in reports.values() if one.account_id is not None] if may_know else []
    names, records = await names_of(services, who), await records_of(services.database, who)

    def reporter(report: Report | None) -> Any:
        """Who it was, and how far their reports are to be believed."""
        name = None if report is None else names.get(report.account_id or 0)
        if name is None or report is None or report.account_id is None:
            return None
        known = records.get(report.account_id)
        record = Record() if known is None else known.record
        return {**name, "right": record.rights, "wrong": record.wrongs, "believed": round(record.mean, 3)}

    return {
        "said": [
            signal_entity(services, one, reporter=reporter(reports.get(one.report_id or 0)))
            for one in signals
        ],
        "reports": [
            report_entity(services, reports[ident], reporter=reporter(reports[ident]))
            for ident in ids
            if ident in reports
        ],
    }


async def _author(call: Call, case: Case, reader: CaseReader) -> dict[str, Any] | None:
    """Whose it is: what was done before, and other cases."""
    account_id, services = case.subject.account_id, call.services
    if account_id is None:
        return None
    status = await subject_status(services.database, Subject.account(account_id))
    others = [one for one in await reader.of_account(account_id, limit=_CASES_SHOWN + 1) if one.id != case.id]
    names = await names_of(services, [account_id])
    return {
        "id": public_id(services, account_id),
        "account": names.get(account_id),
        "status": status_entity(services, status, call),
        "cases": await case_entities(services, others[:_CASES_SHOWN], call),
    }
