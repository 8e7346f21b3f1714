"""Use case: the account that posts what has no author."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.names import normalise_username, valid_username
from ..accounts import AccountState, find_by_handle
from . import store
from .errors import PostingAccountInvalid, PostingAccountUnusable
from .model import Author


async def name_posting_account(tx: Tx, name: str, *, now: Instant) -> tuple[Author, bool]:
    """The account, and whether it was made just now, unclaimed. An existing account of that name is taken as it is:
    the operator asked for it. Raises PostingAccountInvalid, PostingAccountUnusable."""
    username = normalise_username(name)
    if not valid_username(username):
        raise PostingAccountInvalid(
            f'"{name}" cannot name an account: use at most 30 letters, digits and underscores'
        )
    found = await find_by_handle(tx, username)
    if found is None:
        account_id = new_id(now)
        await store.copy_accounts(tx, [(account_id, username, "", AccountState.UNCLAIMED.value, None, now)])
        return Author(account_id, username, private=False, gone=False), True
    state = await tx.fetchval("select state from accounts where id = $1", found)
    if state in (AccountState.SUSPENDED.value, AccountState.DELETED.value, AccountState.DELETING.value):
        raise PostingAccountUnusable(
            f"the account {username} was suspended or deleted; name another one with --as"
        )
    return Author(found, username, private=False, gone=False), False
