"""`holdfast transparency`: the figures of any server from its public files; exports for the Digital Services Act."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.main.cli.instants import instant_of
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid

if TYPE_CHECKING:
    from holdfast.main.transparency_counting import Counted, Shown
    from holdfast.platform.config import Settings
    from holdfast.trust.transparency import Batch

app = typer.Typer(
    help="Figures of moderation, counted from public files alone; exports for regulators.",
    no_args_is_help=True,
)


class Form(StrEnum):
    """How figures are printed."""

    JSON = "json"
    CSV = "csv"
    DSA = "dsa"


@app.command()
def compute(
    source: Annotated[
        str, typer.Option("--from", metavar="URL_OR_DIR", help="A server, a log's prefix, or a folder with logs.")
    ],
    *,
    vkey: Annotated[
        list[str] | None,
        typer.Option("--vkey", metavar="VKEY", show_default=False, help="The log's key, else the one beside it. Repeatable."),
    ] = None,
    since: Annotated[str, typer.Option("--since", metavar="MONTH", help="From this month, such as 2026-01.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="MONTH", help="Up to this month, included.")] = "",
    form: Annotated[Form, typer.Option("--format", help="The columns of the report are dsa.")] = Form.JSON,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="DIR", show_default=False, help="Keep the files here, and fetch only new ones next time."),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Count as many records as the server has, and compare with what it shows.")
    ] = False,
) -> None:  # fmt: skip
    """Fetch the public files of a server's ledger, verify them, and count the figures again.

    Exit status: 0 counted (and, with --compare, equal); 1 the files are not what was signed, or cannot be had;
    3 the server shows other figures than its ledger has.
    """
    from holdfast.pure.transparency import DSA_COLUMNS, csv_of, dsa_rows, figures_of, rows_of

    with tempfile.TemporaryDirectory() as passing:
        counted, shown = _counted(source, vkey or [], keep or Path(passing), compare, (since, until))
    for one in counted.checkpoints:
        sys.stderr.write(f"{one.origin}: {one.size:,} records, verified up to its signed root\n")
    figures = figures_of(counted.tally, since=since, until=until)
    tree = msgspec.to_builtins(figures)
    if form is Form.JSON:
        print_json(tree)
    elif form is Form.CSV:
        sys.stdout.write(csv_of(("table", "name", "measure", "value"), rows_of(figures)))
    else:
        name = counted.checkpoints[0].origin.partition("/")[0] if counted.checkpoints else ""
        sys.stdout.write(csv_of(DSA_COLUMNS, dsa_rows(figures, service=name)))
    if shown is not None:
        same = shown.figures == tree
        sys.stderr.write(
            "the server shows the same figures\n" if same else "the server shows OTHER figures\n"
        )
        if not same:
            raise typer.Exit(3)


@app.command()
def statements(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go.")],
    *,
    since: Annotated[str, typer.Option("--since", metavar="TIME")] = "30d",
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", show_default="now")] = None,
    again: Annotated[bool, typer.Option("--again", help="Those too that were exported before.")] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write statements of reasons as the transparency database takes them: files of at most 100, each statement once."""

    async def work(settings: Settings) -> list[Batch]:
        from holdfast.main.wiring import open_database
        from holdfast.platform.static_files import StaticFolder
        from holdfast.trust.transparency import export_statements

        now, files = SystemClock().now(), StaticFolder(out)
        end = instant_of(until, "--until", now) if until else now
        begin = instant_of(since, "--since", now)
        if begin >= end:
            raise Invalid("--since must be before --until")

        async def write(name: str, content: bytes) -> None:
            await asyncio.to_thread(files.write, name, content)

        async with open_database(settings) as database:
            return await export_statements(database, begin, end, write, again=again, now=now)

    made = with_database(command_settings(data), work)
    if as_json:
        print_json([msgspec.to_builtins(one) for one in made])
        return
    for one in made:
        print(f"{out / one.name}: {one.statements} statements")
    if not made:
        print("nothing to export")


@app.command()
def recount(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Count the whole ledger of this server again, compare with what is kept, and keep the new count.

    Exit status: 0 it was the same, 1 it was not.
    """

    async def work(settings: Settings) -> tuple[bool, int]:
        from holdfast.main.wiring import open_database
        from holdfast.trust.transparency import keep_recount

        async with open_database(settings) as database, database.transaction() as tx:
            return await keep_recount(tx, now=SystemClock().now())

    same, leaves = with_database(command_settings(data), work)
    if as_json:
        print_json({"same": same, "records": leaves})
    else:
        print(f"{leaves:,} records counted; {'the same' if same else 'NOT the same'} as what was kept")
    if not same:
        raise typer.Exit(1)


def _counted(
    source: str, vkeys: Sequence[str], into: Path, compare: bool, months: tuple[str, str]
) -> tuple[Counted, Shown | None]:
    from holdfast.main.log_watching import NotServed, open_fetcher
    from holdfast.main.transparency_counting import count_folders, fetch_logs, log_folders, shown_by
    from holdfast.platform.guarded_http import OutboundFailed

    if not source.startswith(("http://", "https://")):
        if compare:
            raise Invalid("--compare needs the address of a server")
        return count_folders(log_folders(Path(source)), vkeys), None

    async def fetched() -> tuple[list[Path], Shown | None]:
        client, fetch = open_fetcher([source])
        async with client:
            # What is shown first: the log only grows, so that it then has all that was counted.
            shown = await shown_by(source, fetch, since=months[0], until=months[1]) if compare else None
            return await fetch_logs(source, fetch, into), shown

    try:
        folders, shown = asyncio.run(fetched())
    except NotServed as error:
        raise Invalid(f"{error} is not there") from None
    except OutboundFailed as error:
        raise Invalid(f"{source}: {error.trouble} {error.private}".strip()) from None
    return count_folders(folders, vkeys, through=shown.counted if shown else None), shown
