"""Every statement that writes push subscriptions."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from .model import Alerts, NewSubscription


async def save(
    tx: Tx, token_id: int, account_id: int, new: NewSubscription, *, sealed_token: bytes | None, now: Instant
) -> None:
    """Keep the one subscription of a token. A new endpoint starts without the failures of the old one."""
    await tx.execute(
        "insert into push_subscriptions as s (token_id, account_id, endpoint, public_key, auth, standard, declarative,"
        " alerts, policy, sealed_token, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)"
        " on conflict (token_id) do update set endpoint = excluded.endpoint, public_key = excluded.public_key,"
        " auth = excluded.auth, standard = excluded.standard, declarative = excluded.declarative,"
        " alerts = excluded.alerts, policy = excluded.policy, sealed_token = excluded.sealed_token,"
        " updated_at = excluded.updated_at, failures = 0, failing_since = null",
        token_id, account_id, new.endpoint, new.keys.public_key, new.keys.auth, new.standard, new.declarative,
        _names(new.alerts), new.alerts.policy.value, sealed_token, now,
    )  # fmt: skip


async def forget_oldest(tx: Tx, account_id: int, keep: int) -> None:
    """Leave an account so many subscriptions, those that were renewed last."""
    await tx.execute(
        "delete from push_subscriptions where id in (select id from push_subscriptions where account_id = $1"
        " order by updated_at desc, id desc offset $2)",
        account_id, keep,
    )  # fmt: skip


async def save_alerts(tx: Tx, token_id: int, alerts: Alerts) -> bool:
    """Change what a token's app is told of; False when the token has no subscription."""
    changed = await tx.execute(
        "update push_subscriptions set alerts = $2, policy = $3 where token_id = $1",
        token_id, _names(alerts), alerts.policy.value,
    )  # fmt: skip
    return changed > 0


async def delete_of_token(tx: Tx, token_id: int) -> None:
    """Remove a token's subscription, if it has one."""
    await tx.execute("delete from push_subscriptions where token_id = $1", token_id)


async def delete(tx: Tx, subscription_id: int, endpoint: str) -> None:
    """Remove a subscription, unless it points elsewhere by now."""
    await tx.execute(
        "delete from push_subscriptions where id = $1 and endpoint = $2", subscription_id, endpoint
    )


async def record_taken(tx: Tx, subscription_id: int) -> None:
    """A message was taken: what failed before counts no more."""
    await tx.execute(
        "update push_subscriptions set failures = 0, failing_since = null where id = $1 and failures > 0",
        subscription_id,
    )


async def record_failure(tx: Tx, subscription_id: int, endpoint: str, now: Instant) -> None:
    """A message was not taken."""
    await tx.execute(
        "update push_subscriptions set failures = failures + 1, failing_since = coalesce(failing_since, $3)"
        " where id = $1 and endpoint = $2",
        subscription_id, endpoint, now,
    )  # fmt: skip


def _names(alerts: Alerts) -> list[str]:
    return sorted(kind.value for kind in alerts.kinds)
