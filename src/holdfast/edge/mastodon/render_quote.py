"""What the Mastodon API says around quotes: who may quote a post, and the line for clients that know no quotes."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

import msgspec

from ...social.graph import Viewer
from ...social.posts import PostView, QuotePolicy, Seen, viewer_may_quote
from ...social.quotes import policy_for
from ..links import post_url
from ..ports import Services

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


def quote_line(services: Services, post: PostView, quoted: Seen | None) -> str:
    """The paragraph that links to the quoted post, which clients that show quotes leave out.

    Empty when nothing is shown as quoted, or the text has the link already.
    """
    if quoted is None:
        return ""
    url = post_url(services, quoted.author.acct, quoted.post.id)
    if url in post.text:
        return ""
    shown = escape(url)
    return f'<p class="quote-inline">RE: <a href="{shown}" rel="nofollow noopener" target="_blank">{shown}</a></p>'
