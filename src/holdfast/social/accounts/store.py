"""Every statement that writes the accounts' tables."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from .model import AccountState, Picture, ProfileChange, Restriction

_ACCOUNT_COLUMNS = (
    "display_name",
    "note",
    "fields",
    "locked",
    "bot",
    "discoverable",
    "indexable",
    "hide_collections",
    "avatar_description",
    "header_description",
    "show_media",
    "show_media_replies",
    "show_featured",
    "attribution_domains",
)
_USER_COLUMNS = (
    "posting_visibility",
    "posting_sensitive",
    "posting_language",
    "posting_quote_policy",
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
    locale: str, reason: str | None, app_id: int | None, ip: str | None = None, now: Instant,
) -> None:  # fmt: skip
    """What an account needs to sign in; raises UniqueViolation when the address is taken."""
    await tx.execute(
        "insert into users (account_id, email, email_canonical, password_hash, role, locale, sign_up_reason,"
        " created_by_app_id, created_at, sign_up_ip) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::inet)",
        account_id, email, email_canonical, password_hash, role, locale, reason, app_id, now, ip,
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
        " hide_collections = coalesce($9, hide_collections),"
        " avatar_description = coalesce($10, avatar_description),"
        " header_description = coalesce($11, header_description), show_media = coalesce($12, show_media),"
        " show_media_replies = coalesce($13, show_media_replies), show_featured = coalesce($14, show_featured),"
        " attribution_domains = coalesce($15::text[], attribution_domains) where id = $1",
        account_id, *(values.get(column) for column in _ACCOUNT_COLUMNS),
    )  # fmt: skip
    language_given = change.posting_language is not msgspec.UNSET
    await tx.execute(
        "update users set posting_visibility = coalesce($2, posting_visibility),"
        " posting_sensitive = coalesce($3, posting_sensitive),"
        " posting_language = case when $8 then $4 else posting_language end,"
        " posting_quote_policy = coalesce($5, posting_quote_policy),"
        " expand_media = coalesce($6, expand_media), expand_spoilers = coalesce($7, expand_spoilers)"
        " where account_id = $1",
        account_id, *(values.get(column) for column in _USER_COLUMNS), language_given,
    )  # fmt: skip
    tx.touch(Kind.ACCOUNT, account_id)
    await _touch_moved_here(tx, account_id)
    tx.touch(Kind.PREFERENCES, account_id)


async def set_locale(tx: Tx, account_id: int, locale: str) -> None:
    """The language that a member is written to in."""
    await tx.execute("update users set locale = $2 where account_id = $1", account_id, locale)


async def set_account_picture(tx: Tx, account_id: int, *, header: bool, picture: Picture | None) -> None:
    """An avatar, or the header, of one's own; None: the drawn one, which has no description."""
    file, still = (picture.file, picture.still) if picture else (None, None)
    if header:
        await tx.execute(
            "update accounts set header = $2, header_still = $3,"
            " header_description = case when $2::text is null then '' else header_description end where id = $1",
            account_id, file, still,
        )  # fmt: skip
    else:
        await tx.execute(
            "update accounts set avatar = $2, avatar_still = $3,"
            " avatar_description = case when $2::text is null then '' else avatar_description end where id = $1",
            account_id, file, still,
        )  # fmt: skip
    tx.touch(Kind.ACCOUNT, account_id)


async def lock_state(tx: Tx, account_id: int) -> AccountState | None:
    """Where an account stands; it stays there until this transaction ends. None when there is none."""
    state = await tx.fetchval("select state from accounts where id = $1 for update", account_id)
    return None if state is None else AccountState(state)


async def set_state(tx: Tx, account_id: int, state: AccountState, *, now: Instant) -> bool:
    """Move an account to a state; whether that changed anything. From being deleted no way leads back."""
    changed = await tx.execute(
        "update accounts set state = $2, suspended_at = case when $2 = 2 then $3::timestamptz else suspended_at end"
        " where id = $1 and state <> $2 and state not in (3, 5)",
        account_id, state.value, now,
    )  # fmt: skip
    await _touch_moved_here(tx, account_id)
    return changed > 0


async def _touch_moved_here(tx: Tx, account_id: int) -> None:
    """Accounts that moved to this one show it."""
    for row in await tx.fetch("select id from accounts where moved_to_id = $1", account_id):
        tx.touch(Kind.ACCOUNT, row[0])


_RESTRICT_SQL = {
    Restriction.LIMITED: "update accounts set limited_at = $2, limited_until = $3 where id = $1",
    Restriction.SENSITIZED: "update accounts set sensitized_at = $2, sensitized_until = $3 where id = $1",
    Restriction.FROZEN: "update accounts set frozen_at = $2, frozen_until = $3 where id = $1",
    Restriction.DISABLED: "update users set disabled_at = $2, disabled_until = $3 where account_id = $1",
}
_LIFT_SQL = {
    Restriction.LIMITED: "update accounts set limited_at = null, limited_until = null where id = $1 and limited_at is not null",
    Restriction.SENSITIZED: (
        "update accounts set sensitized_at = null, sensitized_until = null where id = $1 and sensitized_at is not null"
    ),
    Restriction.FROZEN: "update accounts set frozen_at = null, frozen_until = null where id = $1 and frozen_at is not null",
    Restriction.DISABLED: (
        "update users set disabled_at = null, disabled_until = null where account_id = $1 and disabled_at is not null"
    ),
}


async def restrict(
    tx: Tx, account_id: int, restriction: Restriction, *, until: Instant | None, now: Instant
) -> bool:
    """Set a restriction; False when there is no such account, or it cannot sign in here and that was to be ended."""
    return await tx.execute(_RESTRICT_SQL[restriction], account_id, now, until) > 0


async def lift(tx: Tx, account_id: int, restriction: Restriction) -> bool:
    """Take a restriction back; whether there was one."""
    return await tx.execute(_LIFT_SQL[restriction], account_id) > 0


async def suspend_until(tx: Tx, account_id: int, until: Instant | None) -> None:
    """When a suspension ends by itself; None: not."""
    await tx.execute("update accounts set suspended_until = $2 where id = $1", account_id, until)


async def delete_pending(tx: Tx, account_id: int) -> bool:
    """Remove an account that waits for approval, so that its name and address are free; whether it was one."""
    deleted = await tx.execute(
        "delete from accounts where id = $1 and state = $2", account_id, AccountState.PENDING.value
    )
    return deleted > 0


async def set_role(tx: Tx, account_id: int, role: str) -> bool:
    """Give a role, one of `ROLES`, at once for every process; False when the account cannot sign in here."""
    changed = await tx.execute("update users set role = $2 where account_id = $1", account_id, role)
    tx.touch(Kind.ACCESS, account_id)
    tx.touch(Kind.ACCOUNT, account_id)
    tx.touch(Kind.PREFERENCES, account_id)
    return changed > 0
