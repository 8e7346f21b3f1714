"""Web Push on the wire: messages that only the device can read, and the proof of who sends them.

Encryption is that of RFC 8291 (aes128gcm), or of the draft before it, which older apps speak (aesgcm,
draft-ietf-webpush-encryption-04). The proof is VAPID, RFC 8292. Salt, sender key and time are given.
"""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..pure.outbound_addresses import read_target
from .clock import Instant

AUTH_BYTES: Final = 16
POINT_BYTES: Final = 65
CONTENT_MAX_BYTES: Final = 3993
"""What fits into the 4,096 bytes that every push service takes (RFC 8030, 7.2), with header, delimiter and tag."""
SALT_BYTES: Final = 16
_RECORD_BYTES = 4096
_LAST_RECORD = b"\x02"


class DeviceKeys(msgspec.Struct, frozen=True):
    """What a device gives so that only it can read. `public_key`: an uncompressed point on P-256."""

    public_key: bytes
    auth: bytes


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


LIFETIME: Final = timedelta(hours=12)
"""Half of the longest that the standard allows, for clocks that differ."""
_HEADER = base64url(b'{"typ":"JWT","alg":"ES256"}')


class Vapid:
    """Signs for one server. `subject`: whom a push service may write to, a mailto: or https: address."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, subject: str) -> None:
        self._key = key
        self._subject = subject
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._public = base64url(point)

    def headers(self, endpoint: str, message: Encrypted, now: Instant) -> dict[str, str]:
        """The headers that prove who sends, beside those of the encryption."""
        token = self.token(endpoint, now)
        if message.crypto_key is None:
            return {**message.headers, "authorization": f"vapid t={token}, k={self._public}"}
        return {
            **message.headers,
            "authorization": f"WebPush {token}",
            "crypto-key": f"{message.crypto_key};p256ecdsa={self._public}",
        }

    def token(self, endpoint: str, now: Instant) -> str:
        """A signed token for the origin of an endpoint."""
        scheme, host, port = read_target(endpoint).origin
        shown = f"[{host}]" if ":" in host else host
        usual = port == {"https": 443, "http": 80}[scheme]
        claims = {
            "aud": f"{scheme}://{shown}" if usual else f"{scheme}://{shown}:{port}",
            "exp": int((now + LIFETIME).timestamp()),
            "sub": self._subject,
        }
        signed = f"{_HEADER}.{base64url(msgspec.json.encode(claims))}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
