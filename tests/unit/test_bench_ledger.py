"""The benchmark of the ledger runs, and says whether it kept its bounds."""

from __future__ import annotations

import io

from rich.console import Console

from holdfast.main.bench.ledger import LedgerOptions, LedgerReport, print_ledger_report, run_ledger_bench
from holdfast.main.bench.ledger.model import figure


def test_a_small_run_measures_everything() -> None:
    steps: list[str] = []
    options = LedgerOptions(leaves=1000, rounds=2, proofs=5)
    report = run_ledger_bench(options, lambda what, _done, _total: steps.append(what))
    named = {one.what: one for one in report.figures}
    assert named["files for a million leaves"].middle == 9000
    assert named["hash tiles for a million leaves"].middle == (1000 + 3) * 32 * 1000 / 1e6
    assert named["proof of a leaf among 1,000"].middle > 0
    assert {"appending", "writing", "proving", "signing"} == set(steps)


def test_a_missed_bound_is_told() -> None:
    figures = [
        figure("slow", "leaves/s", [1.0, 3.0, 2.0], target=10.0, better="more"),
        figure("quick", "ms", [1.0], target=5.0),
        figure("free", "ms", [1.0]),
    ]
    assert [one.met for one in figures] == [False, True, None]
    assert (figures[0].least, figures[0].middle, figures[0].most) == (1.0, 2.0, 3.0)
    report = LedgerReport(bench="ledger", machine="here", options=LedgerOptions(), figures=figures)
    output = io.StringIO()
    print_ledger_report(report, Console(file=output, width=120))
    assert output.getvalue().count("MISSED") == 1
