"""What can go wrong between two accounts: in this room, in follows and in blocks.

NotFound
└── RequestNotFound          nobody asked, or it was answered already
NotAllowed
├── YourselfNotAllowed       following, blocking or muting oneself
└── FollowNotAllowed         one of the two blocks the other
Invalid
└── RelationInvalid          a part of what was asked breaks a limit; names the parameter
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotAllowed, NotFound


class RequestNotFound(NotFound):
    """There is no such follow request to this account."""


class YourselfNotAllowed(NotAllowed):
    """The target is the actor."""

    public = "You cannot do this to your own account"


class FollowNotAllowed(NotAllowed):
    """A block stands between the two; the public text does not say whose."""


class RelationInvalid(Invalid):
    """One parameter is wrong."""

    def __init__(self, parameter: str, code: str, sentence: str) -> None:
        super().__init__(
            f"Validation failed: {parameter} {sentence}", details={parameter: [(code, sentence)]}
        )
