"""The report as tables for people; `--json` prints the same as data."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from holdfast.main.bench.report import report_console, spread_text
from holdfast.main.bench.screening.model import ScreeningReport


def print_screening_report(report: ScreeningReport, console: Console | None = None) -> None:
    """Tables on standard output."""
    console = console or report_console()
    options, lengths, measured = report.options, report.lengths, report.measured
    texts = options.texts or "drawn"
    console.print(f"[bold]{report.bench}[/bold]  {report.machine}, one core used")
    console.print(
        f"{options.rounds} rounds of {options.posts:,} posts ({texts}), {lengths.mean:.0f} characters on average, "
        f"median {lengths.median:.0f}, p99 {lengths.p99:.0f}; {measured.version}",
        soft_wrap=True,
    )
    console.print(_figures_table(report))
    for one in measured.figures:
        if one.note:
            console.print(f"  [dim]{one.what}: {one.note}[/dim]", soft_wrap=True)
    asked = measured.asked
    console.print(
        f"second tier asked for {asked.share:.1%} of posts ({asked.hits:,} of {asked.total:,}), "
        f"an audit share of {options.audit_percent} % included"
    )
    console.print(_memory_table(report))


def _figures_table(report: ScreeningReport) -> Table:
    table = Table(box=None)
    for title in ("judged by", "posts/s", "ms: p50", "p99", "p99.9", "CPU ms a post", "x rules' CPU", "rate"):
        table.add_column(title, justify="left" if title == "judged by" else "right", no_wrap=True)
    for one in report.measured.figures:
        ratio = report.ratios[one.what]
        table.add_row(
            one.what,
            spread_text(one.per_second, 0),
            f"{one.p50_ms:.2f}",
            f"{one.p99_ms:.2f}",
            f"{one.p999_ms:.2f}",
            spread_text(one.cpu_ms, 2) if one.cpu_ms is not None else "-",
            f"{ratio['cpu']:.2f}" if "cpu" in ratio else "-",
            f"{ratio['per_second']:.2f}",
        )
    return table


def _memory_table(report: ScreeningReport) -> Table:
    table = Table("memory after", "RSS MiB", "PSS MiB", "loading ms", box=None)
    for row in report.measured.memory:
        took = report.measured.loading_ms.get(row.process)
        table.add_row(
            row.process,
            f"{row.rss_mb:.0f}",
            "-" if row.pss_mb is None else f"{row.pss_mb:.0f}",
            "" if took is None else f"{took:.0f}",
        )
    return table
