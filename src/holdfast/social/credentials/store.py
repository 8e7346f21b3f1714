"""Every statement about passwords and one-time links."""

from __future__ import annotations

from hashlib import sha256

from ...platform.clock import Instant
from ...platform.db import Reader, Row, Tx
from ..accounts import AccountId, canonical_email


def hash_mark(password_hash: str) -> str:
    """Tells one password hash from another without telling anything about it."""
    return sha256(password_hash.encode()).hexdigest()[:32]


async def find_login(reader: Reader, login: str) -> Row | None:
    """Account id and password hash of a name or an e-mail address."""
    login = login.strip()
    if "@" in login.removeprefix("@"):
        return await reader.fetchrow(
            "select account_id, password_hash from users where email_canonical = $1", canonical_email(login)
        )
    return await reader.fetchrow(
        "select u.account_id, u.password_hash from users u join accounts a on a.id = u.account_id"
        " where lower(a.username) = lower($1) and coalesce(a.domain, '') = ''",
        login.removeprefix("@"),
    )


async def login_of(reader: Reader, account_id: int) -> Row | None:
    """Password hash, name, address and state of an account that can sign in here."""
    return await reader.fetchrow(
        "select u.account_id, u.password_hash, u.email, a.username, a.state, u.totp_secret is not null as has_totp"
        " from users u join accounts a on a.id = u.account_id where u.account_id = $1",
        account_id,
    )


async def lock_login(tx: Tx, account_id: int) -> Row | None:
    """The same as `login_of`, with the member's row locked, and whether the staff disabled it."""
    return await tx.fetchrow(
        "select u.account_id, u.password_hash, u.email, a.username, a.state, u.totp_secret is not null as has_totp,"
        " u.disabled_at is not null as disabled"
        " from users u join accounts a on a.id = u.account_id where u.account_id = $1 for update of u",
        account_id,
    )


async def set_password_hash(tx: Tx, account_id: int, password_hash: str) -> None:
    """Replace the password."""
    await tx.execute("update users set password_hash = $2 where account_id = $1", account_id, password_hash)


async def insert_link(tx: Tx, secret_hash: bytes, account_id: int, purpose: str, expires_at: Instant) -> None:
    """A one-time link."""
    await tx.execute(
        "insert into one_time_links (secret_hash, account_id, purpose, expires_at) values ($1, $2, $3, $4)",
        secret_hash, account_id, purpose, expires_at,
    )  # fmt: skip


async def delete_links(tx: Tx, account_id: int) -> None:
    """Remove every one-time link of an account."""
    await tx.execute("delete from one_time_links where account_id = $1", account_id)


async def find_link(reader: Reader, secret_hash: bytes, now: Instant) -> Row | None:
    """A link that is still good, with the name of its account."""
    return await reader.fetchrow(
        "select l.account_id, l.purpose, a.username from one_time_links l join accounts a on a.id = l.account_id"
        " join users u on u.account_id = l.account_id where l.secret_hash = $1 and l.expires_at > $2",
        secret_hash, now,
    )  # fmt: skip


async def take_link(tx: Tx, secret_hash: bytes, now: Instant) -> AccountId | None:
    """Use a link up; its account, or None when it is not good."""
    found: int | None = await tx.fetchval(
        "delete from one_time_links where secret_hash = $1 and expires_at > $2 returning account_id",
        secret_hash, now,
    )  # fmt: skip
    return None if found is None else AccountId(found)


async def purge_expired_links(tx: Tx, *, now: Instant) -> int:
    """Remove links that nobody can use any more; how many. Run periodically."""
    return await tx.execute("delete from one_time_links where expires_at <= $1", now)
