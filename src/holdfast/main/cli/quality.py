"""`holdfast moderation quality|breaker|sample`: how well the desk works, and what happens when there is too much."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.platform.db import Database

_STEPS = 20


def quality(
    days: Annotated[
        int | None, typer.Option("--days", min=1, max=3650, help="How far back.", show_default="quality_window_days")
    ] = None,
    head: Annotated[
        str | None, typer.Option("--restore-head", metavar="model.NAME", help="Let an output of the model hide posts again.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; with --restore-head.")] = "",
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Print agreement, mistakes, misses and what people overturn, each share with its interval."""
    settings = command_settings(data)

    async def work(database: Database) -> dict[str, Any]:
        from holdfast.trust.quality import quality_report

        now = SystemClock().now()
        if head is not None:
            await _restore(database, head, reason)
        return await quality_report(database, now - timedelta(days=days or settings.quality_window_days))

    facts = _run(settings, work)
    if as_json:
        print_json(facts)
        return
    agreement = facts["agreement"]["all"]
    for name, words in (("policy", "which policy, or none"), ("severity", "how much is taken")):
        found = agreement[name]
        value = "too few to say" if found["value"] is None else _between(found)
        print(f"alpha, {words}: {value}  ({found['units']} cases judged twice)")
    for kind, one in facts["errors"].items():
        print(f"{kind.replace('_', ' ')}: {_share(one)}")
    print(f"wrong among posts that nothing flagged: {_share(facts['prevalence'])}")
    recall = facts["recall"]
    print(
        f"found of all that is wrong in public: between {recall['low']:.0%} and {recall['high']:.0%}"
        f"  ({recall['found']} found, {recall['missed_low']:.0f} to {recall['missed_high']:.0f} missed)"
    )
    for source, one in facts["precision"].items():
        print(f"acted on, of what came by {source}: {_share(one)}")
    for rule, one in facts["overturned"].items():
        print(f"overturned, of what {rule} held: {_share(one)}")


def overturns(
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How far back.")] = 90,
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print how often appeals were right, by what they were about, each share with its interval."""

    async def work(database: Database) -> dict[str, Any]:
        from holdfast.trust.appeals import overturn_rates

        now = SystemClock().now()
        found = await overturn_rates(database, now - timedelta(days=days), now)
        return {"rates": [msgspec.structs.asdict(one) for one in found]}

    facts = _run(command_settings(data), work)
    if as_json:
        print_json(facts)
        return
    if not facts["rates"]:
        print("no appeal was answered")
    for one in facts["rates"]:
        low, high = one["interval"]
        share = f"{one['overturned']} of {one['decided']} overturned ({low:.0%} to {high:.0%})"
        print(f"{one['dimension']} {one['value']}: {share}, {one['partial']} in part")


def breaker(
    pause: Annotated[
        int | None, typer.Option("--pause", min=0, metavar="HOURS", help="Leave every stage for so long; 0 ends a pause.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; with --pause.")] = "",
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Print which stage the breaker of the backlog is in, and the last steps; or let it pause."""
    settings = command_settings(data)

    async def work(database: Database) -> dict[str, Any]:
        from holdfast.trust import breaker as room
        from holdfast.trust.staff_actions import OPERATOR

        policy, now = room.stages_of(settings.breaker_stages_file), SystemClock().now()
        if pause is not None:
            async with database.transaction() as tx:
                await room.pause(tx, OPERATOR, policy, hours=pause, reason=reason, now=now)
        found = room.in_force(policy, await room.state_of(database))
        steps = await room.breaker_steps(database, limit=_STEPS)
        paused = found.paused_until if found.paused_until and found.paused_until > now else None
        return {
            "on": settings.backlog_breaker, "stage": found.stage, "name": found.name, "since": found.since,
            "measures": sorted(found.measures), "paused_until": paused, "policy": policy.reference,
            "steps": [
                {"at": one.at, "from": one.from_stage, "to": one.to_stage, "name": one.name, "cause": one.cause,
                 "lane": one.lane, "record_id": one.record_id}
                for one in steps
            ],
        }  # fmt: skip

    facts = _run(settings, work)
    if as_json:
        print_json(facts)
        return
    state = "no stage" if not facts["stage"] else f"stage {facts['stage']}, {facts['name']}"
    paused = f"  paused until {facts['paused_until']:%Y-%m-%d %H:%M}" if facts["paused_until"] else ""
    print(f"{state}{paused}{'' if facts['on'] else '  (switched off by backlog_breaker)'}")
    for name in facts["measures"]:
        print(f"  {name}")
    for one in facts["steps"]:
        lane = f" of {one['lane']}" if one["lane"] else ""
        print(
            f"{one['at']:%Y-%m-%d %H:%M}  {one['from']} -> {one['to']}  {one['name']}  {one['cause']}{lane}"
        )


def sample(
    posts: Annotated[
        int | None, typer.Option("--posts", min=1, max=100_000, help="How many.", show_default="quality_sample_posts")
    ] = None,
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Draw public posts that nothing flagged and put them into the queue, so that what is missed is known."""
    settings = command_settings(data)

    async def work(database: Database) -> dict[str, Any]:
        from holdfast.trust.quality import draw_sample, draws

        async with database.transaction() as tx:
            count = await draw_sample(tx, posts or settings.quality_sample_posts, now=SystemClock().now())
        last = await draws(database, limit=1, kind="sample")
        return {"drawn": count, "last": last[0] if last else None}

    facts = _run(settings, work)
    if as_json:
        print_json(facts)
        return
    print(f"{facts['drawn']} posts wait to be looked at")
    if facts["last"] is not None:
        one = facts["last"]
        print(f"last draw: {one['drawn']} of {one['population']}, seed {one['seed']} ({one['seed_source']})")


async def _restore(database: Database, head: str, reason: str) -> None:
    from holdfast.screening.state import standings, take_head_step

    if not head.startswith("model.") or not reason.strip():
        raise Invalid("--restore-head names an output such as model.incitement, and --reason says why")
    recorded = (await standings(database)).get(head)
    if recorded is None or recorded.stage != "shadow":
        raise Invalid(f"{head} is not in shadow")
    async with database.transaction() as tx:
        await take_head_step(
            tx,
            head,
            recorded.fingerprint,
            "live",
            taken_by="operator",
            reason=reason,
            now=SystemClock().now(),
        )


def _share(one: dict[str, Any]) -> str:
    if not one["n"]:
        return "nothing is known yet"
    return f"{_between(one)}  ({one['k']} of {one['n']})"


def _between(one: dict[str, Any]) -> str:
    return f"{one['value']:.3f}, between {one['low']:.3f} and {one['high']:.3f}"


def _run(settings: Settings, work: Any) -> Any:
    async def inside(loaded: Settings) -> Any:
        from holdfast.main.wiring import open_database

        async with open_database(loaded) as database:
            return await work(database)

    return with_database(settings, inside)
