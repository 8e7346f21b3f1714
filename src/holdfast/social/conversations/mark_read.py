"""Use case: a member has read a conversation."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import ConversationNotVisible
from .events import ConversationChanged


async def mark_conversation_read(tx: Tx, actor: Actor, conversation_id: int) -> None:
    """Raises ConversationNotVisible when the actor has none with that id."""
    tx.relaxed()
    if not await store.set_read(tx, actor.account_id, conversation_id):
        raise ConversationNotVisible
    tx.emit(ConversationChanged(conversation_id, actor.account_id))
