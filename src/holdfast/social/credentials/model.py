"""Who proved what, and the pure rule of what may be a password."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Proof(msgspec.Struct, frozen=True):
    """Somebody knew an account's password. Good only while that password stays: see `hash_mark`."""

    account_id: int
    hash_mark: str


class Purpose(StrEnum):
    """What a one-time link is for."""

    FIRST_SIGN_IN = "first_sign_in"
    RESET = "reset"


class LinkView(msgspec.Struct, frozen=True):
    """What the page behind a one-time link shows."""

    account_id: int
    username: str
    purpose: str


class PasswordLimits(msgspec.Struct, frozen=True):
    """How long a password may be, in characters; both numbers are settings."""

    min_characters: int = 8
    max_characters: int = 256


def password_problem(
    password: str, limits: PasswordLimits, *, username: str = "", email: str = ""
) -> tuple[str, str] | None:
    """What is wrong with a password: a code and the end of a sentence; None when nothing is."""
    if not password.strip():
        return "ERR_BLANK", "can't be blank"
    if len(password) < limits.min_characters:
        return "ERR_TOO_SHORT", f"is too short (minimum is {limits.min_characters} characters)"
    if len(password) > limits.max_characters:
        return "ERR_TOO_LONG", f"is too long (maximum is {limits.max_characters} characters)"
    lowered = password.lower()
    if lowered in {username.lower(), email.lower(), email.partition("@")[0].lower()}:
        return "ERR_INVALID", "must not be your name or your e-mail address"
    if len(set(lowered)) < 3 or lowered in _FIRST_GUESSES:
        return "ERR_INVALID", "is one of the first that anybody would guess"
    return None


_FIRST_GUESSES = frozenset(
    ("password", "password1", "password12", "password123", "passw0rd", "12345678", "123456789", "1234567890",
     "qwertyuiop", "qwerty123", "iloveyou", "letmein1", "football", "baseball", "sunshine", "princess",
     "superman", "trustno1", "welcome1", "abcd1234", "1q2w3e4r", "administrator")
)  # fmt: skip
