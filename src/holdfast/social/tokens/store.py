"""Every statement that writes the tables of apps, codes and tokens."""

from __future__ import annotations

from datetime import date

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from .model import App


async def insert_app(tx: Tx, app: App, client_secret_hash: bytes, *, now: Instant) -> None:
    """A registered application."""
    await tx.execute(
        "insert into apps (id, name, website, redirect_uris, scopes, client_id, client_secret_hash, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8)",
        app.app_id, app.name, app.website, list(app.redirect_uris), list(app.scopes), app.client_id,
        client_secret_hash, now,
    )  # fmt: skip


async def insert_code(
    tx: Tx, code_hash: bytes, app_id: int, account_id: int, *, redirect_uri: str, scopes: tuple[str, ...],
    code_challenge: str | None, expires_at: Instant,
) -> None:  # fmt: skip
    """An authorization code."""
    await tx.execute(
        "insert into authorization_codes"
        " (code_hash, app_id, account_id, redirect_uri, scopes, code_challenge, expires_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        code_hash, app_id, account_id, redirect_uri, list(scopes), code_challenge, expires_at,
    )  # fmt: skip


async def take_code(tx: Tx, code_hash: bytes, now: Instant) -> Row | None:
    """Mark a code as used and return what it was before, locked; None when there is none."""
    row = await tx.fetchrow(
        "select c.app_id, c.account_id, c.redirect_uri, c.scopes, c.code_challenge, c.expires_at, c.used_at, a.state"
        " from authorization_codes c join accounts a on a.id = c.account_id where c.code_hash = $1 for update of c",
        code_hash,
    )
    if row is not None and row["used_at"] is None:
        await tx.execute("update authorization_codes set used_at = $2 where code_hash = $1", code_hash, now)
    return row


async def insert_token(
    tx: Tx, token_id: int, secret_hash: bytes, app_id: int, account_id: int | None, *,
    scopes: tuple[str, ...], code_hash: bytes | None, now: Instant,
) -> None:  # fmt: skip
    """An access token."""
    await tx.execute(
        "insert into access_tokens (id, secret_hash, app_id, account_id, scopes, code_hash, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        token_id, secret_hash, app_id, account_id, list(scopes), code_hash, now,
    )  # fmt: skip


async def delete_tokens_of_code(tx: Tx, code_hash: bytes) -> int:
    """Remove what a code gave; how many."""
    return await tx.execute("delete from access_tokens where code_hash = $1", code_hash)


async def delete_token(tx: Tx, token_id: int) -> None:
    """Remove one token."""
    await tx.execute("delete from access_tokens where id = $1", token_id)


async def delete_tokens(tx: Tx, account_id: int, *, app_id: int | None) -> int:
    """Remove a member's tokens, those of one app if `app_id` names it, and codes not used yet; how many tokens."""
    await tx.execute(
        "delete from authorization_codes where account_id = $1 and ($2::bigint is null or app_id = $2)",
        account_id, app_id,
    )  # fmt: skip
    return await tx.execute(
        "delete from access_tokens where account_id = $1 and ($2::bigint is null or app_id = $2)",
        account_id,
        app_id,
    )


async def mark_used(tx: Tx, token_id: int, day: date) -> None:
    """Remember on which day a token was last used."""
    await tx.execute("update access_tokens set last_used_on = $2 where id = $1", token_id, day)


async def purge_expired_codes(tx: Tx, *, now: Instant) -> int:
    """Remove codes that nobody can use any more; how many. Run periodically.

    A used code stays for as long as it would have lived: until then a second use must be noticed.
    """
    return await tx.execute("delete from authorization_codes where expires_at <= $1", now)
