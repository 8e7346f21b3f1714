"""What can go wrong with archives.

Invalid
└── ArchiveNotTaken         no file was given
Conflict
├── ArchiveImportUnderWay   one at a time
└── ArchiveTooSoon          the last archive is not old enough
NotFound
└── ArchiveNotThere         never asked for, not ready, somebody else's, or past its time
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotFound


class ArchiveNotTaken(Invalid):
    """The file cannot be used; the text says why."""


class ArchiveImportUnderWay(Conflict):
    """The member has an unfinished import."""

    public = "An import is under way. Wait until it is done."


class ArchiveTooSoon(Conflict):
    """One archive in so many days."""


class ArchiveNotThere(NotFound):
    """None to be had under that id."""
