"""The benchmark of the evidence ledger: appending, proving, verifying, and what a million leaves weigh.

Needs no server. A measure is a function of `measures.MEASURES`: it gets a log in a folder and answers with figures.
"""

from .model import LedgerFigure, LedgerOptions, LedgerReport
from .report import print_ledger_report
from .run import run_ledger_bench

__all__ = ["LedgerFigure", "LedgerOptions", "LedgerReport", "print_ledger_report", "run_ledger_bench"]
