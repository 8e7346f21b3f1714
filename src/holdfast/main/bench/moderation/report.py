"""The report as a table for people; `--json` prints the same as data."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from holdfast.main.bench.moderation.model import ModerationReport, middle, ratio
from holdfast.main.bench.report import report_console


def print_moderation_report(report: ModerationReport, console: Console | None = None) -> None:
    """Both ways of working beside one another, on standard output."""
    console = console or report_console()
    ours, theirs = report.ours, report.arrival
    console.print(f"[bold]{report.bench}[/bold]  {report.machine}")
    console.print(
        f"{report.reports:,} reports of {report.posts:,} posts became {report.cases:,} cases {report.lanes};"
        f" true threats by lane {report.threat_lanes}"
    )
    table = Table(box=None)
    for title in ("what", "by the desk", "by arrival", "times sooner"):
        table.add_column(title, justify="left" if title == "what" else "right")
    pairs = (
        ("P0 acted on, median minutes", middle(ours.urgent_seconds), middle(theirs.urgent_seconds)),
        ("last P0 acted on, minutes", max(ours.urgent_seconds, default=None), max(theirs.urgent_seconds, default=None)),
        ("true threats acted on, median minutes", middle(ours.threat_seconds), middle(theirs.threat_seconds)),
        ("last true threat, minutes", max(ours.threat_seconds, default=None), max(theirs.threat_seconds, default=None)),
        ("team is through, minutes", ours.team_seconds, theirs.team_seconds),
        ("lawful posts wrongly hidden, median minutes until back, or all was done", middle(ours.hidden_lawful_seconds), middle(theirs.hidden_lawful_seconds)),
    )  # fmt: skip
    for what, mine, other in pairs:
        sooner = ratio(mine, other)
        table.add_row(what, _minutes(mine), _minutes(other), "-" if sooner is None else f"{sooner:.1f}")
    table.add_row("decisions", f"{ours.decisions:,}", f"{theirs.decisions:,}", "")
    table.add_row("decisions for each report", f"{report.decisions_share:.1%}", "100%", "")
    table.add_row(
        "lawful posts wrongly hidden", str(len(ours.hidden_lawful_seconds)), str(len(theirs.hidden_lawful_seconds)), ""
    )  # fmt: skip
    table.add_row("of these given back by a second look", str(ours.returned), str(theirs.returned), "")
    console.print(table)
    console.print(
        f"before anybody looked, screening hid {report.held_threats} true threats and {report.screened_hidden_lawful} lawful"
        f" posts; {report.posts_deleted} posts were deleted; a decision took {report.decide_ms:.1f} ms"
    )
    for name, way in (("by the desk", ours), ("by arrival", theirs)):
        for hours, ages in way.oldest[:: max(len(way.oldest) // 6, 1)]:
            said = ", ".join(f"{lane} {age:.1f} h" for lane, age in ages.items()) or "nothing waits"
            console.print(f"oldest {name} after {hours:.1f} h: {said}")


def _minutes(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds / 60:,.1f}"
