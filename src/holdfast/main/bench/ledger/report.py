"""The report as a table for people; `--json` prints the same as data."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from holdfast.main.bench.ledger.model import LedgerFigure, LedgerReport
from holdfast.main.bench.report import report_console

_WHOLE_FROM = 1000


def print_ledger_report(report: LedgerReport, console: Console | None = None) -> None:
    """A table on standard output."""
    console = console or report_console()
    options = report.options
    console.print(f"[bold]{report.bench}[/bold]  {report.machine}, one core used")
    console.print(f"{options.leaves:,} leaves, {options.rounds} rounds, {options.proofs:,} proofs")
    table = Table(box=None)
    for title in ("what", "median", "least", "most", "unit", "target", ""):
        table.add_column(title, justify="left" if title in ("what", "unit", "") else "right")
    for one in report.figures:
        table.add_row(
            one.what,
            _number(one.middle),
            _number(one.least),
            _number(one.most),
            one.unit,
            _target(one),
            one.note,
        )
    console.print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= _WHOLE_FROM else f"{value:.3g}"


def _target(one: LedgerFigure) -> str:
    if one.target is None:
        return "-"
    bound = ">=" if one.better == "more" else "<="
    return f"{bound} {_number(one.target)}{'' if one.met else ' MISSED'}"
