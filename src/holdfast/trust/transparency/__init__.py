"""What everybody may know of moderation here: figures counted from the public leaves of the ledger, and nothing else
(`pure/transparency`); and the statements of reasons as the transparency database of the Digital Services Act wants them.

    await advance(tx, most=20_000, now=now)              # periodic: count what came since
    counted = await TransparencyReader(database).counted()
    figures_of(counted.tally, since="2026-01", until="2026-01")
"""

from .advance import advance, keep_recount, recount
from .errors import StatementNotExportable
from .export import BATCH_MOST, Batch, export_statements
from .reader import Counted, TransparencyReader
from .schema import problems_of

__all__ = [
    "BATCH_MOST", "Batch", "Counted", "StatementNotExportable", "TransparencyReader", "advance", "export_statements",
    "keep_recount", "problems_of", "recount",
]  # fmt: skip
