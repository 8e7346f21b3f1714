"""Use case: a post quotes another."""

from __future__ import annotations

from ...platform.db import Tx
from . import queries, store
from .errors import QuoteNotAllowed
from .events import PostQuoted
from .model import QuoteState


async def attach_quote(tx: Tx, post_id: int, quoted_id: int, quoter_id: int, *, visible: bool) -> QuoteState:
    """Let a new post quote another. `visible`: it is not held. Raises QuoteNotAllowed.

    Consent is decided here, from what the quoted author's rows say in this transaction: nobody else has a say in it.
    """
    if not await queries.agrees(tx, quoted_id, quoter_id):
        raise QuoteNotAllowed
    state = QuoteState.ACCEPTED if visible else QuoteState.PENDING
    await store.insert_quote(tx, post_id, quoted_id, state)
    if visible:
        await store.count_quote(tx, post_id, 1)
        tx.emit(PostQuoted(post_id, quoted_id, quoter_id))
    return state
