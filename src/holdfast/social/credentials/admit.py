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


async def admit(tx: Tx, proof: Proof, *, code: str | None, keyring: Keyring, now: Instant) -> None:
    """Whether the account of the proof may come in now.

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
    if row["state"] != AccountState.ACTIVE:
        raise AccountNotOpen(_WHY_NOT.get(row["state"], "This account cannot be used."))
    if row["disabled"]:
        raise AccountNotOpen("This account is disabled. Ask the people who run this server.")
