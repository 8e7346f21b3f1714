"""What can go wrong with posts.

NotFound
├── PostNotVisible           missing, deleted, or not for this viewer
└── QuotedNotVisible         the post to be quoted is not there for the author
Invalid
├── PostRefused              a rule with a human-made entry turns it away; says why
└── ParentNotVisible         the post replied to is not there for the author
NotAllowed
├── NotYours                 only the author may do this
└── RepliesClosed            the staff closed the post to replies by others
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotAllowed, NotFound


class PostNotVisible(NotFound):
    """Missing or hidden: the viewer is never told which."""


class PostRefused(Invalid):
    """The rules of this server turn the text away."""

    public = "This server's rules do not allow this post"


class ParentNotVisible(NotFound):
    """The post that is replied to cannot be seen by the author of the reply."""

    public = "The post you are replying to does not exist"


class QuotedNotVisible(NotFound):
    """The post that is to be quoted cannot be seen by the author of the quote."""

    public = "The post you are trying to quote does not exist"


class NotYours(NotAllowed):
    """Only the author may do this."""


class RepliesClosed(NotAllowed):
    """Only the author, and those whom the post names, may reply."""

    public = "Replies to this post are closed to everybody whom it does not name"
