"""Use case: an author says who may quote a post from now on; quotes that there are stay."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from ..drafts import QuotePolicy, Visibility
from . import store
from .errors import QuoteNotFound
from .events import QuotePolicyChanged
from .model import policy_for


async def set_quote_policy(tx: Tx, actor: Actor, post_id: int, policy: QuotePolicy) -> bool:
    """Whether that changed anything. Raises QuoteNotFound unless the post is the actor's own, and no boost."""
    row = await tx.fetchrow(
        "select visibility, quote_policy from posts where id = $1 and account_id = $2 and boost_of_id is null"
        " for update",
        post_id, actor.account_id,
    )  # fmt: skip
    if row is None:
        raise QuoteNotFound
    possible = policy_for(Visibility(row["visibility"]), policy)
    if possible == row["quote_policy"]:
        return False
    await store.set_policy(tx, post_id, possible)
    tx.emit(QuotePolicyChanged(post_id))
    return True
