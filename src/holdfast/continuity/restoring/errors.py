"""What can stop a restore. Every text says what to do; the command can be repeated after each of them.

RestoreError
├── StoresSayNothing (Unavailable)     no store given has it
├── StepTooSlow (Unavailable)          a step passed its deadline
├── StepFailed (Unavailable)           a program of PostgreSQL failed
├── WrongPrograms (Unavailable)        PostgreSQL is of another version
└── NoRoom (Unavailable)               the disk is full
"""

from __future__ import annotations

from ...pure.errors import HoldfastError, Unavailable


class RestoreError(HoldfastError):
    """Root of the family."""


class StoresSayNothing(RestoreError, Unavailable):
    """Nobody to restore from."""

    public = (
        "None of the stores answers; check the addresses, the credentials and the network of this machine."
    )


class StepTooSlow(RestoreError, Unavailable):
    """A deadline passed."""


class StepFailed(RestoreError, Unavailable):
    """PostgreSQL's own words."""


class WrongPrograms(RestoreError, Unavailable):
    """The backups need another version of PostgreSQL."""


class NoRoom(RestoreError, Unavailable):
    """The disk."""

    public = "The disk of the data folder is full; make room and repeat, what is here already is used again."
