"""GET /relaunch.json: where this site went, or is going, signed with the keys of its ledger (ADR 0036)."""

from __future__ import annotations

from ...continuity.relaunch_notices import newest_document
from ...continuity.standing import kept_notice
from ...pure.errors import NotFound
from ..answers import Answer
from ..call import Call
from ..routes import Access, Limit, RouteTable

routes = RouteTable()


class NoNotice(NotFound):
    """This site never said that it moves."""

    public = "There is no relaunch notice of this site."


@routes.get("/relaunch.json", Access.anyone(), limit=Limit.NONE)
async def relaunch_notice(call: Call) -> Answer:
    """The newest notice as it was signed. Pages of every origin may read it: apps that know this site ask from anywhere."""
    # A server that was replaced serves what the stores have: its own database stands still.
    document = kept_notice(call.services.settings.data) or await newest_document(call.services.database)
    if document is None:
        raise NoNotice
    return Answer(200, document, b"application/json", [(b"cache-control", b"public, max-age=60")])
