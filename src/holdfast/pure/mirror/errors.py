"""What can be wrong with a mirror's objects.

MirrorInvalid (Invalid)
├── MalformedObject        the bytes are not in the format: nothing was verified
├── ObjectForged           no signature of the key that may sign it, or a body that is another one
├── ObjectTruncated        shorter than its header says
├── ObjectMisnamed         it says itself that it belongs elsewhere
├── ChainBroken            not the chunk that follows the one before
├── LogGap                 write-ahead log is missing between two chunks
└── NotRestorable          what is there does not lead to a consistent database
"""

from __future__ import annotations

from ..errors import Invalid


class MirrorInvalid(Invalid):
    """An object of a mirror that is not accepted."""

    public = "This object of the mirror is not valid."


class MalformedObject(MirrorInvalid):
    """Not in the format, or in a version that is not known here."""


class ObjectForged(MirrorInvalid):
    """Not signed by who may sign it, or its content was changed."""

    public = "This object of the mirror was not written by this site, or was changed since."


class ObjectTruncated(MirrorInvalid):
    """A part of it is missing at its end."""

    public = "This object of the mirror is cut off."


class ObjectMisnamed(MirrorInvalid):
    """It stands under a name that is not its own."""

    public = "This object of the mirror stands in the place of another."


class ChainBroken(MirrorInvalid):
    """A chunk does not follow the one before it."""


class LogGap(MirrorInvalid):
    """Write-ahead log is missing."""


class NotRestorable(MirrorInvalid):
    """No base backup with the log that makes it consistent."""

    public = "These stores hold no database that can be restored; give more stores, or an earlier time."
