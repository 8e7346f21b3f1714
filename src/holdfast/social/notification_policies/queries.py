"""Reads of policies."""

from __future__ import annotations

from ...platform.db import Reader
from .model import DEFAULT_POLICY, NotificationPolicy, Treatment


async def policy_of(reader: Reader, account_id: int) -> NotificationPolicy:
    """What a member wants; the default where nothing was chosen."""
    row = await reader.fetchrow(
        "select not_following, not_followers, new_accounts, private_mentions, limited_accounts, bots"
        " from notification_policies where account_id = $1",
        account_id,
    )
    return DEFAULT_POLICY if row is None else NotificationPolicy(*(Treatment(value) for value in row))
