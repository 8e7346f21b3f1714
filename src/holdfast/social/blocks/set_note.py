"""Use case: keep a private note about an account."""

from __future__ import annotations

from ...platform.db import Tx
from ...pure.markup import clean_text
from ..accounts import AccountId, Actor
from ..graph import RelationInvalid, standing
from . import store


async def set_account_note(
    tx: Tx, actor: Actor, target: AccountId, note: str, *, max_characters: int
) -> None:
    """Set the note that only the actor sees; an empty one removes it.

    Raises AccountNotVisible, YourselfNotAllowed, RelationInvalid when it is too long.
    """
    note = clean_text(note)
    if len(note) > max_characters:
        raise RelationInvalid(
            "comment", "ERR_TOO_LONG", f"is too long (maximum is {max_characters} characters)"
        )
    await standing(tx, actor.account_id, target)
    await store.put_note(tx, actor.account_id, target, note)
