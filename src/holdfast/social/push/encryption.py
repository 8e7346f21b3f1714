"""Messages that only the device can read: RFC 8291 (aes128gcm), and the draft that older apps speak (aesgcm,
draft-ietf-webpush-encryption-04).

Salt and sender key are given, so that the same call gives the same bytes; each message needs fresh ones.
"""

from __future__ import annotations

import base64

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .model import DeviceKeys

SALT_BYTES = 16
_RECORD_BYTES = 4096
_LAST_RECORD = b"\x02"


class Encrypted(msgspec.Struct, frozen=True):
    """A body, and the headers that go with it. `crypto_key`: what the draft puts beside the key of the server."""

    body: bytes
    headers: dict[str, str]
    crypto_key: str | None = None


def encrypt(
    content: bytes, keys: DeviceKeys, *, salt: bytes, sender: ec.EllipticCurvePrivateKey, standard: bool
) -> Encrypted:
    """Encrypt at most `CONTENT_MAX_BYTES` for a device."""
    device = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), keys.public_key)
    point = sender.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = sender.exchange(ec.ECDH(), device)
    if standard:
        return _standard(content, keys, salt=salt, point=point, shared=shared)
    return _draft(content, keys, salt=salt, point=point, shared=shared)


def _standard(content: bytes, keys: DeviceKeys, *, salt: bytes, point: bytes, shared: bytes) -> Encrypted:
    secret = _hkdf(shared, keys.auth, b"WebPush: info\x00" + keys.public_key + point, 32)
    key = _hkdf(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\x00", 12)
    record = AESGCM(key).encrypt(nonce, content + _LAST_RECORD, None)
    head = salt + _RECORD_BYTES.to_bytes(4, "big") + bytes([len(point)]) + point
    return Encrypted(head + record, {"content-encoding": "aes128gcm"})


def _draft(content: bytes, keys: DeviceKeys, *, salt: bytes, point: bytes, shared: bytes) -> Encrypted:
    secret = _hkdf(shared, keys.auth, b"Content-Encoding: auth\x00", 32)
    parties = b"".join(len(part).to_bytes(2, "big") + part for part in (keys.public_key, point))
    context = b"P-256\x00" + parties
    key = _hkdf(secret, salt, b"Content-Encoding: aesgcm\x00" + context, 16)
    nonce = _hkdf(secret, salt, b"Content-Encoding: nonce\x00" + context, 12)
    # Two bytes say how much padding follows: none.
    body = AESGCM(key).encrypt(nonce, b"\x00\x00" + content, None)
    headers = {"content-encoding": "aesgcm", "encryption": f"salt={base64url(salt)}"}
    return Encrypted(body, headers, f"dh={base64url(point)}")


def _hkdf(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt=salt, info=info).derive(secret)


def base64url(value: bytes) -> str:
    """Unpadded, as headers and tokens have it."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
