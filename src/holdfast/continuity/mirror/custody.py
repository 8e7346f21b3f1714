"""The identity that opens the mirrors: made once, given out in shares, never kept on the server (ADR 0035)."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...platform import key_shares, sealing
from ...pure.mirror import identity_secret, identity_text


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """To be shown once. recipient: public, all that the server keeps. shares: 33 words each, for one holder each."""

    recipient: str
    shares: tuple[str, ...] = field(repr=False)


def make_identity(*, shares: int, needed: int) -> NewIdentity:
    """A new identity in shares, of which `needed` bring it back. Raises key_shares.SharesWrong for numbers that cannot be."""
    identity, recipient = sealing.new_identity()
    return NewIdentity(
        recipient, key_shares.split_secret(identity_secret(identity), shares=shares, needed=needed)
    )


def join_identity(shares: list[str], *, recipient: str) -> str:
    """The identity's text from enough shares. Raises key_shares.SharesWrong, also where it is not that of `recipient`."""
    identity = identity_text(key_shares.join_secret(shares))
    if sealing.recipient_of(identity) != recipient:
        raise key_shares.SharesWrong("These shares belong to another identity.")
    return identity
