"""`holdfast config show`."""

from __future__ import annotations

import json
from typing import Any

import typer

from holdfast.main.cli.context import DataOption, JsonOption, print_json, warn_of_unknown_variables
from holdfast.platform.config import load, shown

app = typer.Typer(help="The settings in effect.", no_args_is_help=True)


@app.callback()
def _config() -> None:
    """The settings in effect."""


@app.command()
def show(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Print every setting with its value and where it came from. Secrets stay hidden."""
    rows = shown(load({"data": data}))
    warn_of_unknown_variables(data)
    if as_json:
        print_json(rows)
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        for name, row in rows.items():
            print(f"{name} = {_toml(row['value'])}  # {row['source']}")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("setting", "value", "from"):
        table.add_column(heading, overflow="fold")
    for name, row in rows.items():
        style = "dim" if row["source"] == "default" else ""
        value = _toml(row["value"]) + (f" {row['unit']}" if row["unit"] else "")
        table.add_row(name, value, row["source"], style=style)
    console.print(table)


def _toml(value: Any) -> str:
    return "(none)" if value is None else json.dumps(value, ensure_ascii=False)
