"""What can go wrong with a bundle.

Invalid
└── ExportNotAllowed      what it is asked for, or said to be for, does not do
NotFound
└── NothingToExport       the query finds nothing
Conflict
├── NothingSigned         the ledger has no checkpoint yet
└── BundleTooLarge        it would have too many records, files or bytes
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotFound


class ExportNotAllowed(Invalid):
    """Names the parameter and says what is wrong with it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(
            f"No bundle was made: {field} {sentence}", details={field: [("ERR_INVALID", sentence)]}
        )


class NothingToExport(NotFound):
    """There is no such report, case, decision or account, or nothing was recorded of it."""

    public = "Nothing is recorded of that"


class NothingSigned(Conflict):
    """Without a checkpoint there is nothing to prove records against."""

    public = "The ledger has signed nothing yet: start the server, and try again after some seconds."


class BundleTooLarge(Conflict):
    """Says which limit, and which setting raises it."""
