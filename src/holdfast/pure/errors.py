"""The roots of every error family in the house.

    HoldfastError                what went wrong, with a private and a public face
    ├── NotFound                 missing, or hidden from this viewer: never told apart
    ├── NotAuthenticated         nobody, or nobody any more
    ├── NotAllowed               known, but not permitted
    ├── Invalid                  the input is wrong; says what to do
    ├── Conflict                 the state of the world changed or forbids it
    ├── Gone                     was here, is not any more
    ├── LimitReached             too much, too often; says when to come back
    └── Unavailable              a thing we depend on does not answer

Rooms derive their own errors from these in `errors.py`. The rooms do not know
HTTP: `edge/answers.py` is the one table from family to status code.
"""

from __future__ import annotations


class HoldfastError(Exception):
    """An error with two faces: `public` goes to the client, `private` to the log only."""

    public: str = "Something went wrong."

    def __init__(self, public: str | None = None, *, private: str = "") -> None:
        self.public = public or type(self).public
        self.private = private
        super().__init__(private or self.public)


class NotFound(HoldfastError):
    """Missing or hidden; the public text never says which."""

    public = "Record not found"


class NotAuthenticated(HoldfastError):
    """No valid token or session."""

    public = "The access token is invalid"


class NotAllowed(HoldfastError):
    """The actor is known and may not do this."""

    public = "This action is not allowed"


class Invalid(HoldfastError):
    """Wrong input. `details` maps a field name to (code, sentence) pairs.

    Codes follow the Mastodon API: ERR_BLANK, ERR_TAKEN, ERR_TOO_LONG, ERR_INVALID ...
    """

    public = "Validation failed"

    def __init__(
        self,
        public: str | None = None,
        *,
        private: str = "",
        details: dict[str, list[tuple[str, str]]] | None = None,
    ) -> None:
        super().__init__(public, private=private)
        self.details = details or {}


class Conflict(HoldfastError):
    """The state forbids it."""

    public = "This conflicts with the current state"


class Gone(HoldfastError):
    """Was here and is withdrawn for good."""

    public = "Gone"


class LimitReached(HoldfastError):
    """A named limit was hit; `retry_after_seconds` says when to come back."""

    public = "Too many requests"

    def __init__(self, public: str | None = None, *, retry_after_seconds: int = 60) -> None:
        super().__init__(public)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(HoldfastError):
    """Something this depends on does not answer now."""

    public = "Temporarily unavailable"
