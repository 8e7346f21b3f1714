"""Every statement that writes the accounts' tables."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from .model import AccountState, ProfileChange

_ACCOUNT_COLUMNS = (
    "display_name",
    "note",
    "fields",
    "locked",
    "bot",
    "discoverable",
    "indexable",
    "hide_collections",
)
_USER_COLUMNS = (
    "posting_visibility",
    "posting_sensitive",
    "posting_language",
    "expand_media",
    "expand_spoilers",
)


async def insert_account(
    tx: Tx, account_id: int, username: str, *, state: AccountState, now: Instant, display_name: str = ""
) -> None:
    """A local account with its counters; raises UniqueViolation when the name is taken."""
    await tx.execute(
        "with new as (insert into accounts (id, username, display_name, state, created_at) values ($1, $2, $3, $4, $5)"
        " returning id) insert into account_counts (account_id) select id from new",
        account_id, username, display_name, state.value, now,
    )  # fmt: skip


async def insert_user(
    tx: Tx, account_id: int, *, email: str, email_canonical: str, password_hash: str | None, role: str,
    locale: str, reason: str | None, app_id: int | None, now: Instant,
) -> None:  # fmt: skip
    """What an account needs to sign in; raises UniqueViolation when the address is taken."""
    await tx.execute(
        "insert into users (account_id, email, email_canonical, password_hash, role, locale, sign_up_reason,"
        " created_by_app_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        account_id, email, email_canonical, password_hash, role, locale, reason, app_id, now,
    )  # fmt: skip
    tx.touch(Kind.PREFERENCES, account_id)


async def update_profile(tx: Tx, account_id: int, change: ProfileChange) -> None:
    """Set what the change sets."""
    values = msgspec.to_builtins(change)
    if isinstance(change.fields, list):
        values["fields"] = msgspec.json.encode(change.fields).decode()
    await tx.execute(
        "update accounts set display_name = coalesce($2, display_name), note = coalesce($3, note),"
        " fields = coalesce($4::jsonb, fields), locked = coalesce($5, locked), bot = coalesce($6, bot),"
        " discoverable = coalesce($7, discoverable), indexable = coalesce($8, indexable),"
        " hide_collections = coalesce($9, hide_collections) where id = $1",
        account_id, *(values.get(column) for column in _ACCOUNT_COLUMNS),
    )  # fmt: skip
    language_given = change.posting_language is not msgspec.UNSET
    await tx.execute(
        "update users set posting_visibility = coalesce($2, posting_visibility),"
        " posting_sensitive = coalesce($3, posting_sensitive),"
        " posting_language = case when $7 then $4 else posting_language end,"
        " expand_media = coalesce($5, expand_media), expand_spoilers = coalesce($6, expand_spoilers)"
        " where account_id = $1",
        account_id, *(values.get(column) for column in _USER_COLUMNS), language_given,
    )  # fmt: skip
    tx.touch(Kind.ACCOUNT, account_id)
    tx.touch(Kind.PREFERENCES, account_id)


async def set_state(tx: Tx, account_id: int, state: AccountState, *, now: Instant) -> bool:
    """Move an account to a state; whether that changed anything."""
    changed = await tx.execute(
        "update accounts set state = $2, suspended_at = case when $2 = 2 then $3::timestamptz else suspended_at end"
        " where id = $1 and state <> $2",
        account_id, state.value, now,
    )  # fmt: skip
    return changed > 0


async def set_role(tx: Tx, account_id: int, role: str) -> bool:
    """Give a role, one of `ROLES`, at once for every process; False when the account cannot sign in here."""
    changed = await tx.execute("update users set role = $2 where account_id = $1", account_id, role)
    tx.touch(Kind.ACCESS, account_id)
    tx.touch(Kind.ACCOUNT, account_id)
    tx.touch(Kind.PREFERENCES, account_id)
    return changed > 0
