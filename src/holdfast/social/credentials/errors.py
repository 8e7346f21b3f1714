"""What can go wrong with signing in and with passwords.

NotAllowed
├── SignInRefused            name, password or code is wrong: never told which of the first two
├── CodeRequired             the password was right; now the second factor
├── CodeRefused              the second factor was wrong, or used before
└── AccountNotOpen           pending or suspended, told only after a right password
Invalid
└── PasswordNotAllowed       too short, too long, too obvious
Gone
└── LinkNotGood              unknown, used or expired
"""

from __future__ import annotations

from ...pure.errors import Gone, Invalid, NotAllowed


class SignInRefused(NotAllowed):
    """Name or password is wrong."""

    public = "That name and password do not go together. Check both and try again."


class CodeRequired(NotAllowed):
    """The second factor is missing."""

    public = "Enter the code from your authenticator app."


class CodeRefused(NotAllowed):
    """The second factor is wrong."""

    public = "That code is not right. Codes change every 30 seconds and work once; try the next one."


class AccountNotOpen(NotAllowed):
    """The account cannot be used now; the text says why. `may_read`: what was decided about it can be read all the same."""

    def __init__(self, public: str, *, may_read: bool = False) -> None:
        super().__init__(public)
        self.may_read = may_read


class PasswordNotAllowed(Invalid):
    """The password breaks a rule."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"Validation failed: Password {sentence}", details={"password": [(code, sentence)]})


class LinkNotGood(Gone):
    """There is no such link any more."""

    public = "This link was used already, has expired, or never was one. Ask the operator for a new one."
