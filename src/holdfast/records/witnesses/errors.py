"""What can go wrong with witnesses.

HoldfastError
├── WitnessError (Invalid)
│   ├── WitnessNotAllowed    no key of a witness, or no address
│   └── NotAQuorum           the setting ledger_quorum
├── WitnessKnown (Conflict)
└── WitnessNotThere (NotFound)
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotFound


class WitnessError(Invalid):
    """A witness that cannot be."""


class WitnessNotAllowed(WitnessError):
    """The key or the address of a witness is none; the text says why."""


class NotAQuorum(WitnessError):
    """The setting does not say how many."""

    public = "ledger_quorum is any, all, none, or a number from 1"


class WitnessKnown(Conflict):
    """There is a witness of that name or key."""

    public = "there is a witness of that name already; remove it first"


class WitnessNotThere(NotFound):
    """There is no witness of that name."""

    public = "there is no witness of that name; see: holdfast ledger witness list"
