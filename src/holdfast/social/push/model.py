"""What a subscription is, and the pure decisions about what it is sent and what becomes of it."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import Enum, StrEnum
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from ...platform.clock import Instant
from ...platform.web_push import AUTH_BYTES, POINT_BYTES, DeviceKeys
from ..notifications import NotificationKind
from .errors import PushNotAllowed

FIRST_RETRY_SECONDS: Final = 30
LONGEST_RETRY_SECONDS: Final = 6 * 3600
_REFUSED_FOR_GOOD = frozenset((404, 410))
_COMES_BACK = frozenset((408, 425, 429))
_TOO_LARGE = 413


class PushPolicy(StrEnum):
    """Of whose doings an app wants to be told."""

    ALL = "all"
    FOLLOWED = "followed"  # by the member
    FOLLOWER = "follower"  # of the member
    NONE = "none"


class Alerts(msgspec.Struct, frozen=True):
    """Of what an app wants to be told, and of whose doings."""

    kinds: frozenset[NotificationKind] = frozenset()
    policy: PushPolicy = PushPolicy.ALL


class NewSubscription(msgspec.Struct, frozen=True):
    """What an app asks for.

    `standard`: RFC 8291; else the draft before it. `declarative`: a message that a browser can show by itself.
    """

    endpoint: str
    keys: DeviceKeys
    alerts: Alerts
    standard: bool = False
    declarative: bool = False


class Subscription(msgspec.Struct, frozen=True):
    """A subscription as its app sees it."""

    id: int
    endpoint: str
    alerts: Alerts
    standard: bool
    declarative: bool


class Delivery(msgspec.Struct, frozen=True):
    """What is needed to send one message. `failing_since` None: the last message was taken."""

    subscription_id: int
    token_id: int
    account_id: int
    endpoint: str
    keys: DeviceKeys
    standard: bool
    declarative: bool
    sealed_token: bytes | None
    locale: str
    failures: int
    failing_since: Instant | None


class Outcome(Enum):
    """What an answer of a push service means."""

    TAKEN = "taken"
    GONE = "gone"  # the subscription has ended
    LATER = "later"  # the service cannot now
    REFUSED = "refused"  # this message will never be taken; the next one may
    DROPPED = "dropped"  # too large: our fault, which says nothing of the subscription


def read_device_keys(public_key: str, auth: str) -> DeviceKeys:
    """The keys that an app sends as base64, of either alphabet, padded or not. Raises PushNotAllowed."""
    point = _unbase64("subscription[keys][p256dh]", public_key)
    try:
        if len(point) != POINT_BYTES:
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise PushNotAllowed(
            "subscription[keys][p256dh]", "ERR_INVALID", "is not an uncompressed point on the curve P-256"
        ) from None
    secret = _unbase64("subscription[keys][auth]", auth)
    if len(secret) != AUTH_BYTES:
        raise PushNotAllowed(
            "subscription[keys][auth]", "ERR_INVALID", f"is not {AUTH_BYTES} bytes in base64"
        )
    return DeviceKeys(point, secret)


def _unbase64(field: str, text: str) -> bytes:
    if not text:
        raise PushNotAllowed(field, "ERR_BLANK", "can't be blank")
    plain = text.replace("+", "-").replace("/", "_").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars="-_", validate=True)
    except (ValueError, binascii.Error):
        raise PushNotAllowed(field, "ERR_INVALID", "is not base64") from None


def outcome_of(status: int) -> Outcome:
    """What a status code of a push service means."""
    if 200 <= status < 300:
        return Outcome.TAKEN
    if status in _REFUSED_FOR_GOOD:
        return Outcome.GONE
    if status == _TOO_LARGE:
        return Outcome.DROPPED
    if status in _COMES_BACK or status >= 500:
        return Outcome.LATER
    return Outcome.REFUSED


def retry_seconds(failures: int, asked_seconds: float | None) -> float:
    """How long to wait after so many failures in a row, or as long as the service asks, if that is longer."""
    own = min(float(FIRST_RETRY_SECONDS << min(max(failures - 1, 0), 20)), float(LONGEST_RETRY_SECONDS))
    return min(max(own, asked_seconds or 0.0), LONGEST_RETRY_SECONDS)


def read_retry_after(value: str | None, now: Instant) -> float | None:
    """The seconds that a `Retry-After` asks for, written as seconds or as a date; None when it says nothing."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - now) / timedelta(seconds=1), 0.0)
    except (TypeError, ValueError):
        return None
