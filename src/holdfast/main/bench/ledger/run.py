"""Runs the benchmark in a temporary folder."""

from __future__ import annotations

import tempfile
from pathlib import Path

from holdfast.main.bench.data import Progress
from holdfast.main.bench.ledger.measures import MEASURES, measure_appends, measure_writing
from holdfast.main.bench.ledger.model import LedgerOptions, LedgerReport
from holdfast.main.bench.usage import machine


def run_ledger_bench(options: LedgerOptions, progress: Progress) -> LedgerReport:
    """Append, write, prove, sign; everything that was written is removed."""
    figures = measure_appends(options, progress)
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-ledger-") as folder:
        log, written = measure_writing(options, Path(folder), progress)
        figures += written
        for measure in MEASURES:
            figures += measure(options, log, progress)
    return LedgerReport(bench="ledger", machine=machine(), options=options, figures=figures)
