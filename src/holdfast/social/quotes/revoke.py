"""Use case: the author of a quoted post takes it out of the post that quotes it."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import QuoteNotFound
from .events import QuoteRevoked
from .model import QuoteState


async def revoke_quote(tx: Tx, actor: Actor, quoted_id: int, post_id: int) -> bool:
    """Whether that changed anything; a quote that is revoked never comes back.

    Raises QuoteNotFound when `post_id` does not quote `quoted_id`, or that is not the actor's.
    """
    await tx.execute("select 1 from posts where id = $1 for update", post_id)
    row = await tx.fetchrow(
        "select q.state, p.state = 0 as visible from quotes q join posts p on p.id = q.post_id"
        " join posts mine on mine.id = q.quoted_id"
        " where q.post_id = $1 and q.quoted_id = $2 and mine.account_id = $3 for update of q",
        post_id, quoted_id, actor.account_id,
    )  # fmt: skip
    if row is None:
        raise QuoteNotFound
    if row["state"] in (QuoteState.REVOKED, QuoteState.REJECTED):
        return False
    if row["state"] == QuoteState.ACCEPTED and row["visible"]:
        await store.count_quote(tx, post_id, -1)
    await store.set_state(tx, post_id, QuoteState.REVOKED)
    tx.emit(QuoteRevoked(post_id, quoted_id))
    return True
