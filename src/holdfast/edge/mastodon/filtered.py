"""Which of the viewer's filters match a status: the `filtered` of every Status entity.

The server tells of every match, whatever its context and action; hiding is for the client, which knows where it
shows the status.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.phrase_sets import fold_phrase
from ...social.filters import ActiveFilter, FilterView
from ...social.graph import Viewer
from ...social.posts import PostView, Seen
from ..ports import Services
from .times import iso_or_none

_KEPT = "filter text"
_encode = msgspec.json.Encoder().encode


def filtered_json(services: Services, seen: Seen, viewer: Viewer) -> bytes:
    """A JSON array of FilterResult. Nearly free for a viewer without filters."""
    if not viewer.filters:
        return b"[]"
    original = (seen.boosted or seen).post
    text = original.rendered.get(_KEPT)
    if text is None:
        text = original.rendered[_KEPT] = fold_phrase(_text_of(original))
    ids = (seen.post.id,) if seen.boosted is None else (seen.post.id, original.id)
    results = [
        {
            "filter": filter_entity(services, match.filter),
            "keyword_matches": list(match.keywords) or None,
            "status_matches": [services.ids.encode(ident) for ident in match.post_ids] or None,
        }
        for match in viewer.filters.match(text, ids, services.clock.now())
    ]
    return _encode(results)


def filter_entity(services: Services, one: ActiveFilter | FilterView) -> dict[str, Any]:
    """The Filter entity without its keywords and statuses, as it stands in a FilterResult."""
    return {
        "id": services.ids.encode(one.id),
        "title": one.title,
        "context": list(one.contexts),
        "expires_at": iso_or_none(one.expires_at),
        "filter_action": str(one.action),
    }


def _text_of(post: PostView) -> str:
    """Everything of a post that its reader reads."""
    options = post.poll.options if post.poll else []
    described = (one.description for one in post.media)
    return "\n\n".join(part for part in (post.spoiler, post.text, *options, *described) if part)
