"""Keys and secrets: one master key, everything else derived from it (ADR 0014)."""

from __future__ import annotations

import base64
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Keyring:
    """Derives a key for each purpose from the master key (32 bytes or more)."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def derive(self, purpose: str, length: int = 32) -> bytes:
        """The key for `purpose`: the same master and purpose always give the same bytes."""
        return HKDF(hashes.SHA256(), length, salt=None, info=f"holdfast/{purpose}".encode()).derive(
            self._master
        )

    def fingerprint(self) -> str:
        """Tells two masters apart without telling anything about them."""
        return sha256(self.derive("fingerprint")).hexdigest()[:32]

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Encrypt a column value; `context` (table, column, owner) must be given again to open it."""
        nonce = secrets.token_bytes(12)
        return nonce + AESGCM(self.derive("columns")).encrypt(nonce, plain, context.encode())

    def open(self, sealed: bytes, *, context: str) -> bytes:
        """Decrypt what `seal` made; raises cryptography's InvalidTag when key or context differ."""
        return AESGCM(self.derive("columns")).decrypt(sealed[:12], sealed[12:], context.encode())

    def vapid_key(self) -> ec.EllipticCurvePrivateKey:
        """The P-256 key that identifies this server to push services."""
        scalar = int.from_bytes(self.derive("vapid", 48), "big") % (_P256_ORDER - 1) + 1
        return ec.derive_private_key(scalar, ec.SECP256R1())

    def vapid_public(self) -> str:
        """The public half as clients expect it: an uncompressed point in unpadded base64url."""
        point = self.vapid_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def new_secret(entropy_bytes: int = 32) -> str:
    """A fresh URL-safe secret: a token, a code, a session."""
    return secrets.token_urlsafe(entropy_bytes)


def random_bytes(count: int) -> bytes:
    """Fresh bytes nobody can guess."""
    return secrets.token_bytes(count)


def random_word(alphabet: str, characters: int) -> str:
    """A fresh word that a person can copy: each character drawn evenly from `alphabet`."""
    return "".join(secrets.choice(alphabet) for _ in range(characters))


def secret_hash(secret: str) -> bytes:
    """What the database keeps of a high-entropy secret (never for passwords)."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()
