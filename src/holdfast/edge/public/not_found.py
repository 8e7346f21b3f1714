"""What has no route: JSON where programs ask, a page where people do."""

from __future__ import annotations

from ...pure.errors import NotFound
from ..answers import Answer
from ..call import Call
from .browser import Visit
from .pages import page

_FOR_PROGRAMS = ("/api", "/oauth", "/.well-known", "/nodeinfo")


@page
async def _nothing_here(_call: Call, _visit: Visit) -> Answer:
    raise NotFound("There is no page at this address.")


async def not_found(call: Call) -> Answer:
    """Raises NotFound for programs; a page that says so for people."""
    if call.path.startswith(_FOR_PROGRAMS):
        raise NotFound
    return await _nothing_here(call)
