"""What can go wrong with apps and tokens.

Invalid
└── AppNotAllowed            name, website, redirect addresses or scopes of a registration
NotAllowed
└── LoginPending             the token is good, but the sign-up waits for approval
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotAllowed


class AppNotAllowed(Invalid):
    """A registration breaks a rule; the text names the field."""

    def __init__(self, field: str, code: str, sentence: str) -> None:
        title = field.replace("_", " ").capitalize()
        super().__init__(f"Validation failed: {title} {sentence}", details={field: [(code, sentence)]})


class LoginPending(NotAllowed):
    """The account waits for a moderator's approval."""

    public = "Your login is currently pending approval"
