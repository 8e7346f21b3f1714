"""What the commands share: the option --data, printing facts, and a database to work on.

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database

@app.command()
def list_accounts(data: DataOption = None, as_json: JsonOption = False) -> None:
    async def work(settings: Settings) -> None: ...      # settings.database_url answers
    with_database(command_settings(data), work)
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from holdfast.platform.config import Settings, load, load_settings
from holdfast.pure.errors import HoldfastError

Result = TypeVar("Result")

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Data folder. [dim]Default: HOLDFAST_DATA, else ./data[/dim]",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print facts as JSON.", show_default=False)]


def command_settings(data: Path | None = None, **overrides: Any) -> Settings:
    """The settings of a command; `overrides` are options by setting name, None where not given."""
    return load_settings({"data": data, **overrides})


def warn_of_unknown_variables(data: Path | None = None) -> None:
    """Say on standard error which HOLDFAST_ variables of the environment match no setting."""
    for name in load({"data": data}).unknown_environment:
        sys.stderr.write(f"warning: {name} in the environment is no setting and is ignored\n")


def with_database(
    settings: Settings, work: Callable[[Settings], Awaitable[Result]], *, create: bool = False
) -> Result:
    """Run `work` with settings whose database answers: the running server's, or one started for this command.

    `create` allows a data folder that Holdfast never used.
    """

    async def inside() -> Result:
        from holdfast.main.running_database import running_database

        async with running_database(settings, _progress, create=create) as ready:
            return await work(ready)

    return asyncio.run(inside())


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
    sys.stdout.flush()


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{text}\n")


__all__ = [
    "DataOption",
    "HoldfastError",
    "JsonOption",
    "command_settings",
    "print_json",
    "warn_of_unknown_variables",
    "with_database",
]
