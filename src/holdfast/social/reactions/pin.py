"""Use case: pin one's own post to the profile, or take it off."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from ...pure.errors import Invalid
from ..accounts import Actor
from ..posts import PostView, Visibility


async def set_pin(tx: Tx, actor: Actor, post: PostView, on: bool, *, most: int, now: Instant) -> bool:
    """Whether that changed anything. Raises Invalid for posts of others, boosts, direct posts, and above `most`."""
    if not on:
        changed = await tx.execute(
            "delete from pins where account_id = $1 and post_id = $2", actor.account_id, post.id
        )
    else:
        if post.account_id != actor.account_id:
            raise Invalid("Validation failed: Someone else's post cannot be pinned")
        if post.boost_of_id is not None:
            raise Invalid("Validation failed: A boost cannot be pinned")
        if post.visibility is Visibility.DIRECT:
            raise Invalid(
                "Validation failed: Posts that are only visible to mentioned users cannot be pinned"
            )
        # The account's row is the lock, so that two requests at once cannot pass the limit together.
        await tx.execute("select 1 from account_counts where account_id = $1 for update", actor.account_id)
        pinned = await tx.fetch("select post_id from pins where account_id = $1", actor.account_id)
        if len(pinned) >= most and post.id not in {row[0] for row in pinned}:
            raise Invalid(f"Validation failed: You have already pinned the maximum number of posts ({most})")
        changed = await tx.execute(
            "insert into pins (id, account_id, post_id) values ($1, $2, $3) on conflict do nothing",
            new_id(now), actor.account_id, post.id,
        )  # fmt: skip
    if changed:
        tx.touch(Kind.MARKS, actor.account_id)
        tx.touch(Kind.AUTHORED, actor.account_id)
    return changed > 0
