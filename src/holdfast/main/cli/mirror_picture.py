"""How `holdfast mirror status` looks on a terminal."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from holdfast.main.cli.mirror_setup import size_text, span_text
from holdfast.platform.clock import SystemClock

_SOON_SECONDS = 5.0


def show_status(facts: dict[str, Any], console: Console | None = None) -> None:
    """Print the facts: one line that says it all, a row for each store, what needs a person."""
    screen = console or Console(highlight=False)
    screen.print(_headline(facts))
    if facts["stores"]:
        screen.print(_stores(facts))
    media, kit = facts["media"], facts["kit"]
    screen.print(
        Text.assemble(
            ("Media   ", "bold"),
            "every store has all of it"
            if not media["waiting"]
            else f"{media['waiting']} files wait for a store",
        )
    )
    made = kit["made_at"]
    age = f"renewed {span_text((SystemClock().now() - made).total_seconds())} ago" if made else "not made yet"
    held = sum(one["has_newest_kit"] for one in facts["stores"])
    screen.print(Text.assemble(("Kit     ", "bold"), f"{age}, in {held} of {len(facts['stores'])} stores"))
    holders = facts["holders"]
    shares = (
        f"{facts['shares_needed']} of {len(holders)} shares: {', '.join(holders)}"
        if holders
        else "kept whole, as a file"
    )
    screen.print(Text.assemble(("Key     ", "bold"), shares))
    for problem in facts["problems"]:
        screen.print(Text.assemble(("!  ", "bold yellow"), problem))
    if not facts["problems"]:
        screen.print(Text.assemble(("✓  ", "bold green"), "nothing needs a person"))


def _headline(facts: dict[str, Any]) -> Text:
    shipper = facts["shipper"]
    if shipper is None or shipper["stale"]:
        state = ("the shipper does not run", "bold red")
    elif shipper["superseded_by"] is not None:
        state = ("another server holds this site", "bold red")
    elif shipper["degraded_since"] is not None:
        state = ("posts are accepted without the mirror", "bold yellow")
    else:
        state = (f"every post waits for {facts['quorum']} of {len(facts['stores'])} stores", "bold green")
    return Text.assemble((f"{facts['domain']}  ", "bold"), f"epoch {facts['epoch']}  ", state)


def _stores(facts: dict[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("store", "where", "owner, jurisdiction", "behind", "state"):
        table.add_column(title, overflow="fold")
    for one in facts["stores"]:
        whose = ", ".join(part for part in (one["owner"], one["jurisdiction"]) if part) or "not noted"
        if one["mode"] is None:
            behind, state = Text("unknown"), Text("not seen yet", style="yellow")
        else:
            late = one["seconds_behind"] >= _SOON_SECONDS
            told = f"{span_text(one['seconds_behind'])}, {size_text(one['bytes_behind'])}"
            behind = Text(told, style="yellow" if late else "green")
            fine = one["mode"] == "live" and not one["last_error"]
            state = Text(one["last_error"] or one["mode"], style="green" if fine else "red")
        table.add_row(one["name"], one["address"], whose, behind, state)
    return table
