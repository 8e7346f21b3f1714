"""What a member finds: the index answers with ids, the gate of posts decides what is shown of them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ...platform.db import Reader
from ...pure.search_queries import ME
from ..accounts import find_by_handle
from ..graph import Viewer
from ..posts import PostReader, Seen
from .model import PostQuery
from .queries import find_posts


async def search_posts(
    reader: Reader, posts: PostReader, viewer: Viewer, wanted: PostQuery, *, domain: str
) -> list[Seen]:
    """Posts that the member may see, newest first, none of accounts turned away; nobody else searches posts.

    `domain`: of this server, so that `from:name@domain` is understood. Authors in the query who do not exist have no
    posts; those of `wanted.author_ids` and of the query must agree.
    """
    if viewer.account_id is None:
        return []
    asked, author_ids = wanted.asked, wanted.author_ids
    if asked.authors:
        named = await _accounts(reader, asked.authors, viewer.account_id, domain)
        author_ids = tuple(ident for ident in named if author_ids is None or ident in author_ids)
    not_authors = await _accounts(reader, asked.not_authors, viewer.account_id, domain)
    wanted = msgspec.structs.replace(
        wanted, author_ids=author_ids, not_author_ids=(*wanted.not_author_ids, *not_authors)
    )
    ids = await find_posts(reader, viewer.account_id, wanted)
    return await posts.see(viewer, ids, timeline=True)


async def _accounts(reader: Reader, handles: Iterable[str], me: int, domain: str) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for handle in handles:
        name, _, server = handle.partition("@")
        if handle == ME:
            found.setdefault(me)
        elif (
            ident := await find_by_handle(reader, name, server if server and server != domain else None)
        ) is not None:
            found.setdefault(ident)
    return tuple(found)
