"""Reads of an account before somebody acts on it."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...social.accounts import AccountState


async def lock_member(reader: Reader, account_id: int) -> Row | None:
    """State, domain, role, address, and whether anybody can sign in; locked. None when it is gone for good."""
    return await reader.fetchrow(
        "select a.id, a.username, a.state, a.domain, coalesce(u.role, 'member') as role, u.email, u.account_id is not null as can_sign_in"
        " from accounts a left join users u on u.account_id = a.id where a.id = $1 and a.state <> $2 for update of a",
        account_id, AccountState.DELETED.value,
    )  # fmt: skip


async def ended_sanctions(reader: Reader, now: Instant) -> list[Row]:
    """Accounts with something whose time is over: id, and which of the four."""
    return await reader.fetch(
        "select id, coalesce(limited_until <= $1, false) as limited, coalesce(sensitized_until <= $1, false) as sensitized,"
        " coalesce(suspended_until <= $1, false) as suspended, false as disabled from accounts"
        " where limited_until <= $1 or sensitized_until <= $1 or suspended_until <= $1"
        " union all select account_id, false, false, false, true from users where disabled_until <= $1",
        now,
    )
