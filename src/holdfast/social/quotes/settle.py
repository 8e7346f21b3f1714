"""Use case: a post that was held can be seen now, and with it what it quotes, if that is agreed to."""

from __future__ import annotations

from ...platform.db import Tx
from . import queries, store
from .events import PostQuoted
from .model import QuoteState


async def settle_quote(tx: Tx, post_id: int, quoter_id: int) -> None:
    """A post that was held can be seen now: count its quote, and ask for consent if that was never done."""
    row = await tx.fetchrow("select quoted_id, state from quotes where post_id = $1 for update", post_id)
    if row is None or row["quoted_id"] is None:
        return
    if row["state"] == QuoteState.ACCEPTED:
        await store.count_quote(tx, post_id, 1)
    elif row["state"] == QuoteState.PENDING:
        agreed = await queries.agrees(tx, row["quoted_id"], quoter_id)
        await store.set_state(tx, post_id, QuoteState.ACCEPTED if agreed else QuoteState.REJECTED)
        if agreed:
            await store.count_quote(tx, post_id, 1)
            tx.emit(PostQuoted(post_id, row["quoted_id"], quoter_id))
