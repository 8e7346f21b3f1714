"""Use case: a new local account."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx, UniqueViolation
from ...platform.ids import new_id
from ...pure.names import LOCAL_USERNAME_LENGTH_LIMIT, reserved_username, valid_username
from ..bans import address_of, entry_of
from . import store
from .errors import (
    EmailNotAllowed,
    NetworkNotAllowed,
    ReasonNotAllowed,
    RegistrationsClosed,
    UsernameNotAllowed,
    UsernameTaken,
)
from .events import AccountCreated
from .model import AccountId, AccountState, canonical_email, looks_like_email


class NewAccount(msgspec.Struct, frozen=True):
    """What a sign-up says. `password_hash` is made by `platform.passwords` before the transaction."""

    username: str
    email: str
    password_hash: str | None
    locale: str = "en"
    role: str = "member"
    reason: str | None = None
    app_id: int | None = None
    ip: str | None = None
    by_operator: bool = False  # may take a reserved name, needs no approval


async def create_account(tx: Tx, new: NewAccount, *, registrations: str, now: Instant) -> AccountId:
    """Create it, pending when `registrations` is "approval", and return its id.

    Pending as well where a ban of the network or of the mail domain asks for a person.
    Raises UsernameNotAllowed, UsernameTaken, EmailNotAllowed, ReasonNotAllowed, NetworkNotAllowed, RegistrationsClosed.
    """
    if registrations == "closed" and not new.by_operator:
        raise RegistrationsClosed
    _check_username(new)
    if not looks_like_email(new.email):
        raise EmailNotAllowed("ERR_INVALID", "is not an e-mail address")
    account_id = new_id(now)
    pending = not new.by_operator and (await _needs_approval(tx, new, now) or registrations == "approval")
    state = AccountState.PENDING if pending else AccountState.ACTIVE
    try:
        async with tx.attempt():
            await store.insert_account(tx, account_id, new.username, state=state, now=now)
    except UniqueViolation as error:
        raise UsernameTaken from error
    try:
        async with tx.attempt():
            await store.insert_user(
                tx, account_id, email=new.email.strip(), email_canonical=canonical_email(new.email),
                password_hash=new.password_hash, role=new.role, locale=new.locale, reason=new.reason,
                app_id=new.app_id, ip=new.ip if new.ip and address_of(new.ip) else None, now=now,
            )  # fmt: skip
    except UniqueViolation as error:
        raise EmailNotAllowed("ERR_TAKEN", "has already been taken") from error
    tx.emit(AccountCreated(account_id, pending, new.by_operator))
    return AccountId(account_id)


async def _needs_approval(tx: Tx, new: NewAccount, now: Instant) -> bool:
    """Whether the bans want a person to look at this one. Raises what `create_account` says of bans."""
    entry = await entry_of(
        tx, email=new.email, ip=new.ip, username=new.username, reason=new.reason or "", now=now
    )
    if entry.refused == "username":
        raise UsernameNotAllowed("ERR_BLOCKED", "is not allowed")
    if entry.refused == "reason":
        raise ReasonNotAllowed
    if entry.refused == "email":
        raise EmailNotAllowed("ERR_BLOCKED", "uses a disallowed e-mail provider")
    if entry.refused is not None:
        raise NetworkNotAllowed
    return entry.approval


def _check_username(new: NewAccount) -> None:
    if not valid_username(new.username):
        raise UsernameNotAllowed(
            "ERR_INVALID",
            f"must be letters, numbers and underscores, at most {LOCAL_USERNAME_LENGTH_LIMIT} of them",
        )
    if reserved_username(new.username) and not new.by_operator:
        raise UsernameNotAllowed("ERR_RESERVED", "is reserved")
