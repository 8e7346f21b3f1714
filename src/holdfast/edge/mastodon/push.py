"""The push subscription of an access token: `/api/v1/push/subscription`."""

from __future__ import annotations

from typing import Any

import msgspec

from ...platform.config import Settings
from ...pure.errors import Invalid, NotAuthenticated
from ...pure.outbound_addresses import read_allowed
from ...social.push import (
    Alerts,
    NewSubscription,
    PushLimits,
    PushPolicy,
    Subscription,
    change_alerts,
    read_device_keys,
    subscribe,
    subscription_of,
    unsubscribe,
)
from ...social.tokens import TokenSession
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, Limit, RouteTable
from .notification_types import OURS, TYPES, kinds_named

routes = RouteTable()

_PUSH = Access.member("push")
_PATH = "/api/v1/push/subscription"


class KeysForm(msgspec.Struct):
    """The keys of the device, in base64."""

    p256dh: str = ""
    auth: str = ""


class SubscriptionForm(msgspec.Struct):
    """Where messages go, and how they are written."""

    endpoint: str = ""
    keys: KeysForm = msgspec.field(default_factory=KeysForm)
    standard: bool = False
    declarative: bool = False


class DataForm(msgspec.Struct):
    """What the app is told of: types that are true, and of whose doings."""

    alerts: dict[str, Any] | None = None
    policy: str | None = None


class SubscribeForm(msgspec.Struct):
    """A subscription. Some apps send `policy` beside `data`."""

    subscription: SubscriptionForm = msgspec.field(default_factory=SubscriptionForm)
    data: DataForm = msgspec.field(default_factory=DataForm)
    policy: str | None = None


@routes.get(_PATH, _PUSH)
async def show(call: Call) -> Answer:
    """The token's subscription."""
    found = await subscription_of(call.services.database, _token(call).token_id)
    return json_answer(_entity(call.services, found))


@routes.post(_PATH, _PUSH)
async def create(call: Call) -> Answer:
    """Subscribe, in place of what the token had before."""
    form, services, token = await call.params(SubscribeForm), call.services, _token(call)
    asked = form.subscription
    new = NewSubscription(
        asked.endpoint.strip(), read_device_keys(asked.keys.p256dh, asked.keys.auth), _alerts(form),
        asked.standard, asked.declarative,
    )  # fmt: skip
    sealed = None
    if services.settings.push_access_token:
        # Apps know by it which account a message is for. It is sent to the device alone, encrypted.
        secret = call.header(b"authorization").partition(" ")[2].strip()
        sealed = services.keyring.seal(secret.encode(), context=token_context(token.token_id))
    async with services.database.transaction() as tx:
        saved = await subscribe(
            tx, token.token_id, call.actor.account_id, new, sealed_token=sealed,
            limits=push_limits(services.settings), now=call.now,
        )  # fmt: skip
    return json_answer(_entity(services, saved))


@routes.put(_PATH, _PUSH)
async def change(call: Call) -> Answer:
    """Change what the app is told of."""
    form = await call.params(SubscribeForm)
    async with call.services.database.transaction() as tx:
        saved = await change_alerts(tx, _token(call).token_id, _alerts(form))
    return json_answer(_entity(call.services, saved))


@routes.delete(_PATH, _PUSH, limit=Limit.DEFAULT)
async def end(call: Call) -> Answer:
    """End the subscription."""
    async with call.services.database.transaction() as tx:
        await unsubscribe(tx, _token(call).token_id)
    return json_answer({})


def token_context(token_id: int) -> str:
    """What a sealed access token is bound to."""
    return f"push_subscriptions.sealed_token {token_id}"


def push_limits(settings: Settings) -> PushLimits:
    """The settings."""
    allowed = read_allowed(settings.outbound_ports, settings.outbound_private_allowed)
    return PushLimits(allowed, settings.push_subscriptions_max)


def _token(call: Call) -> TokenSession:
    if call.token is None:
        raise NotAuthenticated
    return call.token


def _alerts(form: SubscribeForm) -> Alerts:
    wanted = [name for name, value in (form.data.alerts or {}).items() if _yes(name, value)]
    chosen = form.data.policy or form.policy or PushPolicy.ALL.value
    try:
        policy = PushPolicy(chosen)
    except ValueError:
        names = ", ".join(one.value for one in PushPolicy)
        raise Invalid(
            f"policy must be one of {names}",
            details={"data[policy]": [("ERR_INCLUSION", f"is none of {names}")]},
        ) from None
    return Alerts(kinds_named(wanted), policy)


def _yes(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    low = str(value).strip().lower()
    if low in ("true", "1", "on", "t", "yes", "y"):
        return True
    if low in ("false", "0", "off", "f", "no", "n", "", "none"):
        return False
    field = f"data[alerts][{name}]"
    raise Invalid(
        f"{field} must be true or false", details={field: [("ERR_INVALID", "is neither true nor false")]}
    )


def _entity(services: Services, row: Subscription) -> dict[str, Any]:
    return {
        # A number, as Mastodon sends it, although its documentation says text: apps decode a small number.
        "id": row.id,
        "endpoint": row.endpoint,
        "standard": row.standard,
        "alerts": {
            name: kind in row.alerts.kinds
            for name, kind in TYPES.items()
            if kind not in OURS or kind in row.alerts.kinds
        },
        "server_key": services.keyring.vapid_public(),
        "policy": row.alerts.policy.value,
    }
