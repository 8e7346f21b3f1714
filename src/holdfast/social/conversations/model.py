"""What a conversation is, and whose a direct post is."""

from __future__ import annotations

import msgspec

from ..posts import PostState, PostView, Visibility


class ConversationView(msgspec.Struct, frozen=True):
    """A conversation as one member has it. `participants`: the others, ascending, empty for notes to oneself."""

    id: int
    participants: list[int]
    last_post_id: int
    unread: bool


def people_of(post: PostView | None) -> list[int]:
    """Everybody who takes part in a direct post, ascending: the author and those it names. Empty for other posts."""
    if post is None or post.state is not PostState.VISIBLE or post.visibility is not Visibility.DIRECT:
        return []
    if post.boost_of_id is not None:
        return []
    named = {mention.account_id for mention in post.mentions if not mention.silent}
    return sorted({post.account_id, *named})
