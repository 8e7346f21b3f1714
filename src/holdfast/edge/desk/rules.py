"""Screening rules: where each stands, what it hits, trials on what was posted, and the steps from stage to stage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from ...pure.errors import Invalid, NotFound
from ...pure.permissions import Permission, permits
from ...screening import Rule, RuleSet
from ...screening.lifecycle import STAGES, STEPS, Stage, Standing, effective
from ...screening.state import Figures, figures, standings, steps, take_step
from ...trust.simulation import Sample, Simulation
from ...trust.trials import Trial, TrialState, begin_trial, get_trial, rule_hits, trials
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .render import items
from .routes import API, ScopedAccess, iso, limit_of, names_of, staff_of

routes = RouteTable()
_ONE = f"{API}/rules/{{name}}"
_MANAGE = Access.staff(Permission.MANAGE_RULES, "admin:write:reports")
_DAYS = 7
_DAYS_MOST = 366
_HITS_SHOWN = 50
_STEPS_SHOWN = 50


class DaysQuery(msgspec.Struct):
    """How far back figures and hits go."""

    days: int = _DAYS


class StageForm(msgspec.Struct):
    """Where the rule goes, and why; `share` (0 to 1) of the authors for a canary."""

    to: str = ""
    share: float = 0.0
    reason: str = ""


class TrialForm(msgspec.Struct):
    """What is tried: a rule of those in force as if it were live, or a rule file's text; on so many of the newest posts."""

    rule: str = ""
    source: str = ""
    posts: int = 2000


@routes.get(f"{API}/rules", ScopedAccess.read)
async def show_all(call: Call) -> Answer:
    """Every rule with its stage and what it did, and what is wrong with the rule file."""
    asked, services = await call.params(DaysQuery), call.services
    rules = _rules(services)
    did = {row.rule_id: row for row in await figures(services.database, _since(call, asked))}
    recorded = await standings(services.database)
    return json_answer(
        {
            "version": rules.version,
            "may_change": _may_change(call),
            "rules": [_entity(one, _standing(one, recorded), did.get(one.source.id)) for one in rules.rules],
            "problems": [str(problem) for problem in rules.problems],
            "heads": [
                {"id": name, "stage": standing.stage, "model": standing.fingerprint}
                for name, standing in sorted(recorded.items())
                if name.startswith("model.")
            ],
            "posts_most": services.settings.rule_trial_posts,
        }
    )


@routes.get(_ONE, ScopedAccess.read)
async def show(call: Call) -> Answer:
    """One rule: what it looks for, what it did, the steps that it took, where it may go, and its newest hits."""
    asked, services = await call.params(DaysQuery), call.services
    rule = _rule(services, call.segment("name"))
    since = _since(call, asked)
    did = {row.rule_id: row for row in await figures(services.database, since)}
    standing = _standing(rule, await standings(services.database))
    taken = await steps(services.database, rule.source.id, limit=_STEPS_SHOWN)
    hits = await rule_hits(services.database, rule.source.id, since, limit=_HITS_SHOWN)
    posts = await items(services, await call.viewer(), [one.post_id for one in hits])
    source = rule.source
    return json_answer(
        {
            **_entity(rule, standing, did.get(source.id)),
            "file_version": _rules(services).version,
            "may_change": _may_change(call),
            "when": source.when,
            "reason": source.reason,
            "languages": source.languages,
            "unless": source.unless,
            "soften": source.soften,
            "quoted": source.quoted,
            "runaway": source.runaway,
            "next": list(STEPS[standing.stage]),
            "steps": [{**msgspec.to_builtins(one), "at": iso(one.at)} for one in taken],
            "hits": [
                {"post": posts[one.post_id], "action": one.action, "version": one.version, "at": iso(one.at)}
                for one in hits
                if one.post_id in posts
            ],
        }
    )


@routes.post(f"{_ONE}/stage", _MANAGE)
async def step(call: Call) -> Answer:
    """Take a rule to another stage; running servers follow at their next post."""
    asked, services = await call.params(StageForm), call.services
    rule = _rule(services, call.segment("name"))
    stage: Stage | None = next((one for one in STAGES if one == asked.to), None)
    if stage is None:
        raise Invalid(f"to: one of {', '.join(STAGES)}")
    who = (await names_of(services, [call.actor.account_id])).get(call.actor.account_id, {})
    async with services.database.transaction() as tx:
        standing = await take_step(
            tx,
            rule,
            stage,
            share=asked.share,
            taken_by=f"@{who.get('acct', '?')}",
            reason=asked.reason,
            now=call.now,
        )
    return json_answer(_entity(rule, standing, None))


@routes.post(f"{API}/rule_trials", ScopedAccess.write)
async def begin(call: Call) -> Answer:
    """Try a rule on what was posted. Changes nothing; ask for it again until it is done."""
    asked, services = await call.params(TrialForm), call.services
    rule = _rule(services, asked.rule).source.id if asked.rule else None
    async with services.database.transaction() as tx:
        found = await begin_trial(
            tx, staff_of(call), rule_id=rule, source=asked.source, posts=asked.posts,
            most=services.settings.rule_trial_posts, now=call.now,
        )  # fmt: skip
    return json_answer(await _trial(call, found))


@routes.get(f"{API}/rule_trials", ScopedAccess.read)
async def show_trials(call: Call) -> Answer:
    """Trials, the newest first, without what they found."""
    found = await trials(call.services.database, limit=limit_of(0, 20))
    return json_answer([await _trial(call, one, whole=False) for one in found])


@routes.get(f"{API}/rule_trials/{{id}}", ScopedAccess.read)
async def show_trial(call: Call) -> Answer:
    """One, with what it found once it is done."""
    return json_answer(await _trial(call, await get_trial(call.services.database, call.id_segment())))


def _rules(services: Services) -> RuleSet:
    rules = services.screen.rules
    if rules is None:
        raise NotFound
    return rules


def _rule(services: Services, name: str) -> Rule:
    found = next((one for one in _rules(services).rules if one.source.id == name), None)
    if found is None:
        raise NotFound
    return found


def _since(call: Call, asked: DaysQuery) -> Any:
    return call.now - timedelta(days=min(max(asked.days, 1), _DAYS_MOST))


def _standing(rule: Rule, recorded: dict[str, Standing]) -> Standing:
    return effective(rule.source.stage, rule.fingerprint, recorded.get(rule.source.id))


def _may_change(call: Call) -> bool:
    return permits(call.actor.role, Permission.MANAGE_RULES)


def _entity(rule: Rule, standing: Standing, did: Figures | None) -> dict[str, Any]:
    return {
        "id": rule.source.id,
        "title": rule.source.title,
        "lane": rule.source.lane,
        "action": rule.action,
        "stage": standing.stage,
        "share": standing.share if standing.stage == "canary" else None,
        "fingerprint": rule.fingerprint,
        "posts": did.posts if did else 0,
        "hits": did.hits if did else 0,
        "authors": did.authors if did else 0,
        "errors": did.errors if did else 0,
        "mean_us": None if did is None or did.mean_us is None else round(did.mean_us, 1),
        "last_hit_at": iso(did.last_hit_at) if did else None,
    }


async def _trial(call: Call, one: Trial, *, whole: bool = True) -> dict[str, Any]:
    services = call.services
    by = await names_of(services, [one.asked_by])
    entity: dict[str, Any] = {
        "id": services.ids.encode(one.id),
        "rule": one.rule_id,
        "source": one.source,
        "posts": one.posts,
        "state": one.state.value,
        "problem": one.problem,
        "asked_by": by.get(one.asked_by or 0),
        "asked_at": iso(one.asked_at),
        "done_at": iso(one.done_at),
    }
    if whole and one.state is TrialState.DONE and one.result is not None:
        entity["found"] = await _found(call, one, msgspec.json.decode(one.result, type=Simulation))
    return entity


async def _found(call: Call, trial: Trial, found: Simulation) -> dict[str, Any]:
    """What the rules that were tried would have done, and some of the posts, as they are now."""
    services = call.services
    known = {rule.source.id for rule in _rules(services).rules}
    tried = [
        one
        for one in found.rules
        if one.id == trial.rule_id or (trial.rule_id is None and one.id not in known)
    ] or [one for one in found.rules if one.newly]
    samples = [*found.newly_samples, *found.no_longer_samples]
    posts = await items(services, await call.viewer(), [one.post_id for one in samples])

    def shown(some: list[Sample]) -> list[dict[str, Any]]:
        return [
            {
                "post": posts[one.post_id],
                "action": one.action,
                "before": one.action_in_force,
                "rules": one.rules,
            }
            for one in some
            if one.post_id in posts
        ]

    return {
        "posts": found.posts,
        "seconds": round(found.seconds, 1),
        "first_at": iso(found.first_at),
        "last_at": iso(found.last_at),
        "rules": [msgspec.to_builtins(one) for one in tried],
        "moves": found.moves,
        "newly": found.newly_acted_on,
        "no_longer": found.no_longer_acted_on,
        "accounts_newly": found.accounts_newly,
        "queue_per_day": [found.queue_in_force.per_day_mean, found.queue.per_day_mean],
        "newly_samples": shown(found.newly_samples),
        "no_longer_samples": shown(found.no_longer_samples),
    }
