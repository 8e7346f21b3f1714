"""Whether a proof lets its account in: the decision that every way of signing in asks for."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.db import Tx
from ..accounts import AccountState
from ..second_factors import check_second_factor
from . import store
from .errors import AccountNotOpen, CodeRefused, CodeRequired, SignInRefused
from .model import Proof

_WHY_NOT = {
    AccountState.PENDING.value: "Your sign-up is waiting for approval. Come back when somebody has looked at it.",
    AccountState.SUSPENDED.value: "This account is suspended.",
    AccountState.DELETED.value: "This account was deleted.",
    AccountState.DELETING.value: "This account is being deleted.",
}


async def admit(
    tx: Tx, proof: Proof, *, code: str | None, keyring: Keyring, closed_too: bool = False, now: Instant
) -> None:
    """Whether the account of the proof may come in now.

    closed_too: also one that is suspended or disabled; what is opened then shows what was decided, and nothing else.

    Raises CodeRequired or CodeRefused when a second factor is on, AccountNotOpen for pending and suspended
    accounts, SignInRefused when the password changed since the proof.
    """
    row = await store.lock_login(tx, proof.account_id)
    if (
        row is None
        or row["password_hash"] is None
        or store.hash_mark(row["password_hash"]) != proof.hash_mark
    ):
        raise SignInRefused
    if row["has_totp"]:
        if not code:
            raise CodeRequired
        if not await check_second_factor(tx, proof.account_id, code, keyring=keyring, now=now):
            raise CodeRefused
    suspended = row["state"] == AccountState.SUSPENDED
    if row["state"] != AccountState.ACTIVE and not (suspended and closed_too):
        raise AccountNotOpen(_WHY_NOT.get(row["state"], "This account cannot be used."), may_read=suspended)
    if row["disabled"] and not closed_too:
        raise AccountNotOpen("This account is disabled. Ask the people who run this server.", may_read=True)
