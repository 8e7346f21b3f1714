"""Use case: vote in a poll: once, or once for each choice where it takes several."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from ...pure.errors import Invalid, NotFound
from ..accounts import Actor


async def vote_in_poll(tx: Tx, actor: Actor, poll_id: int, choices: list[int], *, now: Instant) -> int:
    """Count the vote and return the poll's post. Raises Invalid: ended, voted before, wrong choices; NotFound."""
    row = await tx.fetchrow(
        "select polls.post_id, options, multiple, expires_at, posts.account_id as author_id"
        " from polls join posts on posts.id = polls.post_id where polls.id = $1 for update of polls",
        poll_id,
    )
    if row is None:
        raise NotFound
    if row["expires_at"] <= now:
        raise Invalid("Validation failed: The poll has already ended")
    if row["author_id"] == actor.account_id:
        raise Invalid("Validation failed: You cannot vote in your own poll")
    chosen = sorted(set(choices))
    if not chosen:
        raise Invalid("Validation failed: Choose an option")
    if len(chosen) > 1 and not row["multiple"]:
        # The wording that clients know: the second choice is a second vote.
        raise Invalid("Validation failed: You have already voted on this poll; it takes one choice")
    if chosen[0] < 0 or chosen[-1] >= len(row["options"]):
        raise Invalid("Validation failed: The chosen vote option does not exist")
    # The row of the poll is locked: nobody votes between this statement and the count.
    before = await tx.fetchval(
        "select choices from poll_votes where poll_id = $1 and account_id = $2", poll_id, actor.account_id
    )
    if before is not None and (not row["multiple"] or not set(before).isdisjoint(chosen)):
        raise Invalid("Validation failed: You have already voted on this poll")
    await tx.execute(
        "insert into poll_votes (poll_id, account_id, choices) values ($1, $2, $3)"
        " on conflict (poll_id, account_id) do update set choices = poll_votes.choices || excluded.choices",
        poll_id, actor.account_id, chosen,
    )  # fmt: skip
    await tx.execute(
        "update polls set voters = voters + $3::int, tally = (select array_agg(t + ((i - 1)::smallint = any($2))::int order by i)"
        " from unnest(tally) with ordinality as u (t, i)) where id = $1",
        poll_id, chosen, int(before is None),
    )  # fmt: skip
    post_id: int = row["post_id"]
    tx.touch(Kind.POST, post_id)
    tx.touch(Kind.MARKS, actor.account_id)
    return post_id
