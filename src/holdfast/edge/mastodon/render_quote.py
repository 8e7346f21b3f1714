"""What the Mastodon API says of who may quote a post."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from ...social.graph import Viewer
from ...social.posts import PostView, QuotePolicy, viewer_may_quote
from ...social.quotes import policy_for

_AUTOMATIC = {QuotePolicy.PUBLIC: ["public"], QuotePolicy.FOLLOWERS: ["followers"], QuotePolicy.NOBODY: []}


def quote_approval_json(post: PostView, viewer: Viewer) -> bytes:
    """A QuoteApproval: who may quote the post, and whether this viewer may. Nothing is left to approve by hand."""
    allowed = post.boost_of_id is None and viewer_may_quote(post, viewer)
    return _approval(policy_for(post.visibility, post.quote_policy), allowed)


@cache
def _approval(policy: QuotePolicy, allowed: bool) -> bytes:
    entity: dict[str, Any] = {
        "automatic": _AUTOMATIC[policy],
        "manual": [],
        "current_user": "automatic" if allowed else "denied",
    }
    return msgspec.json.encode(entity)
