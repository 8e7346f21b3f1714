"""What can stop a relaunch, beside what can stop a restore. `holdfast relaunch` can be repeated after each of them.

RelaunchError
├── NotThisMirror (Invalid)            a state of another site or another relaunch lies in the folder
├── RaceLost (Conflict)                somebody else claimed the epoch
└── LedgerWouldFork (Conflict)         the database is older than what the ledger already said
"""

from __future__ import annotations

from ...pure.errors import Conflict, HoldfastError, Invalid


class RelaunchError(HoldfastError):
    """Root of the family."""


class NotThisMirror(RelaunchError, Invalid):
    """The folder was begun with another mirror."""

    public = "This folder holds a relaunch of another site, or data of its own; take an empty one."


class RaceLost(RelaunchError, Conflict):
    """Two machines relaunched the same site; the other one holds it."""

    public = "Another machine has taken over this site meanwhile; this one must not. Agree on one, then repeat there."


class LedgerWouldFork(RelaunchError, Conflict):
    """What was restored does not hold a checkpoint that others may have seen."""

    public = (
        "The restored database is older than the last checkpoint of the ledger that was signed: going on would be a second "
        "history. Give every store, or the one that holds the newest log."
    )
