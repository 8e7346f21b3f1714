"""What can go wrong with accounts.

NotFound
└── AccountNotVisible        missing, or not shown to this viewer
Invalid
├── UsernameTaken
├── UsernameNotAllowed       characters, length, reserved
├── EmailNotAllowed          taken, or no address
├── ReasonNotAllowed         looks like what the staff turns away
└── ProfileNotAllowed        a part is too long or unknown
NotAllowed
├── RegistrationsClosed
└── NetworkNotAllowed        sign-ups from this network are blocked
"""

from __future__ import annotations

from collections.abc import Mapping

from ...pure.errors import Invalid, NotAllowed, NotFound


class AccountNotVisible(NotFound):
    """Missing or hidden: the viewer is never told which."""


class RegistrationsClosed(NotAllowed):
    """This server takes no new accounts."""

    public = "Sign-ups are closed on this server"


class NetworkNotAllowed(NotAllowed):
    """The staff blocked sign-ups from this network."""

    public = "Sign-ups from your network are not allowed here"


class _FieldInvalid(Invalid):
    def __init__(self, field: str, code: str, sentence: str) -> None:
        super().__init__(f"Validation failed: {field} {sentence}", details={field: [(code, sentence)]})


class UsernameTaken(_FieldInvalid):
    """Somebody has this name."""

    def __init__(self) -> None:
        super().__init__("username", "ERR_TAKEN", "has already been taken")


class UsernameNotAllowed(_FieldInvalid):
    """The name has wrong characters, is too long, or is reserved."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__("username", code, sentence)


class EmailNotAllowed(_FieldInvalid):
    """No address, or one in use."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__("email", code, sentence)


class ReasonNotAllowed(_FieldInvalid):
    """Why somebody wants to join looks like what the staff turns away."""

    def __init__(self) -> None:
        super().__init__(
            "reason", "ERR_BLOCKED", "is not accepted; write in your own words why you want to join"
        )


class ProfileNotAllowed(Invalid):
    """A part of the profile breaks a limit."""

    def __init__(self, problems: Mapping[str, list[tuple[str, str]]]) -> None:
        sentence = ", ".join(f"{field} {parts[0][1]}" for field, parts in problems.items())
        super().__init__(f"Validation failed: {sentence}", details=dict(problems))
