"""Decisions: what a ruling would do, deciding, what was decided and what it did, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from ...pure.errors import Invalid
from ...pure.permissions import Permission
from ...pure.window import Window
from ...social.bans import PatternField, PatternSeverity, barred_material, sign_up_patterns
from ...trust.decisions import (
    Action,
    Decision,
    Involved,
    Planned,
    Ruling,
    copies_of,
    decide,
    decisions_page,
    get_decision,
    preview,
    referrals_of,
    undo,
)
from ...trust.effects import ActionKind, EffectCounts, effect_counts, effects_of
from ...trust.statements import statements_of
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .claims import done_with
from .routes import API, ScopedAccess, id_of, iso, limit_of, names_of, public_id, staff_of

routes = RouteTable()
_ONE = f"{API}/decisions/{{id}}"
_LAST_ID = (1 << 63) - 1
_KINDS = tuple(ActionKind)


class ActionForm(msgspec.Struct):
    """One thing that is done; see the guide for what each kind needs."""

    kind: str = ""
    until: datetime | None = None
    label: str = ""
    severity: int = 0
    field: str = ""
    pattern: str = ""
    response: str = "approval"
    value: str = ""
    authority: str = ""
    note: str = ""
    sealed: bool = False
    existing: bool = False


class RulingForm(msgspec.Struct):
    """What is decided. `version`: the one of the case that was read. `account_ids`: whom actions on accounts are for."""

    version: int = 0
    actions: list[ActionForm] = msgspec.field(default_factory=list)
    policy: str = ""
    facts: str = ""
    explanation: str = ""
    ground: str = ""
    template: str = ""
    values: dict[str, str] = msgspec.field(default_factory=dict)
    added: str = ""
    reason: str = ""
    account_ids: list[str] | None = None
    territory: list[str] = msgspec.field(default_factory=list)


class UndoForm(msgspec.Struct):
    """Why, and whether the case needs somebody again."""

    reason: str = ""
    reopen: bool = True


class DecisionsQuery(msgspec.Struct):
    """Which decisions, the newest first. `mine`: made by the caller. `after`: the last one of the page before."""

    case_id: str = ""
    account_id: str = ""
    mine: bool = False
    after: str = ""
    limit: int = 0


class EffectsQuery(msgspec.Struct):
    """Which part of what a decision did. `after`: the number of the last one of the page before."""

    after: int = 0
    limit: int = 0


@routes.post(f"{API}/cases/{{id}}/preview", ScopedAccess.read)
async def preview_one(call: Call) -> Answer:
    """What a ruling would do to everything that the case is about, and what members would read. Nothing is changed."""
    case_id, services = call.id_segment(), call.services
    wanted = ruling_of(services, await call.params(RulingForm), of_a_case=True)
    found = await preview(
        services.database, staff_of(call), case_id, ruling=wanted,
        sweep_most=services.settings.bulk_second_person_above, now=call.now,
    )  # fmt: skip
    return json_answer(
        {
            "posts": found.posts,
            "accounts_total": found.accounts_total,
            "accounts": [person_entity(services, one) for one in found.accounts],
            "changes": planned_entities(found.planned),
            "told": found.told,
            "not_allowed": [services.ids.encode(ident) for ident in found.too_high],
            "swept": found.swept,
            "statements": [
                {**msgspec.to_builtins(one), "account_id": services.ids.encode(one.account_id)}
                for one in found.statements
            ],
        }
    )


@routes.post(f"{API}/cases/{{id}}/decide", ScopedAccess.write)
async def decide_one(call: Call) -> Answer:
    """Decide once, for everything that the case is about."""
    case_id, asked, services = call.id_segment(), await call.params(RulingForm), call.services
    wanted = ruling_of(services, asked, of_a_case=True)
    async with services.database.transaction() as tx:
        made = await decide(
            tx, staff_of(call), case_id, version=asked.version, ruling=wanted,
            sweep_most=services.settings.bulk_second_person_above, now=call.now,
        )  # fmt: skip
        await done_with(tx, call, case_id)
    return await _whole(call, made.id)


@routes.get(f"{API}/decisions", ScopedAccess.read)
async def show_page(call: Call) -> Answer:
    """Decisions, the newest first."""
    asked, services = await call.params(DecisionsQuery), call.services
    window = Window(limit_of(asked.limit), below=id_of(services, asked.after, "after") or _LAST_ID)
    found = await decisions_page(
        services.database, window, case_id=id_of(services, asked.case_id, "case_id"),
        actor_id=call.actor.account_id if asked.mine else None,
        account_id=id_of(services, asked.account_id, "account_id"),
    )  # fmt: skip
    return json_answer(await decision_entities(services, found))


@routes.get(_ONE, ScopedAccess.read)
async def show(call: Call) -> Answer:
    """One decision, how far it is, what members were told, and the copies that got it later."""
    return await _whole(call, call.id_segment())


@routes.get(f"{_ONE}/effects", ScopedAccess.read)
async def effects(call: Call) -> Answer:
    """What it set, thing by thing."""
    decision_id, asked, services = call.id_segment(), await call.params(EffectsQuery), call.services
    await get_decision(services.database, decision_id)
    found = await effects_of(
        services.database, decision_id, limit=limit_of(asked.limit), after_id=max(asked.after, 0)
    )
    return json_answer(
        [
            {
                "number": one.id,
                "kind": one.kind.value,
                "key": services.ids.encode(int(one.key)) if one.key.isdecimal() else one.key,
                "account_id": public_id(services, one.account_id),
                "aspect": one.aspect.partition(":")[0] if one.aspect.startswith("strike:") else one.aspect,
                "value": one.value,
                "until": iso(one.until),
                "state": one.state.name.lower(),
                "changed": one.changed,
            }
            for one in found
        ]
    )


@routes.post(f"{_ONE}/undo", ScopedAccess.write)
async def take_back(call: Call) -> Answer:
    """Take a decision back, with everything that it did."""
    decision_id, asked = call.id_segment(), await call.params(UndoForm)
    async with call.services.database.transaction() as tx:
        await undo(
            tx, staff_of(call), decision_id, reason=asked.reason.strip(), reopen=asked.reopen, now=call.now
        )
    return await _whole(call, decision_id)


@routes.get(f"{API}/kept_out", Access.staff(Permission.MANAGE_USERS, "admin:read:reports"))
async def kept_out(call: Call) -> Answer:
    """What sign-ups may not look like, and links and files that no post may carry."""
    database = call.services.database
    return json_answer(
        {
            "sign_ups": [
                {
                    "field": one.field.value,
                    "pattern": one.pattern,
                    "response": one.severity.value,
                    "since": iso(one.created_at),
                }
                for one in await sign_up_patterns(database)
            ],
            "material": [
                {"kind": one.kind.value, "value": one.value, "since": iso(one.created_at)}
                for one in await barred_material(database)
            ],
        }
    )


def ruling_of(services: Services, asked: RulingForm, *, of_a_case: bool = False) -> Ruling:
    """The ruling that a form says. Raises Invalid, naming the part. of_a_case: it may be for more than it is about."""
    accounts = None
    if not of_a_case and any(one.existing for one in asked.actions):
        raise Invalid("actions: existing goes with a decision about a case; elsewhere, plan it in bulk")
    if asked.account_ids is not None:
        accounts = tuple(id_of(services, text, "account_ids") or -1 for text in asked.account_ids)
    return Ruling(
        tuple(_action(one) for one in asked.actions), asked.policy.strip(), asked.facts.strip(),
        asked.explanation.strip(), asked.ground.strip(), asked.template.strip(), asked.values, asked.added.strip(),
        asked.reason.strip(), accounts, tuple(code.strip().upper() for code in asked.territory),
    )  # fmt: skip


def _action(asked: ActionForm) -> Action:
    if asked.kind not in _KINDS:
        raise Invalid(f"actions: kind must be one of {', '.join(_KINDS)}")
    if asked.field and asked.field not in tuple(PatternField):
        raise Invalid(f"actions: field must be one of {', '.join(PatternField)}")
    if asked.response not in tuple(PatternSeverity):
        raise Invalid(f"actions: response must be one of {', '.join(PatternSeverity)}")
    if asked.until is not None and asked.until.tzinfo is None:
        raise Invalid("actions: until must say its offset, such as 2026-01-31T12:00:00Z")
    return Action(
        ActionKind(asked.kind), asked.until, asked.label.strip(), asked.severity,
        PatternField(asked.field) if asked.field else None, asked.pattern, PatternSeverity(asked.response),
        asked.value, asked.authority.strip(), asked.note.strip(), asked.sealed, asked.existing,
    )  # fmt: skip


def person_entity(services: Services, person: Involved) -> dict[str, Any]:
    """An account that a decision is about."""
    acct = person.username if person.domain is None else f"{person.username}@{person.domain}"
    return {
        "id": services.ids.encode(person.id), "acct": acct, "role": person.role, "followers": person.followers,
        "posts": person.posts, "member": person.member,
    }  # fmt: skip


def planned_entities(planned: Iterable[Planned]) -> list[dict[str, Any]]:
    """What would be changed, by kind of change."""
    return [msgspec.to_builtins(one) for one in planned]


async def _whole(call: Call, decision_id: int) -> Answer:
    services = call.services
    decision = await get_decision(services.database, decision_id)
    copies = await copies_of(services.database, decision_id)
    told = await statements_of(services.database, [decision_id, *copies])
    entity = (await decision_entities(services, [decision]))[0]
    entity["copies"] = [services.ids.encode(ident) for ident in copies]
    entity["statements"] = [
        {
            "account_id": services.ids.encode(one.account_id), "language": one.language, "subject": one.subject,
            "text": one.text, "sent_at": iso(one.sent_at), "read_at": iso(one.read_at), "record_id": one.record_id,
            "reverses": one.reverses_id is not None,
        }
        for one in told[:50]
    ]  # fmt: skip
    entity["referrals"] = [
        {"authority": one.authority, "note": one.reason, "sealed": one.sealed, "at": iso(one.referred_at),
         "hold_ids": [services.ids.encode(ident) for ident in one.hold_ids]}
        for one in await referrals_of(services.database, decision_id)
    ]  # fmt: skip
    return json_answer(entity)


async def decision_entities(services: Services, found: list[Decision]) -> list[dict[str, Any]]:
    """Decisions as the desk shows them."""
    counts = await effect_counts(services.database, [one.id for one in found])
    names = await names_of(services, [ident for one in found for ident in (one.actor_id, one.undone_by)])
    return [_entity(services, one, counts.get(one.id), names) for one in found]


def _entity(
    services: Services, one: Decision, counts: EffectCounts | None, names: dict[int, dict[str, Any]]
) -> dict[str, Any]:
    ruling = msgspec.to_builtins(one.ruling)
    if one.ruling.account_ids is not None:
        ruling["account_ids"] = [services.ids.encode(ident) for ident in one.ruling.account_ids]
    undone = None
    if one.undone_at is not None:
        undone = {
            "at": iso(one.undone_at), "by": names.get(one.undone_by or 0), "reason": one.undone_reason,
            "settled_at": iso(one.undo_settled_at), "record_id": one.undo_record_id,
        }  # fmt: skip
    return {
        "id": services.ids.encode(one.id),
        "kind": one.kind,
        "case_id": public_id(services, one.case_id),
        "parent_id": public_id(services, one.parent_id),
        "plan_id": public_id(services, one.plan_id),
        "by": names.get(one.actor_id or 0),
        "made_by": one.made_by,
        "policy": one.policy,
        "rule": one.versions.rule,
        "model": one.versions.model,
        "outcome": one.outcome,
        "ruling": ruling,
        "subjects": one.subjects,
        "lane": one.lane,
        "automated_detection": one.automated_detection,
        "automation": one.automation,
        "record_id": one.record_id,
        "made_at": iso(one.made_at),
        "settled_at": iso(one.settled_at),
        "effects": None if counts is None else msgspec.to_builtins(counts),
        "undone": undone,
    }
