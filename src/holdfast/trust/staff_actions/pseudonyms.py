"""Names of people in the log: the same person always has the same, and only one table knows whose it is."""

from __future__ import annotations

from ...platform.crypto import random_word
from ...platform.db import Tx

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_CHARACTERS = 8


async def pseudonym_of(tx: Tx, account_id: int, kind: str) -> str:
    """The pseudonym of an account as `kind` (staff, reporter), such as staff-k3p9xw2m; made at the first need.

    It goes with the account, and then nobody can say any more whose it was.
    """
    found: str | None = await tx.fetchval(
        "select pseudonym from moderation_pseudonyms where account_id = $1 and kind = $2", account_id, kind
    )
    if found is not None:
        return found
    await tx.execute(
        "insert into moderation_pseudonyms (account_id, kind, pseudonym) values ($1, $2, $3) on conflict do nothing",
        account_id, kind, f"{kind}-{random_word(_ALPHABET, _CHARACTERS)}",
    )  # fmt: skip
    return str(
        await tx.fetchval(
            "select pseudonym from moderation_pseudonyms where account_id = $1 and kind = $2",
            account_id,
            kind,
        )
    )
