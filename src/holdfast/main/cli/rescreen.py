"""`holdfast moderation rescreen`: stored posts get the verdict of the screening now in force."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.main.cli.loaded_rules import usable_screen
from holdfast.main.judging_pool import MAX_WORKERS, usable_cores
from holdfast.platform.config import Settings
from holdfast.trust.rescreening import Rescreening, last_rescreening

_CONNECTIONS = 3
_BULK_STATEMENT_SECONDS = 600

app = typer.Typer(
    help="Judge stored posts again with the screening now in force.", invoke_without_command=True
)

Advance = Callable[[Rescreening], None]


@app.callback()
def rescreen(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only posts since then: 2026-01-31, or 30d.")
    ] = None,
    may_hold: Annotated[
        bool,
        typer.Option("--may-hold", help="Hide posts that would be held today, instead of flagging them."),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=MAX_WORKERS, help="Processes that judge.", show_default="one a core"),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge stored posts again with the screening now in force.

    Can be stopped, or killed, and started again: it goes on where it was. Posts that this version has judged are left
    alone. Nothing is refused after the fact, and nothing is hidden without --may-hold.
    """
    if context.invoked_subcommand is not None:
        return
    settings = msgspec.structs.replace(
        command_settings(data),
        statement_timeout_seconds=_BULK_STATEMENT_SECONDS,
        database_pool_size=_CONNECTIONS,
    )
    with _progress() as advance:
        run = with_database(
            settings, lambda ready: _rescreen(ready, since, may_hold, workers or usable_cores(), advance)
        )
    _show(run, as_json)


@app.command()
def status(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print how far the re-screening is, or how the last one ended."""

    async def inside(settings: Settings) -> Rescreening | None:
        from holdfast.main.wiring import open_database

        async with open_database(settings, _CONNECTIONS) as database:
            return await last_rescreening(database)

    run = with_database(command_settings(data), inside)
    if run is not None:
        _show(run, as_json)
    elif as_json:
        print_json(None)
    else:
        print("no re-screening was started yet; begin one with: holdfast moderation rescreen")


async def _rescreen(
    settings: Settings, since: str | None, may_hold: bool, workers: int, advance: Advance
) -> Rescreening:
    from holdfast.main.rescreen_run import rescreen as run_rescreening
    from holdfast.main.screening_choice import model_choice
    from holdfast.main.wiring import open_database
    from holdfast.platform.clock import SystemClock

    clock = SystemClock()
    rules: Path | None = settings.screening_rules_file
    start = None if since is None else instant_of(since, "--since", clock.now())
    async with open_database(settings) as database:
        return await run_rescreening(
            database,
            clock,
            usable_screen(rules, model_choice(settings)),
            rules,
            model=model_choice(settings),
            since=start,
            may_hold=may_hold,
            workers=workers,
            advance=advance,
        )


@contextmanager
def _progress() -> Iterator[Advance]:
    """A bar over the posts; nothing when nobody watches."""
    if not sys.stderr.isatty():
        yield lambda run: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("re-screening"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[flagged]:,} flagged, {task.fields[held]:,} held"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("re-screening", total=None, flagged=0, held=0)
        yield lambda run: bar.update(
            task, total=run.total, completed=run.looked_at, flagged=run.done.flagged, held=run.done.held
        )


def facts(run: Rescreening) -> dict[str, Any]:
    """What `--json` prints."""
    done = run.done
    return {
        "version": run.version,
        "finished": run.finished_at is not None,
        "may_hold": run.may_hold,
        "posts": run.total,
        "looked_at": run.looked_at,
        "judged": done.recorded,
        "unchanged_version": run.looked_at - done.recorded - done.skipped,
        "newly_flagged": done.flagged,
        "newly_held": done.held,
        "released_before": done.decided,
        "changed_meanwhile": done.skipped,
        "started_at": run.started_at,
        "updated_at": run.updated_at,
        "finished_at": run.finished_at,
    }


def _show(run: Rescreening, as_json: bool) -> None:
    if as_json:
        print_json(facts(run))
        return
    done = run.done
    state = "finished" if run.finished_at is not None else "not finished"
    print(f"{run.version}: {state}, {run.looked_at:,} of {run.total:,} posts looked at")
    print(f"judged    {done.recorded:,} (the others have a verdict of this version)")
    print(f"flagged   {done.flagged:,} that were not")
    print(f"held      {done.held:,}" + ("" if run.may_hold else " (needs --may-hold)"))
    if done.decided:
        print(f"kept      {done.decided:,} that a person had released")
    if done.skipped:
        print(f"skipped   {done.skipped:,} edited, judged or deleted meanwhile")
    if run.finished_at is None:
        print("it goes on with: holdfast moderation rescreen")
