"""What can go wrong with posts.

NotFound
└── PostNotVisible           missing, deleted, or not for this viewer
Invalid
├── DraftNotAllowed          blank, too long, bad poll
├── PostRefused              a rule with a human-made entry turns it away; says why
└── ParentNotVisible         the post replied to is not there for the author
NotAllowed
└── NotYours                 only the author may do this
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotAllowed, NotFound


class PostNotVisible(NotFound):
    """Missing or hidden: the viewer is never told which."""


class DraftNotAllowed(Invalid):
    """The draft breaks a limit."""

    def __init__(self, problems: dict[str, list[tuple[str, str]]]) -> None:
        sentence = ", ".join(f"{field.capitalize()} {parts[0][1]}" for field, parts in problems.items())
        super().__init__(f"Validation failed: {sentence}", details=problems)


class PostRefused(Invalid):
    """The rules of this server turn the text away."""

    public = "This server's rules do not allow this post"


class ParentNotVisible(NotFound):
    """The post that is replied to cannot be seen by the author of the reply."""

    public = "The post you are replying to does not exist"


class NotYours(NotAllowed):
    """Only the author may do this."""
