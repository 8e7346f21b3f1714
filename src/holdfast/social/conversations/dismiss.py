"""Use case: a member puts a conversation away; the posts stay, and a new one brings it back."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import ConversationNotVisible


async def dismiss_conversation(tx: Tx, actor: Actor, conversation_id: int) -> None:
    """Raises ConversationNotVisible when the actor has none with that id."""
    if not await store.dismiss(tx, actor.account_id, conversation_id):
        raise ConversationNotVisible
