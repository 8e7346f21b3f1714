"""What this version does not do yet, answered as "there is none", so that apps do not break when they ask.

Each of these lists is empty because nothing here can be put into it; a later version brings the feature and takes
its line out of this table. Commands of these features have no route: they are answered by 404, never by a pretence.
"""

from __future__ import annotations

from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable

routes = RouteTable()

EMPTY_LISTS: tuple[tuple[str, Access], ...] = (
    ("/api/v1/announcements", Access.member()),
    ("/api/v1/suggestions", Access.member("read")),
    ("/api/v1/trends", Access.anyone()),
    ("/api/v1/trends/links", Access.anyone()),
    ("/api/v1/trends/statuses", Access.anyone()),
    ("/api/v1/trends/tags", Access.anyone()),
    ("/api/v2/suggestions", Access.member("read")),
)


async def nothing_yet(_call: Call) -> Answer:
    """An empty list: the truth about a feature that this version does not have."""
    return json_answer([])


for _path, _access in EMPTY_LISTS:
    routes.get(_path, _access)(nothing_yet)
