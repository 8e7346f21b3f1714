"""What can go wrong with the ledger.

HoldfastError
├── NotForLeaves      the program tried to publish what must not be: a defect, never an input
├── Conflict
│   ├── KeptByHold    a legal hold forbids the erasure
│   ├── Superseded    another sequencer has the fence
│   └── WouldFork     a checkpoint may not be signed: it would contradict one that is known
├── NotFound
│   └── NoSuchRecord
└── Gone
    └── Erased        the opening was destroyed; the leaf and its proof stay
"""

from __future__ import annotations

from ...pure.errors import Conflict, Gone, HoldfastError, NotFound


class NotForLeaves(HoldfastError):
    """A leaf would carry something that its kind must not."""


class KeptByHold(Conflict):
    """What the ledger keeps of an account may not be erased yet."""

    public = "A legal hold keeps this until it is released."


class Superseded(Conflict):
    """The epoch of the fence is not this sequencer's any more."""

    public = "Another process has taken over the ledger."


class WouldFork(Conflict):
    """Signing would make two histories of one log."""

    public = "The ledger may not sign: a longer or different history of this log is known."


class NoSuchRecord(NotFound):
    """The ledger has no record of this id."""

    public = "There is no such record"


class Erased(Gone):
    """What the record committed to was erased."""

    public = "What this record holds was erased; its proof still stands."
