"""What a server did, in figures, from the public leaves of its ledger alone: anybody who has the tiles gets the same.

    tally = Tally()
    for leaf in leaves:                  # of every log, the oldest first, in their order
        add(tally, leaf)
    figures_of(tally, since="2026-01", until="2026-03")

    tally      counters by month; leaves are added one after the other, so that nothing is read twice
    figures    what is shown of them: totals, shares with intervals, quantiles, curves
    tables     the figures as rows: CSV, and the report of the Digital Services Act
    buckets    times in steps of a fifth, and quantiles from them

No I/O, no clock. What is counted, and how, is documented in docs/guide/transparency.md.
"""

from .buckets import BOUNDS, bucket_of, quantile
from .figures import SMALL_CELL, BacklogDay, Figures, MonthRow, Share, figures_of, months_of
from .tables import DSA_COLUMNS, csv_of, dsa_rows, rows_of
from .tally import NOT_STATED, Month, Tally, Waiting, add

__all__ = [
    "BOUNDS", "DSA_COLUMNS", "NOT_STATED", "SMALL_CELL", "BacklogDay", "Figures", "Month", "MonthRow", "Share", "Tally",
    "Waiting", "add", "bucket_of", "csv_of", "dsa_rows", "figures_of", "months_of", "quantile", "rows_of",
]  # fmt: skip
