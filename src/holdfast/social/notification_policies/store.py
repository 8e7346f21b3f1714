"""Every statement that writes policies and permissions."""

from __future__ import annotations

from ...platform.db import Tx
from .model import NotificationPolicy


async def save_policy(tx: Tx, account_id: int, policy: NotificationPolicy) -> None:
    """Keep what a member wants."""
    await tx.execute(
        "insert into notification_policies"
        " (account_id, not_following, not_followers, new_accounts, private_mentions, limited_accounts, bots)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict (account_id) do update set"
        " not_following = excluded.not_following, not_followers = excluded.not_followers,"
        " new_accounts = excluded.new_accounts, private_mentions = excluded.private_mentions,"
        " limited_accounts = excluded.limited_accounts, bots = excluded.bots",
        account_id, policy.not_following.value, policy.not_followers.value, policy.new_accounts.value,
        policy.private_mentions.value, policy.limited_accounts.value, policy.bots.value,
    )  # fmt: skip


async def allow(tx: Tx, account_id: int, from_id: int) -> None:
    """Let a sender through."""
    await tx.execute(
        "insert into notification_permissions (account_id, from_id) values ($1, $2) on conflict do nothing",
        account_id, from_id,
    )  # fmt: skip
