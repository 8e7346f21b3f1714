"""What can go wrong while the log is shipped.

ShippingError
├── NotThisSite (Conflict)          the database is not the one that the mirror is of
├── SourceAway (Unavailable)        the database does not hand out its log
├── Overtaken (Conflict)            a later epoch was claimed: another server is this site now
└── StateUnreadable (Unavailable)   the shipper's state cannot be read
"""

from __future__ import annotations

from ...pure.errors import Conflict, HoldfastError, Unavailable


class ShippingError(HoldfastError):
    """Root of the family."""


class NotThisSite(ShippingError, Conflict):
    """Another system identifier than the one in the setup."""

    public = (
        "This database is not the one that the mirror was set up for; bring back the right data folder, or set the mirror up "
        "anew."
    )


class SourceAway(ShippingError, Unavailable):
    """No replication connection, or it ended."""

    public = "The database does not hand out its log; the shipper tries again."


class Overtaken(ShippingError, Conflict):
    """Somebody holds a later epoch of this site."""

    public = "Another server holds this site now; nothing is written here any more."


class StateUnreadable(ShippingError, Unavailable):
    """The file of the state is no state."""

    public = "The shipper's state cannot be read; it is written anew within a second while the shipper runs."
