"""`holdfast drill`: does the site really come back?"""

from __future__ import annotations

import asyncio
import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.relaunch import (
    CredentialsOption,
    FromOption,
    KeyOption,
    SharesOption,
    identity_from,
    phases_shown,
    sources_of,
)
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.continuity.drills import DrillReport, RecordedDrill
    from holdfast.platform.config import Settings

app = typer.Typer(
    help="Drills: the site is brought back from one store and looked at (docs/guide/drills.md).",
    no_args_is_help=True,
)

ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Keep the report, to record it on the server.", show_default=False)
]  # fmt: skip


@app.callback()
def _drill() -> None:
    """Drills: the site is brought back from one store and looked at (docs/guide/drills.md)."""


@app.command()
def run(
    *,
    source: FromOption,
    key: KeyOption = None,
    shares: SharesOption = False,
    store: Annotated[str, typer.Option("--store", metavar="NAME", help="From this one; else one is drawn.", show_default=False)] = "",
    work: Annotated[
        Path | None, typer.Option("--work", metavar="DIR", help="Where the copy lives while it lasts.", show_default="a folder for temporary files")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the copy there.", show_default=False)] = False,
    credentials: CredentialsOption = None,
    report: ReportOption = None,
    record: Annotated[
        bool, typer.Option("--record", help="Record it at the site whose data folder this machine has.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Bring the site back from one store alone, serve it, post, look at everything. Exit status 1 when something was wrong."""
    from holdfast.main.drilling import Drill
    from holdfast.main.relaunching import Wishes
    from holdfast.platform.clock import SystemClock

    identity = identity_from(key, shares=shares)
    sources = sources_of(source, credentials)
    if work is not None:
        work.mkdir(mode=0o711, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="holdfast-drill-", dir=work))
    folder.chmod(0o711)
    try:
        with phases_shown() as progress:
            drill = Drill(
                command_settings(folder / "data"), Wishes(sources, identity), clock=SystemClock(), progress=progress,
                draw=random.SystemRandom().choice,
            )  # fmt: skip
            found = asyncio.run(drill.run(store))
    finally:
        if keep:
            typer.echo(f"the copy is in {folder / 'data'}", err=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if report is not None:
        report.write_bytes(found.encode() + b"\n")
    made = _recorded(data, found) if record else None
    show(found, as_json=as_json)
    if made is not None:
        typer.echo(f"recorded as {made.record_id}", err=True)
    if not found.passed:
        raise typer.Exit(1)


@app.command("record")
def record_one(
    report: Annotated[Path, typer.Argument(metavar="FILE", help="A report that `drill run --report` kept.")],
    data: DataOption = None,
) -> None:
    """Bring a report that was made on another machine onto the record of the site."""
    import msgspec

    from holdfast.continuity.drills import read_report

    try:
        found = read_report(report.read_bytes())
    except OSError as error:
        raise Invalid(f"{report} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise Invalid(f"{report} is no report of a drill: {error}") from error
    print(f"recorded as {_recorded(data, found).record_id}")


@app.command("list")
def list_drills(
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="How many.")] = 10,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the drills on the record, the newest first. Exit status 1 when none passed within eight days."""
    from holdfast.continuity.drills import drills, is_stale, last_passed
    from holdfast.platform.clock import SystemClock

    async def work(ready: Settings) -> tuple[list[RecordedDrill], bool]:
        from holdfast.main.wiring import open_database

        async with open_database(ready, 1) as database:
            return await drills(database, most=most), is_stale(
                await last_passed(database), SystemClock().now()
            )

    found, stale = with_database(command_settings(data), work)
    if as_json:
        print_json(
            {"stale": stale, "drills": [{"record_id": one.record_id, **_facts(one.report)} for one in found]}
        )
    else:
        for one in found:
            how = "passed" if one.report.passed else "FAILED"
            back = f"{one.report.rto_seconds:.1f} s" if one.report.rto_seconds is not None else "not back"
            print(
                f"{one.report.started_at:%Y-%m-%d %H:%M}  {how}  {one.report.store}  {back}  {one.record_id}"
            )
        if stale:
            print("No drill passed within eight days: `holdfast drill run`.")
    if stale:
        raise typer.Exit(1)


def show(report: DrillReport, *, as_json: bool = False) -> None:
    """The report in words or as JSON."""
    if as_json:
        print_json(_facts(report))
        return
    from rich.console import Console
    from rich.text import Text

    from holdfast.main.cli.mirror_setup import size_text
    from holdfast.main.drilling import phases_of

    screen = Console(highlight=False)
    verdict = (
        ("the site comes back", "bold green")
        if report.passed
        else ("the site does NOT come back whole", "bold red")
    )
    screen.print(
        Text.assemble(
            (f"{report.domain}  ", "bold"),
            verdict,
            f"  from {report.store} alone, {size_text(report.size_bytes)}",
        )
    )
    for one in report.checks:
        mark = ("✓", "bold green") if one.ok else ("✗", "bold red")
        screen.print(Text.assemble(mark, f"  {one.name.value:<9} {one.said}"))
    if report.missing_bytes:
        screen.print(
            Text.assemble(
                ("!", "bold yellow"),
                f"  {report.missing_bytes} bytes of log are known of and not at this store",
            )
        )
    spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in phases_of(report))
    screen.print(f"seconds: {spent}")


def _facts(report: DrillReport) -> dict[str, Any]:
    import msgspec

    return {"passed": report.passed, "digest": report.digest.hex(), **msgspec.to_builtins(report)}


def _recorded(data: Path | None, report: DrillReport) -> RecordedDrill:
    async def work(ready: Settings) -> RecordedDrill:
        from holdfast.continuity.drills import record_drill
        from holdfast.main.wiring import open_database
        from holdfast.platform.clock import SystemClock

        async with open_database(ready, 1) as database:
            if report.domain != ready.domain:
                raise Invalid(f"this drill was of {report.domain}, and this site is {ready.domain}")
            async with database.transaction() as tx:
                return await record_drill(tx, report, now=SystemClock().now())

    return with_database(command_settings(data), work)
