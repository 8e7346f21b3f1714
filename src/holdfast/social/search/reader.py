"""What a member finds: the index answers with ids, the gate of posts decides what is shown of them."""

from __future__ import annotations

from ...platform.db import Reader
from ..graph import Viewer
from ..posts import PostReader, Seen
from .model import PostQuery
from .queries import find_posts


async def search_posts(reader: Reader, posts: PostReader, viewer: Viewer, wanted: PostQuery) -> list[Seen]:
    """Posts that the member may see, newest first, none of accounts turned away; nobody else searches posts."""
    if viewer.account_id is None:
        return []
    ids = await find_posts(reader, viewer.account_id, wanted)
    return await posts.see(viewer, ids, timeline=True)
