"""`holdfast moderation label`: labels on accounts and domains that screening rules may ask for."""

from __future__ import annotations

import getpass
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database
from holdfast.platform.clock import SystemClock
from holdfast.pure.errors import Invalid, NotFound
from holdfast.screening.state import LabelSubject, add_label, labels, remove_label

if TYPE_CHECKING:
    from holdfast.platform.config import Settings
    from holdfast.platform.db import Database

app = typer.Typer(help="Labels that rules may ask for.", no_args_is_help=True)

MAX_DAYS = 3_650
_SPAN = re.compile(r"([1-9][0-9]{0,5})(m|h|d)")
_UNIT_MINUTES = {"m": 1, "h": 60, "d": 1_440}

Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="@NAME for an account here, or a domain such as example.com.")
]
Label = Annotated[
    str, typer.Argument(metavar="LABEL", help="a-z, 0-9 and underscore, such as known_spammer.")
]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Most labels to print.")]


@app.command("add")
def add(
    subject: Subject,
    label: Label,
    lasts: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help="How long it holds: 30m, 12h, 7d. Else for good."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the label.")] = "",
    by: Annotated[str | None, typer.Option("--by", help="Who, if not you.", show_default=False)] = None,
    data: DataOption = None,
) -> None:
    """Put a label on an account or a domain. One that is there gets the new end."""
    span = span_of(lasts) if lasts is not None else None

    async def work(database: Database) -> None:
        now = SystemClock().now()
        async with database.transaction() as tx:
            await add_label(
                tx,
                await _subject(database, subject),
                label,
                expires_at=None if span is None else now + span,
                set_by=by or getpass.getuser(),
                reason=reason,
                now=now,
            )

    run_on_database(data, work)
    print(f"{subject} is labelled {label}" + (f" for {lasts}" if lasts else ""))


@app.command("list")
def list_labels(data: DataOption = None, as_json: JsonOption = False, limit: LimitOption = 1_000) -> None:
    """Print the labels that hold, the newest first."""

    async def work(database: Database) -> Any:
        return await labels(database, SystemClock().now(), limit=limit)

    rows = run_on_database(data, work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        ends = f"until {row.expires_at:%Y-%m-%d %H:%M}" if row.expires_at else "for good"
        carrier = f"@{row.account}" if row.account else row.domain
        print(f"{carrier:<32}{row.label:<24}{ends:<24}{row.set_by}  {row.reason}")
    if not rows:
        print("no labels")


@app.command("remove")
def remove(subject: Subject, label: Label, data: DataOption = None) -> None:
    """Take a label away."""

    async def work(database: Database) -> bool:
        async with database.transaction() as tx:
            return await remove_label(tx, await _subject(database, subject), label)

    if not run_on_database(data, work):
        raise NotFound(f"{subject} carries no label {label}")
    print(f"{subject} is no longer labelled {label}")


def span_of(written: str) -> timedelta:
    """`7d` as a span of time. Raises Invalid."""
    found = _SPAN.fullmatch(written)
    span = timedelta(minutes=int(found[1]) * _UNIT_MINUTES[found[2]]) if found else timedelta()
    if not timedelta() < span <= timedelta(days=MAX_DAYS):
        raise Invalid(f"{written!r} is no time: write 30m, 12h or 7d, at most {MAX_DAYS}d")
    return span


def run_on_database(data: Any, work: Callable[[Database], Awaitable[Any]]) -> Any:
    """Run with the database of the data folder, stamps included."""

    async def inside(settings: Settings) -> Any:
        from holdfast.main.wiring import open_database

        async with open_database(settings) as database:
            return await work(database)

    return with_database(command_settings(data), inside)


async def _subject(database: Database, written: str) -> LabelSubject:
    if not written.startswith("@"):
        return LabelSubject(domain=written.lower().strip("."))
    from holdfast.social.accounts import find_by_handle

    name, _, domain = written[1:].partition("@")
    account_id = await find_by_handle(database, name, domain or None)
    if account_id is None:
        raise NotFound(f"there is no account {written}")
    return LabelSubject(account_id=account_id)
