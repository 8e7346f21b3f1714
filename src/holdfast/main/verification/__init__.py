"""Offline verification of evidence files: `holdfast verify` (docs/reference/ledger-format.md).

Imports `pure` alone: whoever verifies needs no database, no settings and no server. A kind of file is a row of
`files.KINDS`.
"""

from .files import verify_file
from .report import SENTENCES, Finding, Outcome, Report
from .trust import Given, Trust, read_trust

__all__ = ["SENTENCES", "Finding", "Given", "Outcome", "Report", "Trust", "read_trust", "verify_file"]
