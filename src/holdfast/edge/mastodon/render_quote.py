"""What the Mastodon API says of who may quote a post."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from ...social.graph import Viewer
from ...social.posts import PostView, QuotePolicy, all_may_quote, viewer_may_quote
from ...social.quotes import policy_for

_KEPT = "quote approval"
_AUTOMATIC = {QuotePolicy.PUBLIC: ["public"], QuotePolicy.FOLLOWERS: ["followers"], QuotePolicy.NOBODY: []}


def quote_approval_json(post: PostView, viewer: Viewer) -> bytes:
    """A QuoteApproval: who may quote the post, and whether this viewer may. Nothing is left to approve by hand."""
    kept: tuple[bool, bytes, bytes] | None = post.rendered.get(_KEPT)
    if kept is None:
        kept = post.rendered[_KEPT] = _answers(post)
    by_all, yes, no = kept
    if by_all and viewer.account_id is not None and not viewer.blocking and not viewer.blocked_by:
        return yes
    return yes if post.boost_of_id is None and viewer_may_quote(post, viewer) else no


def _answers(post: PostView) -> tuple[bool, bytes, bytes]:
    """Whether nobody who blocks nobody needs to be looked at, and the approval of those who may and who may not."""
    policy = policy_for(post.visibility, post.quote_policy)
    by_all = post.boost_of_id is None and all_may_quote(post)
    return by_all, _approval(policy, True), _approval(policy, False)


@cache
def _approval(policy: QuotePolicy, allowed: bool) -> bytes:
    entity: dict[str, Any] = {
        "automatic": _AUTOMATIC[policy],
        "manual": [],
        "current_user": "automatic" if allowed else "denied",
    }
    return msgspec.json.encode(entity)
