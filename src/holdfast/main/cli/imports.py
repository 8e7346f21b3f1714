"""`holdfast import`: bring a community in."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import msgspec
import typer

from holdfast.main.cli.context import (
    DataOption,
    JsonOption,
    command_settings,
    print_json,
    warn_of_unknown_variables,
    with_database,
)
from holdfast.main.import_reading import ImportPlan, files_at, size_of
from holdfast.main.import_run import Advance, ImportRun, Summary
from holdfast.platform.config import Settings
from holdfast.pure.errors import HoldfastError, Invalid
from holdfast.pure.imports import parse_generic_row, parse_parler_row
from holdfast.pure.names import normalise_username
from holdfast.social.imports import Finding, Former

SHOWN_FINDINGS = 20
"""Findings that are printed; `--report` writes all of them."""

_BULK_STATEMENT_SECONDS = 600
_CONNECTIONS = 3

app = typer.Typer(help="Bring a community in: its members and their posts.", no_args_is_help=True)

ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report", metavar="FILE", help="Write every finding there, one JSON object a line.", dir_okay=False
    ),
]


@app.callback()
def _import() -> None:
    """Bring a community in: its members and their posts."""


@app.command()
def posts(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help='JSON lines with "text" and, optionally, id, author, created_at; or .gz.'
        ),
    ],
    post_as: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Account that posts the rows without an author.")
    ],
    source: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL", help="Keeps ids of different origins apart.", show_default="posts:NAME"
        ),
    ] = None,
    report: ReportOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import posts. Repeating it, or going on after an interruption, imports nothing twice."""
    label = source or f"posts:{normalise_username(post_as)}"
    plan = ImportPlan(files_at(file), parse_generic_row, _checked(label), post_as)
    _run(plan, report, data, as_json)


@app.command()
def parler(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A file of the research dump, or a folder of them.")
    ],
    post_as: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Account that posts the rows without an author."),
    ] = None,
    report: ReportOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import Parler's public dump: posts, comments, echoes and users, plain or .gz, in any order."""
    _run(ImportPlan(files_at(path), parse_parler_row, "parler", post_as), report, data, as_json)


@app.command()
def archive(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Archive of Mastodon or Twitter (zip, tar.gz), or its outbox.json or tweets.js.",
        ),
    ],
    account: Annotated[
        str, typer.Option("--account", metavar="NAME", help="Account of this server that posts.")
    ],
    private: Annotated[
        bool,
        typer.Option("--private", help="For followers alone, however public it was.", show_default=False),
    ] = False,
    report: ReportOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import what somebody posted elsewhere, with its dates. Repeating it imports nothing twice."""
    from holdfast.main.archive_reading import unpack_archive
    from holdfast.social.posts import Visibility

    settings = command_settings(data)
    widest = Visibility.PRIVATE if private else Visibility.PUBLIC
    with tempfile.TemporaryDirectory(prefix="holdfast-archive-") as folder:
        unpacked = unpack_archive(file, Path(folder), most_bytes=settings.archive_unpacked_max_bytes)
        name = normalise_username(account)
        plan = ImportPlan(
            (unpacked.rows,),
            unpacked.parse,
            f"{unpacked.kind}:{name}",
            name,
            must_exist=True,
            visibility=widest,
        )
        _run(plan, report, data, as_json)


def _checked(label: str) -> str:
    if not label.strip() or len(label) > 200 or "/" in label:
        raise Invalid("--source must be 1 to 200 characters without a slash")
    return label


def _run(plan: ImportPlan, report: Path | None, data: Path | None, as_json: bool) -> None:
    settings = msgspec.structs.replace(
        command_settings(data),
        statement_timeout_seconds=_BULK_STATEMENT_SECONDS,
        database_pool_size=_CONNECTIONS,
    )
    warn_of_unknown_variables(data)
    with ExitStack() as stack:
        findings = Findings(stack.enter_context(_opened(report)) if report else None)
        advance = stack.enter_context(_progress(size_of(plan)))
        summary = with_database(settings, lambda ready: _import_into(ready, plan, findings.tell, advance))
    if as_json:
        print_json(facts(summary))
    else:
        _print_summary(summary, findings, report)


async def _import_into(
    settings: Settings, plan: ImportPlan, tell: Callable[[Iterable[Finding]], None], advance: Advance
) -> Summary:
    from holdfast.main.screening_choice import model_choice
    from holdfast.main.wiring import open_database
    from holdfast.platform.clock import SystemClock
    from holdfast.platform.crypto import Keyring
    from holdfast.platform.ids import PublicIds
    from holdfast.platform.master_key import load_master_key
    from holdfast.screening import load_screen
    from holdfast.screening.state import standings

    ids = PublicIds(Keyring(load_master_key(settings)).derive("public ids"))
    base_url = settings.public_url.rstrip("/")
    former = Former(
        source=plan.source,
        address_of=lambda username, post_id: f"{base_url}/@{username}/{ids.encode(post_id)}",
        display_name_characters=settings.display_name_max_characters,
        bio_characters=settings.bio_max_characters,
        visibility=plan.visibility,
    )
    screen = load_screen(settings.screening_rules_file, model=model_choice(settings))
    async with open_database(settings) as database:
        if screen.rule_engine is not None:
            screen.rule_engine.apply(await standings(database))
        run = ImportRun(
            database, screen, SystemClock(), plan, former,
            batch_rows=settings.import_batch_rows, tell=tell, advance=advance,
        )  # fmt: skip
        return await run.run()


class Findings:
    """Keeps the first few findings for the terminal and writes all of them to the report."""

    def __init__(self, report: BinaryIO | None) -> None:
        self._report = report
        self.first: list[Finding] = []

    def tell(self, findings: Iterable[Finding]) -> None:
        """Take some more."""
        for finding in findings:
            if len(self.first) < SHOWN_FINDINGS:
                self.first.append(finding)
            if self._report is not None:
                self._report.write(msgspec.json.encode(finding) + b"\n")


@contextmanager
def _opened(report: Path) -> Iterator[BinaryIO]:
    try:
        file = report.open("wb")
    except OSError as error:
        raise HoldfastError(f"{report} cannot be written: {(error.strerror or str(error)).lower()}") from None
    with file:
        yield file


@contextmanager
def _progress(total_bytes: int) -> Iterator[Advance]:
    """A bar over the bytes of all files, with rows per second; nothing when nobody watches."""
    if not sys.stderr.isatty():
        yield lambda what, position_bytes, rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    started = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("importing", total=total_bytes, rate="")

        def advance(what: str, position_bytes: int, rows: int) -> None:
            rate = f"{rows / max(time.monotonic() - started, 0.001):,.0f} rows/s"
            done = position_bytes if what == "importing" else total_bytes
            bar.update(task, description=what, completed=done, rate=rate)

        yield advance


def facts(summary: Summary) -> dict[str, Any]:
    """What `--json` prints."""
    return {
        "rows": summary.rows,
        "imported": summary.imported,
        "posts": summary.posts,
        "replies": summary.replies,
        "boosts": summary.boosts,
        "held": summary.held,
        "flagged": summary.flagged,
        "profiles": summary.profiles,
        "accounts_made": summary.accounts,
        "already_imported": summary.already,
        "linked_replies": summary.linked_replies,
        "linked_mentions": summary.linked_mentions,
        "indexed": summary.indexed,
        "skipped": dict(summary.skipped.most_common()),
        "noted": dict(summary.noted.most_common()),
        "seconds": round(summary.seconds, 3),
        "rows_per_second": round(summary.rows / summary.seconds) if summary.seconds else 0,
    }


def _print_summary(summary: Summary, findings: Findings, report: Path | None) -> None:
    for finding in findings.first:
        print(f"{finding.file}:{finding.line}: {finding.reason}: {finding.message}", file=sys.stderr)
    told = sum(summary.skipped.values()) + sum(summary.noted.values())
    if told > len(findings.first):
        where = f"all are in {report}" if report else "use --report FILE to get all of them"
        print(f"... and {told - len(findings.first):,} more; {where}", file=sys.stderr)
    rate = summary.rows / summary.seconds if summary.seconds else 0
    print(
        f"imported  {summary.imported:,} ({summary.posts:,} posts, {summary.replies:,} replies, "
        f"{summary.boosts:,} boosts)"
    )
    print(f"held      {summary.held:,}")
    print(f"flagged   {summary.flagged:,}")
    print(f"skipped   {sum(summary.skipped.values()):,}{_reasons(summary.skipped)}")
    if summary.noted:
        print(f"noted     {sum(summary.noted.values()):,}{_reasons(summary.noted)}")
    print(f"already   {summary.already:,} imported by an earlier run")
    print(f"accounts  {summary.accounts:,} made, {summary.profiles:,} profiles taken over")
    if summary.linked_replies or summary.linked_mentions:
        print(
            f"linked    {summary.linked_replies:,} replies and {summary.linked_mentions:,} mentions that came first"
        )
    print(f"{summary.rows:,} rows in {summary.seconds:,.1f} s, {rate:,.0f} rows/s")


def _reasons(counts: Any) -> str:
    return (
        f" ({', '.join(f'{reason} {count:,}' for reason, count in counts.most_common())})" if counts else ""
    )
