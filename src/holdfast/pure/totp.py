"""One-time codes by time: HOTP (RFC 4226) and TOTP (RFC 6238) with SHA-1, six digits, 30-second steps.

SHA-1 and these numbers are what every authenticator app reads; HMAC does not need SHA-1 to resist collisions.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import quote, urlencode

DIGITS = 6
STEP_SECONDS = 30
SECRET_BYTES = 20
# A clock may be off by one step either way.
STEPS_ASIDE = 1


def hotp(secret: bytes, counter: int, *, digits: int = DIGITS) -> str:
    """The code for a counter, with leading zeros."""
    digest = hmac.new(secret, counter.to_bytes(8, "big"), "sha1").digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_at(unix_seconds: float) -> int:
    """The time step that an instant falls in."""
    return int(unix_seconds // STEP_SECONDS)


def matching_step(secret: bytes, code: str, unix_seconds: float, *, after_step: int) -> int | None:
    """The step whose code was given, or None. Steps up to `after_step` were used and are refused."""
    now = step_at(unix_seconds)
    found = None
    # Every candidate is compared, so that the time taken tells nothing.
    for step in range(now - STEPS_ASIDE, now + STEPS_ASIDE + 1):
        if (
            hmac.compare_digest(hotp(secret, step).encode(), code.encode("utf-8", "replace"))
            and step > after_step
        ):
            found = step
    return found


def secret_text(secret: bytes) -> str:
    """The secret as people type it: base32 in groups of four."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def secret_from_text(text: str) -> bytes | None:
    """The secret that `secret_text` wrote, or None when it is none."""
    plain = text.replace(" ", "").upper()
    try:
        return base64.b32decode(plain + "=" * (-len(plain) % 8))
    except (binascii.Error, ValueError):
        return None


def provisioning_uri(secret: bytes, *, account: str, issuer: str) -> str:
    """What the QR code says to an authenticator app."""
    label = quote(f"{issuer}:{account}", safe="")
    plain = base64.b32encode(secret).decode().rstrip("=")
    query = urlencode(
        {"secret": plain, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}, quote_via=quote
    )
    return f"otpauth://totp/{label}?{query}"
