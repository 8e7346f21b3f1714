"""Reads for the pages about passwords and one-time links."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.crypto import secret_hash
from ...platform.db import Reader
from ..accounts import canonical_email
from . import store
from .errors import LinkNotGood, PasswordNotAllowed
from .model import LinkView, PasswordLimits, password_problem


async def look_up_link(reader: Reader, secret: str, *, now: Instant) -> LinkView:
    """What a one-time link is for. Raises LinkNotGood."""
    row = await store.find_link(reader, secret_hash(secret), now)
    if row is None:
        raise LinkNotGood
    return LinkView(row["account_id"], row["username"], row["purpose"])


async def login_key(reader: Reader, login: str) -> str:
    """What attempts to sign in as `login` are counted by: the same for every spelling of a name or a mailbox."""
    row = await store.find_login(reader, login) if "\x00" not in login else None
    if row is not None:
        return f"account/{row['account_id']}"
    return canonical_email(login) if "@" in login.removeprefix("@") else login.removeprefix("@").lower()


async def check_new_password(reader: Reader, account_id: int, password: str, limits: PasswordLimits) -> None:
    """Raises PasswordNotAllowed when the account may not have this password."""
    row = await store.login_of(reader, account_id)
    username, email = (row["username"], row["email"]) if row is not None else ("", "")
    problem = password_problem(password, limits, username=username, email=email)
    if problem is not None:
        raise PasswordNotAllowed(*problem)
