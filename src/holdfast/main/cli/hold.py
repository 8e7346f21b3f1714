"""`holdfast hold`: keep from deletion what an authority or a dispute needs, and let go of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid, NotFound

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database
    from holdfast.platform.ids import PublicIds
    from holdfast.records.holds import Hold, HoldQuery

app = typer.Typer(help="Legal holds: what no deletion may remove.", no_args_is_help=True)

HoldId = Annotated[str, typer.Argument(metavar="ID", help="As `holdfast hold list` has it.")]
_LISTED_MAX = 10_000


@app.command("place")
def place_hold(
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the hold, shown to the staff alone.")],
    *,
    account: Annotated[str | None, typer.Option("--account", metavar="NAME", help="Everything of an account.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Of the account only what was made from then on.")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="TIME", help="Of the account only what was made before.")
    ] = None,
    thread: Annotated[str | None, typer.Option("--thread", metavar="ID", help="A post; its whole thread.")] = None,
    post: Annotated[str | None, typer.Option("--post", metavar="ID", help="One post.")] = None,
    media: Annotated[str | None, typer.Option("--media", metavar="ID", help="One upload.")] = None,
    report: Annotated[str | None, typer.Option("--report", metavar="ID", help="What a report names.")] = None,
    notice: Annotated[str | None, typer.Option("--notice", metavar="ID", help="What a notice names.")] = None,
    authority: Annotated[
        str, typer.Option("--authority", help="Who demands it: a court and a number, an office, a contract.")
    ] = "",
    until: Annotated[
        str | None, typer.Option("--until", metavar="TIME", help="Released by itself then. Default: never.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Keep what is found now and later from being deleted. Exactly one of the first options says what."""
    named = {
        "account": account,
        "thread": thread,
        "post": post,
        "media": media,
        "report": report,
        "notice": notice,
    }
    given = [(scope, value) for scope, value in named.items() if value is not None]
    if len(given) != 1:
        raise Invalid("say what is held with one of --account, --thread, --post, --media, --report, --notice")

    async def work(database: Database, ids: PublicIds) -> dict[str, Any]:
        from holdfast.records.holds import Terms
        from holdfast.trust.preservation import place
        from holdfast.trust.staff_actions import OPERATOR

        now = SystemClock().now()
        query = await _query(database, ids, *given[0])
        bounds = {"since": since, "before": before}
        query = _within(
            query, {name: instant_of(text, f"--{name}", now) for name, text in bounds.items() if text}
        )
        terms = Terms(reason, authority, instant_of(until, "--until", now) if until else None)
        async with database.transaction() as tx:
            return _facts(await place(tx, OPERATOR, query, terms, now=now), ids)

    facts = _run(data, work)
    if as_json:
        print_json(facts)
    else:
        print(f"hold {facts['id']} of {facts['scope']} {facts['of']} is in force")


@app.command("list")
def list_holds(
    ended: Annotated[
        bool, typer.Option("--all", help="Those that were released too.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the holds in force, the newest first, and how many erasures wait for each."""

    async def work(database: Database, ids: PublicIds) -> list[dict[str, Any]]:
        from holdfast.pure.window import Window
        from holdfast.records.holds import holds

        return [_facts(one, ids) for one in await holds(database, Window(_LISTED_MAX), ended=ended)]

    rows = _run(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = f"released {row['released_at']:%Y-%m-%d}" if row["released_at"] else "in force"
        waiting = f"  {row['waiting']} erasures wait" if row["waiting"] else ""
        print(f"{row['id']}  {state}  {row['scope']} {row['of']}  {row['reason']}{waiting}")
    if not rows:
        print("no holds")


@app.command("release")
def release_hold(
    ident: HoldId,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the hold.")],
    data: DataOption = None,
) -> None:
    """Let go: what was to be deleted meanwhile, and is kept by no other hold, is deleted by the worker."""

    async def work(database: Database, ids: PublicIds) -> int:
        from holdfast.trust.preservation import release
        from holdfast.trust.staff_actions import OPERATOR

        hold_id = ids.decode(ident)
        if hold_id is None:
            raise NotFound(f"{ident} is not the id of a hold")
        async with database.transaction() as tx:
            return (await release(tx, OPERATOR, hold_id, reason=reason, now=SystemClock().now())).waiting

    waiting = _run(data, work)
    print(f"hold {ident} is released; {waiting} erasures waited for it")


async def _query(database: Database, ids: PublicIds, scope: str, value: str) -> HoldQuery:
    from holdfast.records.holds import HoldQuery, Scope
    from holdfast.social.accounts import find_by_handle

    if scope == "account":
        found = await find_by_handle(database, value.strip().removeprefix("@"))
        if found is None:
            raise NotFound(f"there is no account {value}")
        return HoldQuery(Scope.ACCOUNT, found)
    ident = ids.decode(value)
    if ident is None:
        raise NotFound(f"{value} is not the id of a {scope}")
    return HoldQuery(Scope(scope), ident)


def _within(query: HoldQuery, bounds: dict[str, Any]) -> HoldQuery:
    import msgspec

    return msgspec.structs.replace(query, **bounds)


def _facts(hold: Hold, ids: PublicIds) -> dict[str, Any]:
    return {
        "id": ids.encode(hold.id), "scope": hold.query.scope.value, "of": ids.encode(hold.query.id),
        "since": hold.query.since, "before": hold.query.before, "reason": hold.terms.reason,
        "authority": hold.terms.authority, "until": hold.terms.expires_at, "placed_at": hold.placed_at,
        "placed_by": ids.encode(hold.placed_by) if hold.placed_by else None, "released_at": hold.released_at,
        "release_reason": hold.release_reason, "record_id": hold.record_id, "waiting": hold.waiting,
    }  # fmt: skip


def _run(data: Path | None, work: Callable[[Database, PublicIds], Awaitable[Any]]) -> Any:
    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database
        from holdfast.platform.crypto import Keyring
        from holdfast.platform.ids import PublicIds
        from holdfast.platform.master_key import load_master_key

        ids = PublicIds(Keyring(load_master_key(settings)).derive("public ids"))
        async with open_database(settings) as database:
            return await work(database, ids)

    return with_database(command_settings(data), inside)
