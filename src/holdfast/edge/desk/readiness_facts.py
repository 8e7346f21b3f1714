"""What the program knows of its own readiness to relaunch: mirrors, how far behind they are, when a drill last ran."""

from __future__ import annotations

import asyncio

from ...continuity.shipping import StateUnreadable, read_state
from ...platform.clock import Instant
from ...trust.notice_work import DRILL_FRESH, ReadinessFacts, last_drill
from ..ports import Services

_BEHIND_SECONDS = 60.0


async def readiness_facts(services: Services, now: Instant) -> ReadinessFacts:
    """Keys of the list that the program can answer; the others are for people."""
    known: dict[str, tuple[bool, str]] = {}
    try:
        state = await asyncio.to_thread(read_state, services.settings.data.resolve())
    except StateUnreadable:
        state = None
    if state is None:
        known["mirrors"] = (False, "no mirror ships from here")
        known["mirrors_fresh"] = (False, "no mirror ships from here")
    else:
        known["mirrors"] = (
            len(state.stores) > 0,
            f"{len(state.stores)} stores, of which {state.needed} are needed",
        )
        behind = [
            one for one in state.stores if one.seconds_behind is None or one.seconds_behind > _BEHIND_SECONDS
        ]
        fresh = not behind and state.degraded_since is None and not state.needs_base
        known["mirrors_fresh"] = (fresh, state.cause or f"{len(behind)} of {len(state.stores)} are behind")
    drilled = await last_drill(services.database)
    known["drill"] = (
        drilled is not None and now - drilled < DRILL_FRESH,
        "none was recorded" if drilled is None else f"the last one on {drilled:%Y-%m-%d}",
    )
    return ReadinessFacts(known)
