"""Every statement that writes quotes, their counter, and who may quote a post."""

from __future__ import annotations

from ...platform.db import Tx
from ...platform.stamps import Kind
from ..drafts import QuotePolicy
from .model import QuoteState


async def insert_quote(tx: Tx, post_id: int, quoted_id: int, state: QuoteState) -> None:
    """What a new post quotes."""
    await tx.execute(
        "insert into quotes (post_id, quoted_id, state) values ($1, $2, $3)", post_id, quoted_id, state.value
    )


async def set_state(tx: Tx, post_id: int, state: QuoteState) -> None:
    """What became of the quote in a post."""
    await tx.execute("update quotes set state = $2 where post_id = $1", post_id, state.value)
    tx.touch(Kind.POST, post_id)


async def count_quote(tx: Tx, post_id: int, by: int) -> None:
    """Keep the counter of what a post quotes in step when the post appears (1) or goes (-1); after its author's."""
    quoted_id = await tx.fetchval(
        "update post_counts set quotes = greatest(quotes + $2, 0) where post_id ="
        " (select quoted_id from quotes where post_id = $1 and state = $3) returning post_id",
        post_id, by, QuoteState.ACCEPTED.value,
    )  # fmt: skip
    if quoted_id is not None:
        tx.touch(Kind.POST, quoted_id)


async def set_policy(tx: Tx, post_id: int, policy: QuotePolicy) -> None:
    """Who may quote a post from now on."""
    await tx.execute("update posts set quote_policy = $2 where id = $1", post_id, policy.value)
    tx.touch(Kind.POST, post_id)
