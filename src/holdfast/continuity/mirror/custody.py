"""The keys of the mirror that people hold: the identity that opens it, and the authority that opens epochs (ADR 0035).

One secret of 32 bytes is split into shares. It is the identity; the authority of a new mirror is derived from it. When the
identity is changed later, the authority stays: its seed is then handed on, sealed to the new recipient and marked with a key that
only the new identity gives, so that nobody who knows the recipient alone can hand on another one.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ...platform import key_shares, sealing
from ...pure.errors import Invalid
from ...pure.evidence import SEED_BYTES, Algorithm, SigningKey
from ...pure.mirror import identity_secret, identity_text

_AUTHORITY: Final = b"holdfast/mirror/authority"
_MARK: Final = b"holdfast/mirror/authority mark"


class AuthorityWrong(Invalid):
    """What is kept of the authority was not made for this identity."""

    public = "This identity does not open the authority of this mirror; give the identity that the newest kit was made for."


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """To be shown once. recipient: public, all that the server keeps. shares: 33 words each, for one holder each.

    identity: the text AGE-SECRET-KEY-1…, for `--key-out`; whoever has it needs no shares.
    """

    recipient: str
    shares: tuple[str, ...] = field(repr=False)
    identity: str = field(default="", repr=False)


def make_identity(*, shares: int, needed: int) -> NewIdentity:
    """A new identity in shares, of which `needed` bring it back; 0 shares: none, it is kept as a file.

    Raises key_shares.SharesWrong for numbers that cannot be.
    """
    identity, recipient = sealing.new_identity()
    if shares == 0:
        return NewIdentity(recipient, (), identity)
    split = key_shares.split_secret(identity_secret(identity), shares=shares, needed=needed)
    return NewIdentity(recipient, split, identity)


def join_identity(shares: list[str], *, recipient: str) -> str:
    """The identity's text from enough shares. Raises key_shares.SharesWrong, also where it is not that of `recipient`."""
    identity = identity_text(key_shares.join_secret(shares))
    if sealing.recipient_of(identity) != recipient:
        raise key_shares.SharesWrong("These shares belong to another identity.")
    return identity


def authority_key(identity: str, site_id: str) -> SigningKey:
    """The authority that a mirror of this identity begins with."""
    return SigningKey(_name(site_id), Algorithm.ED25519, _derived(identity, _AUTHORITY))


def seal_authority(authority: SigningKey, identity: str) -> bytes:
    """The authority's seed for who has the identity, and for nobody else; the server keeps it and cannot open it."""
    mark = hmac.digest(_derived(identity, _MARK), authority.seed, hashlib.sha256)
    return sealing.seal(authority.seed + mark, [sealing.recipient_of(identity)])


def open_authority(sealed: bytes, identity: str, site_id: str) -> SigningKey:
    """The authority that `seal_authority` kept. Raises AuthorityWrong."""
    try:
        plain = sealing.unseal(sealed, identity)
    except sealing.SealingWrong:
        raise AuthorityWrong from None
    seed, mark = plain[:SEED_BYTES], plain[SEED_BYTES:]
    if not hmac.compare_digest(mark, hmac.digest(_derived(identity, _MARK), seed, hashlib.sha256)):
        raise AuthorityWrong
    return SigningKey(_name(site_id), Algorithm.ED25519, seed)


def signer_key(site_id: str, epoch: int, seed: bytes) -> SigningKey:
    """The key that signs the objects of an epoch, from fresh random bytes."""
    return SigningKey(f"mirror/{site_id}/signer/{epoch}", Algorithm.ED25519, seed)


def _name(site_id: str) -> str:
    return f"mirror/{site_id}/authority"


def _derived(identity: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), SEED_BYTES, salt=None, info=purpose).derive(identity_secret(identity))
