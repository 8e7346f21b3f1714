"""`holdfast moderation decide, undo, bulk, run-plan, revert-rule`: the desk's decisions from the terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database
    from holdfast.platform.ids import PublicIds
    from holdfast.trust.bulk import BulkPreview, BulkQuery
    from holdfast.trust.decisions import Preview, Ruling

ActionOption = Annotated[
    list[str],
    typer.Option(
        "--action", metavar="ACTION[:DETAIL]",
        help="withdraw, hide, label:adults-only, strike:30, suspend, no_violation ...; may be repeated.",
    ),
]  # fmt: skip
PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="ID[@VERSION]", help="The policy it rests on.")
]
FactsOption = Annotated[str, typer.Option("--facts", help="What happened; the member is told.")]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="TIME", help="When everything that can end ends by itself.")
]
ReasonOption = Annotated[str, typer.Option("--reason", help="For the staff alone.")]
ReadOption = Annotated[bool, typer.Option("--yes", help="Run the plan at once, without looking at it.")]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="TIME")]
BeforeOption = Annotated[str | None, typer.Option("--before", metavar="TIME")]


def decide(
    case: Annotated[str, typer.Argument(metavar="CASE", help="As the desk has it.")],
    action: ActionOption,
    policy: PolicyOption = "",
    facts: FactsOption = "",
    until: UntilOption = None,
    reason: ReasonOption = "",
    *,
    preview: Annotated[bool, typer.Option("--preview", help="Say what it would do, and do nothing.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide about a case, as the operator."""

    async def work(database: Database, ids: PublicIds, _settings: Settings) -> Any:
        from holdfast.trust import cases, decisions
        from holdfast.trust.staff_actions import OPERATOR

        now, case_id = SystemClock().now(), _id(ids, case, "case")
        ruling = _ruling(action, policy, facts, until, reason)
        if preview:
            return await decisions.preview(database, OPERATOR, case_id, ruling=ruling, now=now)
        version = (await cases.get_case(database, case_id)).version
        async with database.transaction() as tx:
            made = await decisions.decide(tx, OPERATOR, case_id, version=version, ruling=ruling, now=now)
        return {"decision": ids.encode(made.id), "outcome": made.outcome, "record_id": made.record_id}

    done = _run(data, work)
    if as_json:
        print_json(done)
    elif preview:
        _print_preview(done)
    else:
        print(f"decision {done['decision']} ({done['outcome']})")


def _print_preview(planned: Preview) -> None:
    print(
        f"would reach {planned.posts} posts of {planned.accounts_total} accounts; {planned.told} members would be told"
    )
    for one in planned.planned:
        print(f"  {one.kind:<8} {one.aspect}: {one.value}  ({one.would_change} of {one.things} would change)")
    for account in planned.accounts:
        where = f"@{account.username}" + (f"@{account.domain}" if account.domain else "")
        print(f"  {where}  {account.followers} followers, {account.posts} posts here")
    if planned.too_high:
        print("not allowed: some of these accounts are of the same or a higher role")


def undo(
    decision: Annotated[str, typer.Argument(metavar="DECISION")],
    reason: ReasonOption = "",
    reopen: Annotated[bool, typer.Option("--reopen", help="The case needs somebody again.")] = False,
    data: DataOption = None,
) -> None:
    """Take a decision back, with everything that it did: one about a case, or one in bulk."""

    async def work(database: Database, ids: PublicIds, _settings: Settings) -> None:
        from holdfast.trust import decisions
        from holdfast.trust.staff_actions import OPERATOR

        async with database.transaction() as tx:
            await decisions.undo(
                tx,
                OPERATOR,
                _id(ids, decision, "decision"),
                reason=reason,
                reopen=reopen,
                now=SystemClock().now(),
            )

    _run(data, work)
    print(f"decision {decision} is taken back")


def bulk(
    action: ActionOption,
    *,
    policy: PolicyOption = "",
    facts: FactsOption = "",
    account: Annotated[str, typer.Option("--account", metavar="NAME", help="Posts of this account.")] = "",
    rule: Annotated[
        str, typer.Option("--rule", metavar="RULE[@VERSION]", help="Posts that this rule hit.")
    ] = "",
    domain: Annotated[str, typer.Option("--domain", help="Posts of authors of this server.")] = "",
    link: Annotated[str, typer.Option("--link", help="Posts with this link in their text.")] = "",
    text: Annotated[str, typer.Option("--text", help="Posts that contain this.")] = "",
    verdict: Annotated[
        str, typer.Option("--verdict", help="What screening said last: allow, flag or hold.")
    ] = "",
    since: SinceOption = None,
    before: BeforeOption = None,
    until: UntilOption = None,
    reason: ReasonOption = "",
    yes: ReadOption = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Plan one decision about every post that a query finds. Nothing is done before `holdfast moderation run-plan`."""

    async def work(database: Database, ids: PublicIds, settings: Settings) -> Any:
        from holdfast.social.accounts import find_by_handle
        from holdfast.trust.bulk import BulkQuery

        now = SystemClock().now()
        account_id = None
        if account:
            name, _, where = account.removeprefix("@").partition("@")
            account_id = await find_by_handle(database, name, where or None)
            if account_id is None:
                raise Invalid(f"there is no account {account}")
        name, _, version = rule.partition("@")
        if verdict not in ("", "allow", "flag", "hold"):
            raise Invalid("--verdict is allow, flag or hold")
        query = BulkQuery(
            account_id, name, version, instant_of(since, "--since", now) if since else None,
            instant_of(before, "--before", now) if before else None, domain, link, text, verdict,  # type: ignore[arg-type]
        )  # fmt: skip
        return await _plan(
            database, ids, settings, query, _ruling(action, policy, facts, until, reason), run=yes
        )

    _print_plan(_run(data, work), as_json=as_json)


def revert_rule(
    rule: Annotated[str, typer.Argument(metavar="RULE[@VERSION]")],
    since: SinceOption = None,
    before: BeforeOption = None,
    reason: ReasonOption = "",
    *,
    yes: ReadOption = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Plan to take back everything that a rule did by itself between two times: what it holds, and its decisions."""

    async def work(database: Database, ids: PublicIds, settings: Settings) -> Any:
        from holdfast.trust.bulk import BulkQuery

        now = SystemClock().now()
        name, _, version = rule.partition("@")
        query = BulkQuery(
            rule=name, rule_version=version, since=instant_of(since, "--since", now) if since else None,
            until=instant_of(before, "--before", now) if before else None, reverts=True,
        )  # fmt: skip
        return await _plan(
            database, ids, settings, query, _ruling(["restore"], "", "", None, reason), run=yes
        )

    _print_plan(_run(data, work), as_json=as_json)


def run_plan(
    plan: Annotated[str, typer.Argument(metavar="PLAN")],
    digest: Annotated[str, typer.Argument(metavar="DIGEST", help="As the plan printed it.")],
    data: DataOption = None,
) -> None:
    """Do what a plan says, if it would still do exactly what it said."""

    async def work(database: Database, ids: PublicIds, settings: Settings) -> str:
        return await _run_plan(database, ids, settings, _id(ids, plan, "plan"), digest)

    print(f"decision {_run(data, work)}: `holdfast moderation undo` takes it back as a whole")


async def _plan(
    database: Database, ids: PublicIds, settings: Settings, query: BulkQuery, ruling: Ruling, *, run: bool
) -> dict[str, Any]:
    from holdfast.trust.bulk import BulkLimits, plan_bulk
    from holdfast.trust.staff_actions import OPERATOR

    limits = BulkLimits(settings.bulk_most, settings.bulk_second_person_above)
    async with database.transaction() as tx:
        found = await plan_bulk(
            tx, OPERATOR, query, ruling, own_domain=settings.domain, limits=limits, now=SystemClock().now()
        )
    decision = await _run_plan(database, ids, settings, found.plan.id, found.plan.digest) if run else None
    return _planned(ids, found) | {"decision": decision}


async def _run_plan(database: Database, ids: PublicIds, settings: Settings, plan_id: int, digest: str) -> str:
    from holdfast.trust.bulk import BulkLimits
    from holdfast.trust.bulk import run_plan as run
    from holdfast.trust.staff_actions import OPERATOR

    limits = BulkLimits(settings.bulk_most, settings.bulk_second_person_above)
    async with database.transaction() as tx:
        made = await run(
            tx, OPERATOR, plan_id, digest=digest, own_domain=settings.domain, limits=limits,
            now=SystemClock().now(),
        )  # fmt: skip
    return ids.encode(made.id)


def _planned(ids: PublicIds, found: BulkPreview) -> dict[str, Any]:
    return {
        "plan": ids.encode(found.plan.id), "digest": found.plan.digest, "found": found.plan.found,
        "accounts": found.plan.accounts, "told": found.told, "sample": [ids.encode(ident) for ident in found.sample],
        "largest": [{"account": one.person.username, "posts": one.posts} for one in found.largest],
        "changes": [
            {"aspect": one.aspect, "value": one.value, "things": one.things, "would_change": one.would_change}
            for one in found.planned
        ],
    }  # fmt: skip


def _print_plan(plan: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(plan)
        return
    print(f"{plan['found']} things of {plan['accounts']} accounts; {plan['told']} members would be told")
    for one in plan["changes"]:
        print(f"  {one['aspect']} = {one['value']}: {one['would_change']} of {one['things']} would change")
    for one in plan["largest"]:
        print(f"  @{one['account']}: {one['posts']} posts")
    if plan["decision"]:
        print(f"decision {plan['decision']}: `holdfast moderation undo` takes it back as a whole")
    else:
        print(f"holdfast moderation run-plan {plan['plan']} {plan['digest']}")


def _ruling(actions: list[str], policy: str, facts: str, until: str | None, reason: str) -> Ruling:
    from holdfast.trust.decisions import MAY_END, Action, Ruling
    from holdfast.trust.effects import ActionKind

    ends = None if until is None else instant_of(until, "--until", SystemClock().now())
    made = []
    for written in actions:
        name, _, detail = written.partition(":")
        if name not in tuple(ActionKind):
            raise Invalid(f"--action {name!r} is none of {', '.join(ActionKind)}")
        kind = ActionKind(name)
        end = ends if kind in MAY_END else None
        if kind is ActionKind.STRIKE:
            if not detail.isdecimal():
                raise Invalid("--action strike needs its weight, such as strike:30")
            made.append(Action(kind, end, severity=int(detail)))
        elif kind is ActionKind.LABEL:
            made.append(Action(kind, end, label=detail))
        else:
            made.append(Action(kind, end, value=detail))
    return Ruling(tuple(made), policy, facts, reason=reason)


def _id(ids: PublicIds, text: str, what: str) -> int:
    internal = ids.decode(text)
    if internal is None:
        raise Invalid(f"{text} is not the id of a {what}")
    return internal


def _run(data: Path | None, work: Callable[[Database, PublicIds, Settings], Awaitable[Any]]) -> Any:
    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database
        from holdfast.platform.crypto import Keyring
        from holdfast.platform.ids import PublicIds
        from holdfast.platform.master_key import load_master_key

        ids = PublicIds(Keyring(load_master_key(settings)).derive("public ids"))
        async with open_database(settings) as database:
            return await work(database, ids, settings)

    return with_database(command_settings(data), inside)
