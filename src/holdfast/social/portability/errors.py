"""What can go wrong with files of relations.

Invalid
└── FileNotTaken         no CSV, too long, nothing in it
Conflict
└── ImportUnderWay       one at a time
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid


class FileNotTaken(Invalid):
    """The file cannot be used; the text says why."""


class ImportUnderWay(Conflict):
    """The member has an unfinished import."""

    public = "An import is under way. Wait until it is done."
