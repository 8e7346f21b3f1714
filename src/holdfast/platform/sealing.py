"""age: encryption to public recipients, so that who encrypts cannot open what was encrypted before."""

from __future__ import annotations

from collections.abc import Sequence

import pyrage  # type: ignore[import-untyped]

from ..pure.errors import Invalid


class SealingWrong(Invalid):
    """Not a recipient, not an identity, or not something that this identity opens."""

    public = "This cannot be opened with this key."


def new_identity() -> tuple[str, str]:
    """A fresh identity (AGE-SECRET-KEY-1…) and its recipient (age1…)."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_of(identity: str) -> str:
    """The public half. Raises SealingWrong, without the text."""
    return str(_identity(identity).to_public())


def seal(plain: bytes, recipients: Sequence[str]) -> bytes:
    """An age file that each of the recipients opens alone. Raises SealingWrong."""
    if not recipients:
        raise SealingWrong("At least one recipient is needed.")
    try:
        keys = [pyrage.x25519.Recipient.from_str(one) for one in recipients]
    except pyrage.RecipientError:
        raise SealingWrong("A recipient is written age1…") from None
    return bytes(pyrage.encrypt(plain, keys))


def unseal(sealed: bytes, identity: str) -> bytes:
    """What is in an age file. Raises SealingWrong for another key and for a file that was changed or cut."""
    key = _identity(identity)
    try:
        return bytes(pyrage.decrypt(sealed, [key]))
    except pyrage.DecryptError:
        raise SealingWrong from None


def _identity(text: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise SealingWrong("An identity is written AGE-SECRET-KEY-1…") from None
