"""VAPID (RFC 8292): how a push service knows that a message comes from the server that the app subscribed to."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ...platform.clock import Instant
from ...pure.outbound_addresses import read_target
from .encryption import Encrypted, base64url

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
