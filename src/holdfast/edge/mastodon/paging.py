"""Pages of a list: `limit` and the three cursors in, the `Link` header out.

`max_id` and `since_id` read from the newest down; `min_id` reads from the oldest up, so that a client
that was away can walk forward without a gap. Whatever the direction, a page is shown newest first.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from ...platform.ids import PublicIds
from ...pure.errors import Invalid
from ...pure.window import NEWEST, Window
from ..answers import Header
from ..call import Call

_CURSORS = ("max_id", "since_id", "min_id")
_NOT_REPEATED = {*_CURSORS, "access_token"}


class PageQuery(msgspec.Struct):
    """The parameters that every paged route takes; inherit from it to add more."""

    limit: int | None = None
    max_id: str | None = None
    since_id: str | None = None
    min_id: str | None = None


def page(query: PageQuery, ids: PublicIds, *, default: int, maximum: int) -> Window:
    """The bounds of a page. A `limit` outside 1..`maximum` is bent to it; a cursor that is no number is Invalid."""
    below, above, forward = NEWEST, -1, False
    if query.max_id:
        below = _bound("max_id", ids.before(query.max_id))
    if query.min_id:
        above, forward = _bound("min_id", ids.after(query.min_id)), True
    elif query.since_id:
        above = _bound("since_id", ids.after(query.since_id))
    limit = default if query.limit is None else query.limit
    return Window(min(max(limit, 1), maximum), below, above, forward)


def _bound(name: str, bound: int | None) -> int:
    if bound is None:
        raise Invalid(
            f"{name} must be an id, a decimal number.", details={name: [("ERR_INVALID", "is not an id")]}
        )
    return bound


def accounts_page(query: PageQuery, call: Call) -> Window:
    """The bounds of a page of accounts."""
    settings = call.services.settings
    return page(
        query, call.services.ids, default=settings.accounts_page_size_default,
        maximum=settings.accounts_page_size_max,
    )  # fmt: skip


def link_header(call: Call, scanned: list[int], asked: Window) -> list[Header]:
    """`Link` from the internal ids that were scanned, newest first: those shown, and those left out on the way.

    `next` (older) is left out where a page read downward came back short; `prev` (newer) where it is empty.
    """
    if not scanned:
        return []
    links = []
    if asked.forward or len(scanned) >= asked.limit:
        links.append(f'<{_address(call, "max_id", scanned[-1])}>; rel="next"')
    links.append(f'<{_address(call, "min_id", scanned[0])}>; rel="prev"')
    return [(b"link", ", ".join(links).encode())]


def _address(call: Call, cursor: str, ident: int) -> str:
    query = call.scope["query_string"].decode("utf-8", "replace")
    kept = [
        (name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in _NOT_REPEATED
    ]
    kept.append((cursor, call.services.ids.encode(ident)))
    return f"{call.services.base_url}{quote(call.path)}?{urlencode(kept)}"


async def window_of(call: Call, *, default: int, maximum: int) -> Window:
    """The window on a timeline that a request asks for."""
    return page(await call.params(PageQuery), call.services.ids, default=default, maximum=maximum)


def page_links(call: Call, oldest_id: int | None, newest_id: int | None) -> list[Header]:
    """`Link` from the cursors of a page that says itself where it ends."""
    if oldest_id is None or newest_id is None:
        return []
    links = (
        f'<{_address(call, "max_id", oldest_id)}>; rel="next"',
        f'<{_address(call, "min_id", newest_id)}>; rel="prev"',
    )
    return [(b"link", ", ".join(links).encode())]
