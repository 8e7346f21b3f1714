"""`holdfast doctor`: on whom the site depends, and what goes dark if they say no."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from holdfast.main.cli.context import DataOption, JsonOption, command_settings, print_json, with_database

if TYPE_CHECKING:
    from holdfast.main.diagnosis import Diagnosis

app = typer.Typer()


@app.command()
def doctor(
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when something is bad.", show_default=False)
    ] = False,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print every outside dependency with its owner, what stops without it, the last drill, and what the kit lacks."""
    from holdfast.main.diagnosis import diagnose, facts_of

    found: Diagnosis = with_database(command_settings(data), diagnose)
    if as_json:
        print_json(facts_of(found))
    else:
        _show(found)
    if check and found.is_bad:
        raise typer.Exit(1)


def _show(found: Diagnosis) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    marks = {"good": ("✓", "bold green"), "note": ("•", "bold yellow"), "bad": ("✗", "bold red")}
    screen = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for name in ("", "what", "owner, where", "goes dark if they say no"):
        table.add_column(name)
    for one in found.dependencies:
        whose = ", ".join(part for part in (one.owner, one.where) if part) or Text("not noted", style="dim")
        dark = Text(one.dark)
        if one.said:
            dark.append(f"\n{one.said}", style="yellow" if one.standing.value != "good" else "dim")
        mark, style = marks[one.standing.value]
        table.add_row(Text(mark, style=style), one.what, whose, dark)
    screen.print(table)
    drill = _ago(found.last_drill) if found.last_drill else "never"
    mark, style = marks["bad" if found.drill_is_stale else "good"]
    screen.print(
        Text.assemble(
            (mark, style),
            f"  last drill that passed: {drill}"
            + ("; it must be within eight days" if found.drill_is_stale else ""),
        )
    )
    mark, style = marks["bad" if found.kit_lacks or found.kit_made_at is None else "good"]
    lacks = f"lacks {', '.join(found.kit_lacks)}" if found.kit_lacks else "complete"
    screen.print(Text.assemble((mark, style), f"  kit: {lacks if found.kit_made_at else 'not made yet'}"))


def _ago(at: datetime) -> str:
    from holdfast.main.cli.mirror_setup import span_text
    from holdfast.platform.clock import SystemClock

    return f"{span_text((SystemClock().now() - at).total_seconds())} ago"
