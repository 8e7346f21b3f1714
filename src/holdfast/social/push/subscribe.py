"""Use case: an app wants to be told by push."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.outbound_addresses import AddressNotAllowed, Allowed, read_target, special_range
from . import store
from .errors import PushNotAllowed
from .model import NewSubscription, Subscription
from .queries import subscription_of

_ENDPOINT = "subscription[endpoint]"


class PushLimits(msgspec.Struct, frozen=True):
    """`allowed`: where the operator lets us go; `per_account`: subscriptions of one member."""

    allowed: Allowed
    per_account: int


async def subscribe(
    tx: Tx, token_id: int, account_id: int, new: NewSubscription, *, sealed_token: bytes | None,
    limits: PushLimits, now: Instant,
) -> Subscription:  # fmt: skip
    """Keep it in place of the one that the token had. Raises PushNotAllowed.

    The endpoint is looked at here so that an app hears at once what can never work; whether its name leads to a
    private address is checked at each request (ADR 0010).
    """
    _check_endpoint(new.endpoint, limits.allowed)
    await store.save(tx, token_id, account_id, new, sealed_token=sealed_token, now=now)
    await store.forget_oldest(tx, account_id, limits.per_account)
    return await subscription_of(tx, token_id)


def _check_endpoint(endpoint: str, allowed: Allowed) -> None:
    if not endpoint:
        raise PushNotAllowed(_ENDPOINT, "ERR_BLANK", "can't be blank")
    try:
        target = read_target(endpoint)
    except AddressNotAllowed as error:
        raise PushNotAllowed(_ENDPOINT, "ERR_INVALID", f"is not an address: {error.public}") from error
    literal = target.literal
    if allowed.names(target) or (literal is not None and allowed.holds(literal)):
        return
    if target.scheme != "https":
        raise PushNotAllowed(_ENDPOINT, "ERR_INVALID", "must begin with https://")
    if not allowed.port(target.port):
        raise PushNotAllowed(_ENDPOINT, "ERR_INVALID", f"must not use the port {target.port}")
    if literal is not None and special_range(literal):
        raise PushNotAllowed(_ENDPOINT, "ERR_INVALID", "must not lead into a private network")
