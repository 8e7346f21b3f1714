"""What can go wrong with notices.

Invalid
└── NoticeNotAllowed        what is said makes no notice, or no such step; names the field
NotFound
└── NoticeNotThere          no such notice or item, or a sealed one that is not for this person
NotAllowed
└── NoticeNotForYou         it is about oneself
Conflict
└── NoticeChanged           it is not as it was when it was read
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotAllowed, NotFound


class NoticeNotAllowed(Invalid):
    """Names the field and says what is wrong with it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field} {sentence}", details={field: [("ERR_INVALID", sentence)]})


class NoticeNotThere(NotFound):
    """There is none, or it is sealed: one answer."""

    public = "There is no such notice"


class NoticeNotForYou(NotAllowed):
    """Nobody settles what is about oneself."""

    public = "This concerns you; it is for somebody else of the team"


class NoticeChanged(Conflict):
    """The version that was read is not the one that is there."""

    public = "This notice changed since you read it; read it again"
