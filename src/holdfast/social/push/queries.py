"""Reads of push subscriptions."""

from __future__ import annotations

from ...platform.db import Reader
from ...platform.web_push import DeviceKeys
from ..notifications import NotificationKind
from .errors import NoSubscription
from .model import Alerts, Delivery, PushPolicy, Subscription

_KINDS = frozenset(kind.value for kind in NotificationKind)


async def subscription_of(reader: Reader, token_id: int) -> Subscription:
    """The subscription of a token; raises NoSubscription."""
    row = await reader.fetchrow(
        "select id, endpoint, alerts, policy, standard, declarative from push_subscriptions where token_id = $1",
        token_id,
    )
    if row is None:
        raise NoSubscription
    kinds = frozenset(NotificationKind(name) for name in row["alerts"] if name in _KINDS)
    alerts = Alerts(kinds, PushPolicy(row["policy"]))
    return Subscription(row["id"], row["endpoint"], alerts, row["standard"], row["declarative"])


_WAITING_SQL = """
select s.id from push_subscriptions s
join notifications n on n.id = $1 and n.account_id = s.account_id
where not n.filtered and not n.dismissed and n.kind = any(s.alerts) and case s.policy
    when 'all' then true
    when 'followed' then exists (
        select 1 from follows f where f.follower_id = s.account_id and f.followed_id = n.from_id)
    when 'follower' then exists (
        select 1 from follows f where f.follower_id = n.from_id and f.followed_id = s.account_id)
    else false end
order by s.id
"""


async def waiting(reader: Reader, notification_id: int) -> list[int]:
    """The subscriptions that want to be told of a notification."""
    return [row[0] for row in await reader.fetch(_WAITING_SQL, notification_id)]


# As long as its access token opens something: the conditions are those under which a request with it is served.
_DELIVERY_SQL = """
select s.id, s.token_id, s.account_id, s.endpoint, s.public_key, s.auth, s.standard, s.declarative, s.sealed_token,
       u.locale, s.failures, s.failing_since
from push_subscriptions s
join access_tokens t on t.id = s.token_id
join accounts a on a.id = s.account_id
join users u on u.account_id = a.id
where s.id = $1 and a.state = 0 and u.disabled_at is null and 'push' = any(t.scopes)
  and (a.suspended_at is null or t.created_at > a.suspended_at)
"""


async def delivery(reader: Reader, subscription_id: int) -> Delivery | None:
    """What is needed to send to a subscription; None when it has ended, or its token opens nothing now."""
    row = await reader.fetchrow(_DELIVERY_SQL, subscription_id)
    if row is None:
        return None
    return Delivery(
        row["id"], row["token_id"], row["account_id"], row["endpoint"], DeviceKeys(row["public_key"], row["auth"]),
        row["standard"], row["declarative"], row["sealed_token"], row["locale"], row["failures"],
        row["failing_since"],
    )  # fmt: skip
