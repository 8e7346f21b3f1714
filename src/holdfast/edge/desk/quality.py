"""Quality: blind second looks and what became of them, gold, samples, estimates with intervals, feedback and objections."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from ...platform.settings import Settings
from ...pure.errors import Invalid
from ...pure.permissions import Permission
from ...trust import cases
from ...trust.effects import ActionKind
from ...trust.quality import (
    Look,
    LookKind,
    LookNotThere,
    Standards,
    answer_objection,
    draws,
    failures,
    give_verdict,
    gold_items,
    judged,
    look_of_case,
    looks_about,
    make_gold,
    object_to,
    open_objections,
    quality_report,
    results_of,
    retire_gold,
    tested_looks,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .claims import done_with
from .routes import API, ScopedAccess, iso, limit_of, names_of, public_id, staff_of

routes = RouteTable()
_KINDS = tuple(ActionKind)
_MANAGE_READ = Access.staff(Permission.MANAGE_SETTINGS, "admin:read:reports")
_LOOK = f"{API}/quality/looks/{{id}}"


class VerdictForm(msgspec.Struct):
    """What the caller says of a case that is a second look. `outcome` is actioned or no_violation; of the first, `policy`
    and the kinds of `actions` that would be due. `technical`: it cannot be judged as it is shown. `overturn`: of an
    adjudication, whether a decision found wrong is taken back."""

    version: int = 0
    outcome: str = ""
    policy: str = ""
    actions: list[str] = msgspec.field(default_factory=list)
    technical: bool = False
    note: str = ""
    overturn: bool = True


class GoldForm(msgspec.Struct):
    """Why the answer is right; the answer, where it is not what was decided."""

    note: str = ""
    outcome: str = ""
    policy: str = ""
    actions: list[str] = msgspec.field(default_factory=list)


class TextForm(msgspec.Struct):
    """Why."""

    text: str = ""


class AnswerForm(msgspec.Struct):
    """What becomes of an objection, and why."""

    granted: bool = False
    answer: str = ""


class PeriodQuery(msgspec.Struct):
    """How far back; 0: as far as the setting says."""

    days: int = 0
    limit: int = 0


@routes.get(f"{API}/quality", ScopedAccess.read)
async def show(call: Call) -> Answer:
    """Agreement, kinds of mistakes, and what is missed, with intervals; rules and outputs by what people overturned."""
    asked, services = await call.params(PeriodQuery), call.services
    days = min(asked.days, 3650) if asked.days > 0 else services.settings.quality_window_days
    since = call.now - timedelta(days=days)
    found = await quality_report(services.database, since)
    failed = await failures(services.database, since)
    drawn = await draws(services.database, limit=20)
    return json_answer(
        {
            "since": iso(since),
            **found,
            "failing": len({row["account_id"] for row in failed}),
            "draws": [
                {**row, "id": str(row["id"]), "from_id": str(row["from_id"]), "until_id": str(row["until_id"]), "at": iso(row["at"])}
                for row in drawn
            ],
        }
    )  # fmt: skip


@routes.get(f"{API}/quality/looks", ScopedAccess.read)
async def show_mine(call: Call) -> Answer:
    """What the caller was tested by, with the right answers: feedback; and how many were right."""
    asked, services, me = await call.params(PeriodQuery), call.services, call.actor.account_id
    since = call.now - timedelta(days=services.settings.quality_window_days)
    results = await results_of(services.database, me, since)
    found = await tested_looks(services.database, me, limit=limit_of(asked.limit))
    low, high = results.interval
    return json_answer(
        {
            "right": results.right,
            "of": results.of,
            "interval": [round(low, 3), round(high, 3)],
            "looks": [_look(call, one) for one in found],
        }
    )


@routes.post(f"{API}/cases/{{id}}/verdict", ScopedAccess.write)
async def judge(call: Call) -> Answer:
    """Judge a case that is a second look. It changes nothing of what the case is about."""
    case_id, asked = call.id_segment(), await call.params(VerdictForm)
    verdict = judged(asked.outcome, asked.policy, _kinds(asked.actions), technical=asked.technical)
    async with call.services.database.transaction() as tx:
        look = await give_verdict(
            tx, staff_of(call), case_id, version=asked.version, verdict=verdict, note=asked.note,
            overturn=asked.overturn, standards=standards_of(call.services.settings), now=call.now,
        )  # fmt: skip
        await done_with(tx, call, case_id)
    # Whether it was right is told with the feedback, and which kind of look it was: a blind look stays blind.
    return json_answer(
        {"id": call.services.ids.encode(look.id), "case_id": public_id(call.services, case_id)}
    )


@routes.get(f"{API}/cases/{{id}}/verdicts", ScopedAccess.read)
async def verdicts(call: Call) -> Answer:
    """What was said of a case that is an adjudication, or a look that is over: by the first, and by the second."""
    case_id, services = call.id_segment(), call.services
    look = await look_of_case(services.database, case_id)
    if await cases.conflicts(services.database, case_id, call.actor.account_id, relations=False):
        raise cases.CaseNotForYou
    if look is None or (look.kind is not LookKind.ADJUDICATION and look.judged_at is None):
        raise LookNotThere
    found = [_look(call, one) for one in await looks_about(services.database, look)]
    return json_answer(found)


@routes.post(f"{API}/cases/{{id}}/gold", ScopedAccess.write)
async def make_one_gold(call: Call) -> Answer:
    """Make this gold: a decided case whose answer is beyond doubt tests others from now on."""
    case_id, asked = call.id_segment(), await call.params(GoldForm)
    expected = judged(asked.outcome, asked.policy, _kinds(asked.actions)) if asked.outcome else None
    async with call.services.database.transaction() as tx:
        gold_id = await make_gold(
            tx, staff_of(call), case_id, note=asked.note, expected=expected, now=call.now
        )
    return json_answer({"id": call.services.ids.encode(gold_id)})


@routes.get(f"{API}/quality/gold", _MANAGE_READ)
async def show_gold(call: Call) -> Answer:
    """Gold in use, with how often it was answered rightly: an item that many get wrong may be wrong itself."""
    services = call.services
    found = await gold_items(services.database)
    names = await names_of(services, [one["chosen_by"] for one in found])
    return json_answer(
        [
            {
                "id": services.ids.encode(one["id"]),
                "case_id": services.ids.encode(one["case_id"]),
                "expected": msgspec.to_builtins(one["expected"]),
                "note": one["note"],
                "chosen_by": names.get(one["chosen_by"] or 0),
                "chosen_at": iso(one["chosen_at"]),
                "answered": one["answered"],
                "right": one["right_ones"],
            }
            for one in found
        ]
    )


@routes.delete(f"{API}/quality/gold/{{id}}", ScopedAccess.settings)
async def retire(call: Call) -> Answer:
    """It tests nobody any more."""
    async with call.services.database.transaction() as tx:
        await retire_gold(tx, staff_of(call), call.id_segment(), now=call.now)
    return json_answer({})


@routes.get(f"{API}/quality/objections", _MANAGE_READ)
async def objections(call: Call) -> Answer:
    """Results that somebody does not agree with, the oldest first."""
    found = await open_objections(call.services.database, limit=limit_of(0))
    return json_answer([_look(call, one) for one in found])


@routes.post(f"{_LOOK}/objection", ScopedAccess.write)
async def object_one(call: Call) -> Answer:
    """Say that a result of one's own is wrong."""
    look_id, asked = call.id_segment(), await call.params(TextForm)
    async with call.services.database.transaction() as tx:
        await object_to(tx, staff_of(call), look_id, asked.text, now=call.now)
    return json_answer({})


@routes.post(f"{_LOOK}/answer", ScopedAccess.settings)
async def answer_one(call: Call) -> Answer:
    """Decide about an objection; a granted one takes the result away."""
    look_id, asked = call.id_segment(), await call.params(AnswerForm)
    async with call.services.database.transaction() as tx:
        await answer_objection(
            tx, staff_of(call), look_id, granted=asked.granted, answer=asked.answer, now=call.now
        )
    return json_answer({})


def standards_of(settings: Settings) -> Standards:
    """What reviewers are held to."""
    return Standards(
        settings.quality_results_least, settings.quality_pass_percent / 100, settings.quality_window_days,
        settings.quality_requeue_most,
    )  # fmt: skip


def _kinds(named: list[str]) -> list[ActionKind]:
    if any(one not in _KINDS for one in named):
        raise Invalid(f"actions: each must be one of {', '.join(_KINDS)}")
    return [ActionKind(one) for one in named]


def _look(call: Call, one: Look) -> dict[str, Any]:
    """A look that is over, or to be adjudicated. Who judged is not told: it is about the case."""
    services = call.services
    return {
        "id": services.ids.encode(one.id),
        "kind": one.kind.value,
        "case_id": services.ids.encode(one.case_id),
        "decision_id": public_id(services, one.first_decision_id),
        "lane": one.lane,
        "policy": one.policy,
        "language": one.language,
        "expected": None if one.expected is None else msgspec.to_builtins(one.expected),
        "verdict": None if one.verdict is None else msgspec.to_builtins(one.verdict),
        "note": one.note,
        "agreed": one.agreed,
        "right": one.was_right,
        "error": None if one.error_class is None else one.error_class.value,
        "judged_at": iso(one.judged_at),
        "objection": one.objection,
        "objection_granted": one.objection_granted,
        "objection_answer": one.objection_answer,
    }
