"""How safe what is written here is, and whether this server is still the site: for everybody, in the API and on pages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from ..continuity.mirror import is_configured
from ..continuity.shipping import StateUnreadable, is_superseded, read_state
from ..continuity.standing import is_unheld, read_pointer
from ..platform.clock import Instant
from .ports import Services


async def site_standing(services: Services) -> dict[str, Any]:
    """`state`: none (no mirror), mirrored, degraded (posts are accepted without it), unheld (brought back just now, read-only) or
    superseded (another server is the site). `since`: of degraded. `moved_to`: of superseded, as far as it is known."""
    return await asyncio.to_thread(standing_in, services.settings.data.resolve())


def standing_in(data: Path) -> dict[str, Any]:
    """The same from the files of a data folder."""
    if is_superseded(data):
        return _entity("superseded", moved_to=read_pointer(data).address)
    if is_unheld(data):
        return _entity("unheld")
    if not is_configured(data):
        return _entity("none")
    try:
        state = read_state(data)
    except StateUnreadable:
        state = None
    if state is not None and state.is_degraded:
        return _entity("degraded", since=state.degraded_since)
    return _entity("mirrored")


def _entity(state: str, *, since: Instant | None = None, moved_to: str | None = None) -> dict[str, Any]:
    at = None if since is None else since.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"state": state, "since": at, "moved_to": moved_to}
