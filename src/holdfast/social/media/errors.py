"""What can go wrong with uploads.

NotFound
└── MediaNotVisible          missing, of another member, or gone
Invalid
├── MediaNotTaken            of a kind that is not taken, too large, or turned away by the rules; says which
├── MediaNotAttachable       not one's own, in another post, not ready, or too many; says which
├── MediaFailed              its processing failed; says why
└── QuotaSpent               the account's uploads take all the room they may
Conflict
└── MediaAttached            a post has it: edit or delete that
"""

from __future__ import annotations

from ...pure.errors import Conflict, Invalid, NotFound


class MediaNotVisible(NotFound):
    """Missing or another member's: nobody is told which."""


class MediaNotTaken(Invalid):
    """The upload is turned away."""

    public = "Validation failed: This kind of file is not taken; send a picture, a video or a sound"


class MediaNotAttachable(Invalid):
    """The post names uploads that it cannot have."""

    public = "Validation failed: An attachment was not found, or another post has it"


class MediaFailed(Invalid):
    """The file could not be processed; its id stays, so that the client can be told."""

    public = "Error processing the file; it may be damaged or of an unusual kind"


class QuotaSpent(Invalid):
    """No room is left for this account."""

    public = "Validation failed: Your uploads take all the room they may; delete some posts with media first"


class MediaAttached(Conflict):
    """A post has it."""

    public = "Media attachment is currently used by a status"
