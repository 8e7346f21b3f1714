"""What can go wrong with time stamps.

TimeStampError
├── StampRefused         the authority answered, but gave no stamp
└── StampNotTrusted      a stamp that proves nothing: of something else, or by nobody we trust
"""

from __future__ import annotations

from ...pure.errors import Unavailable


class TimeStampError(Unavailable):
    """No time stamp to be relied on."""

    public = "There is no time stamp."


class StampRefused(TimeStampError):
    """The authority gave no stamp; the private text has its reason."""

    public = "The time stamp authority gave no stamp."


class StampNotTrusted(TimeStampError):
    """The reply is no valid stamp of what was sent; the private text says why."""

    public = "The time stamp cannot be relied on."
