"""Reads of quotes."""

from __future__ import annotations

from ...platform.db import Reader, Tx
from ...pure.window import Window
from ..accounts import SHOWN_STATES
from ..drafts import QuotePolicy, Visibility
from .model import QuoteState, may_quote

# `for share`: until the quote is committed, its author's policy cannot change and the post cannot go.
_CONSENT_SQL = """
select p.account_id, p.visibility, p.quote_policy, p.state, p.boost_of_id, a.state as author_state,
       exists (select 1 from follows where follower_id = $2 and followed_id = p.account_id) as follows_author,
       exists (select 1 from blocks where (account_id = $2 and target_id = p.account_id)
               or (account_id = p.account_id and target_id = $2)) as blocked
from posts p join accounts a on a.id = p.account_id where p.id = $1 for share of p
"""


async def agrees(tx: Tx, quoted_id: int, quoter_id: int) -> bool:
    """Whether a post may be quoted by that account now; holds it so until the transaction ends."""
    row = await tx.fetchrow(_CONSENT_SQL, quoted_id, quoter_id)
    if row is None or row["state"] != 0 or row["boost_of_id"] is not None:
        return False
    own = row["account_id"] == quoter_id
    if not own and row["author_state"] not in SHOWN_STATES:
        return False
    return may_quote(
        Visibility(row["visibility"]), QuotePolicy(row["quote_policy"]), own=own,
        follows_author=row["follows_author"], blocked=row["blocked"],
    )  # fmt: skip


_QUOTES_SQL = (
    """
    select post_id from quotes where quoted_id = $1 and state = $2 and post_id < $3 and post_id > $4
    order by post_id desc limit $5
    """,
    """
    select post_id from quotes where quoted_id = $1 and state = $2 and post_id < $3 and post_id > $4
    order by post_id limit $5
    """,
)


async def accepted_quotes(reader: Reader, quoted_id: int, page: Window) -> list[int]:
    """One page of the posts that quote a post, newest first. The gate is asked by whoever shows them."""
    newest_down, oldest_up = _QUOTES_SQL
    arguments = (quoted_id, QuoteState.ACCEPTED.value, page.below, page.above, page.limit)
    if page.forward:
        rows = await reader.fetch(oldest_up, *arguments)
        rows.reverse()
    else:
        rows = await reader.fetch(newest_down, *arguments)
    return [row[0] for row in rows]


async def quoting_posts(reader: Reader, quoted_id: int) -> list[int]:
    """Every post that quotes a post, whatever became of the quote; for whoever changes that post."""
    return [
        row[0] for row in await reader.fetch("select post_id from quotes where quoted_id = $1", quoted_id)
    ]
