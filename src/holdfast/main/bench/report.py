"""A report as a table for people; `--json` prints the same as data."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.table import Table

from holdfast.main.bench.model import Figures, Report, Spread

_WHOLE_FROM = 100
"""Smaller figures are milliseconds or shares, and need more digits."""


_FILE_WIDTH = 140


def report_console() -> Console:
    """Standard output; wide where nobody can make the window wider."""
    return Console(width=None if sys.stdout.isatty() else _FILE_WIDTH)


def print_report(report: Report, console: Console | None = None) -> None:
    """Tables on standard output."""
    console = console or report_console()
    sizes = report.options
    console.print(f"[bold]{report.bench}[/bold]  {report.machine}")
    console.print(
        f"{sizes.posts:,} posts by {sizes.accounts:,} accounts, {sizes.follows:,} follows, {sizes.viewers:,} viewers; "
        f"{sizes.rounds} rounds of {sizes.round_seconds:g} s at {sizes.connections} connections, {sizes.workers} web"
    )
    if report.figures:
        console.print(_load_table(report))
        for one in report.figures:
            if one.note:
                console.print(f"  [dim]{one.what}: {one.note}[/dim]")
    if report.facts:
        facts = Table("what", "figure", box=None)
        for name, value in report.facts.items():
            facts.add_row(name, _fact(value))
        console.print(facts)
    console.print(_memory_table(report))


def _fact(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.1f}" if abs(value) >= _WHOLE_FROM else f"{value:.3g}"


def _load_table(report: Report) -> Table:
    table = Table(box=None)
    for title in (
        "load",
        "requests/s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "CPU ms",
        "web",
        "worker",
        "database",
        "x baseline CPU",
        "rate",
    ):
        table.add_column(title, justify="left" if title == "load" else "right", no_wrap=True)
    rows = [*([report.baseline] if report.baseline else []), *report.figures]
    for one in rows:
        ratio = report.ratios.get(one.what)
        table.add_row(
            one.what,
            spread_text(one.per_second, 0),
            f"{one.p50_ms.median:.2f}",
            f"{one.p95_ms.median:.2f}",
            f"{one.p99_ms.median:.2f}",
            spread_text(one.cpu_ms, 2),
            *_parts(one),
            f"{ratio['cpu']:.2f}" if ratio else "1",
            f"{ratio['per_second']:.2f}" if ratio else "1",
        )
    return table


def _parts(one: Figures) -> tuple[str, str, str]:
    return f"{one.web_cpu_ms:.2f}", f"{one.worker_cpu_ms:.2f}", f"{one.database_cpu_ms:.2f}"


def spread_text(value: Spread, digits: int) -> str:
    """A median with its range, where there is one."""
    if value.least == value.most:
        return f"{value.median:,.{digits}f}"
    return f"{value.median:,.{digits}f} ({value.least:,.{digits}f}-{value.most:,.{digits}f})"


def _memory_table(report: Report) -> Table:
    table = Table("process", "RSS MiB", "PSS MiB", box=None)
    for when in ("idle", "after load"):
        rows = [row for row in report.memory if row.process.endswith(when)]
        for row in rows:
            table.add_row(
                row.process, f"{row.rss_mb:.0f}", "-" if row.pss_mb is None else f"{row.pss_mb:.0f}"
            )
        shared = [row.pss_mb for row in rows if row.pss_mb is not None]
        whole = f"{sum(shared):.0f}" if len(shared) == len(rows) else "-"
        table.add_row(f"[bold]all, {when}[/bold]", f"{sum(row.rss_mb for row in rows):.0f}", whole)
    return table
