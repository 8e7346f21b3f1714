"""`holdfast moderation queue|case|log|rebuild`: the desk and its log from the terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.platform.crypto import Keyring
from holdfast.platform.ids import PublicIds
from holdfast.platform.master_key import load_master_key
from holdfast.pure.errors import NotFound

if TYPE_CHECKING:
    from holdfast.platform.db import Database
    from holdfast.trust.cases import Case
    from holdfast.trust.staff_actions import StaffAction

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Most rows to print.")]
Work = Callable[[Settings, "Database", PublicIds], Awaitable[Any]]
_EXAMPLES = 10


def queue(
    lane: Annotated[str | None, typer.Option("--lane", help="P0 to P4.")] = None,
    name: Annotated[str | None, typer.Option("--queue", help="A named queue.")] = None,
    limit: LimitOption = 20,
    *,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what waits: each lane in numbers, then the cases in the order of work."""

    async def work(settings: Settings, database: Database, ids: PublicIds) -> dict[str, Any]:
        from holdfast.main.desk_clock import capacity_of
        from holdfast.trust.backlog import lane_figures
        from holdfast.trust.cases import CaseReader, QueueFilter

        now = SystemClock().now()
        lanes = await lane_figures(
            database, targets=settings.lane_targets_seconds, capacity=capacity_of(settings), now=now
        )
        found = await CaseReader(database).queue(QueueFilter(queue=name, lane=lane), limit=limit)
        return {
            "lanes": [msgspec.structs.asdict(one) for one in lanes],
            "cases": [_case(one, ids) for one in found],
        }

    facts = _run(data, work)
    if as_json:
        print_json(facts)
        return
    for one in facts["lanes"]:
        breach = one["breach_in_seconds"]
        ahead = "in time" if breach is None else "late" if breach == 0 else f"late in {_span(breach)}"
        print(
            f"{one['lane']}  {one['open']:>6} open  {one['claimed']:>3} claimed  oldest {_span(one['oldest_seconds'])}"
            f" of {_span(one['target_seconds'])}  {ahead}"
        )
    for row in facts["cases"]:
        print(
            f"{row['id']}  {row['lane']} {row['priority']:5.1f}  {row['category']:<16} {row['members']:>4} posts"
            f" {row['signals']:>5} signals  {row['queue']}  {row['opened_at']:%Y-%m-%d %H:%M}"
        )
    if not facts["cases"]:
        print("nothing waits")


def case(
    ident: Annotated[str, typer.Argument(metavar="ID", help="As `moderation queue` prints it.")],
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a case: what it is about, why it is there, and what was done."""

    async def work(_settings: Settings, database: Database, ids: PublicIds) -> dict[str, Any]:
        from holdfast.pure.window import Window
        from holdfast.social.posts import load_posts
        from holdfast.trust.cases import CaseReader
        from holdfast.trust.staff_actions import staff_actions

        internal = ids.decode(ident)
        if internal is None:
            raise NotFound(f"{ident} is not the id of a case")
        reader = CaseReader(database)
        found = await reader.case(internal)
        members = await reader.members(internal, limit=100)
        posts = await load_posts(database, [one.subject.id or 0 for one in members])
        events = await staff_actions(database, Window(100), case_id=internal)
        return {
            **_case(found, ids),
            "explain": found.explain,
            "items": [
                {
                    "kind": one.subject.kind.value,
                    "id": None if one.subject.id is None else ids.encode(one.subject.id),
                    "name": one.subject.name,
                    "joined_as": one.joined_as.value,
                    "after_decision": one.after_decision,
                    "text": posts[one.subject.id].text if one.subject.id in posts else None,
                }
                for one in members
            ],
            "said": [
                {"source": one.source.value, "lane": one.lane, "category": one.category, "rules": one.rules, "at": one.at}
                for one in await reader.signals(internal)
            ],
            "events": [_event(one, ids) for one in events],
        }  # fmt: skip

    facts = _run(data, work)
    if as_json:
        print_json(facts)
        return
    print(
        f"{facts['id']}  {facts['lane']} {facts['priority']:.1f}  {facts['state']}  version {facts['version']}"
        f"  {facts['category']}  queue {facts['queue']}"
    )
    for name, part in facts["explain"].items():
        print(f"  {part['points']:5.1f}  {name}: {part['from']}")
    for row in facts["items"]:
        print(f"  {row['joined_as']:<6} {row['kind']} {row['id'] or row['name']}  {row['text'] or ''!r}")
    for row in facts["events"]:
        print(f"  {row['at']:%Y-%m-%d %H:%M}  {row['verb']}  {row['actor']}  {row['reason']}")


def log(
    case_id: Annotated[str | None, typer.Option("--case", metavar="ID", help="Of one case.")] = None,
    account: Annotated[str | None, typer.Option("--account", metavar="ID", help="Of one account.")] = None,
    limit: LimitOption = 50,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print events of the moderation log, the newest first."""

    async def work(_settings: Settings, database: Database, ids: PublicIds) -> list[dict[str, Any]]:
        from holdfast.pure.window import Window
        from holdfast.trust.staff_actions import staff_actions

        about = {"case_id": case_id, "account_id": account}
        known = {name: None if text is None else ids.decode(text) for name, text in about.items()}
        for name, text in about.items():
            if text is not None and known[name] is None:
                raise NotFound(f"{text} is no id of this server")
        events = await staff_actions(
            database, Window(limit), case_id=known["case_id"], account_id=known["account_id"]
        )
        return [_event(one, ids) for one in events]

    rows = _run(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        print(
            f"{row['at']:%Y-%m-%d %H:%M:%S}  {row['verb']:<24} {row['actor']}  {row['subject']}  {row['reason']}"
        )
    if not rows:
        print("nothing is in the log")


def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; only say what differs.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the status of every subject anew from the log. A server may go on working meanwhile."""

    async def work(_settings: Settings, database: Database, _ids: PublicIds) -> dict[str, Any]:
        from holdfast.trust.staff_actions import Place, Rebuilt, rebuild_page

        done, place = Rebuilt(), Place()
        after: Place | None = place
        while after is not None:
            async with database.transaction() as tx:
                after = await rebuild_page(tx, after, done, write=not check, now=SystemClock().now())
        return msgspec.structs.asdict(done)

    facts = _run(data, work)
    if as_json:
        print_json(facts)
    else:
        verb = "differ" if check else "were put right"
        print(f"{facts['subjects']} subjects, {facts['events']} events, {facts['differing']} {verb}")
        for row in facts["examples"][:_EXAMPLES]:
            print(f"  {row}")
    if check and facts["differing"]:
        raise typer.Exit(1)


def _case(found: Case, ids: PublicIds) -> dict[str, Any]:
    return {
        "id": ids.encode(found.id), "track": found.track, "state": "closed" if found.closed_at else "open",
        "lane": found.lane, "priority": found.priority, "source": found.source.value, "category": found.category,
        "queue": found.queue, "version": found.version, "signals": found.signals, "members": found.members,
        "opened_at": found.opened_at, "closed_at": found.closed_at, "outcome": found.outcome,
    }  # fmt: skip


def _event(event: StaffAction, ids: PublicIds) -> dict[str, Any]:
    subject = event.subject
    named = subject.name if subject.id is None else ids.encode(subject.id)
    return {
        "id": ids.encode(event.id), "at": event.at, "verb": event.verb,
        "actor": event.actor_name or event.actor_kind.value, "subject": f"{subject.kind.value} {named}",
        "reason": event.why.reason, "told": event.why.policy, "policy": event.versions.policy,
        "rule": event.versions.rule, "model": event.versions.model, "record_id": event.record_id,
        "case": None if event.case_id is None else ids.encode(event.case_id),
    }  # fmt: skip


def _span(seconds: float) -> str:
    for length, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _run(data: Any, work: Work) -> Any:
    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database

        ids = PublicIds(Keyring(load_master_key(settings)).derive("public ids"))
        async with open_database(settings) as database:
            return await work(settings, database, ids)

    return with_database(command_settings(data), inside)
