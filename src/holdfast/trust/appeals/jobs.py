"""Reactions: what was decided in another way meanwhile settles the appeals about it; and the clock of appeals."""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..decisions import DecisionMade, DecisionReversed
from ..staff_actions import CLOCK, Subject, SubjectKind, record_action
from . import store
from .answer import close
from .model import Outcome
from .queries import open_about_decision, open_about_holds, overdue_appeals

_AT_ONCE: Final = 100
_POSTS_SQL = (
    "select distinct subject_key::bigint from effects where decision_id = $1 and subject_kind = 'post'"
)


async def settle_reversed(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionReversed: what was appealed does not hold any more."""
    event = msgspec.json.decode(payload, type=DecisionReversed)
    for appeal in await open_about_decision(tx, event.decision_id):
        await close(tx, CLOCK, appeal, Outcome.SETTLED, text="", now=now)


async def settle_held(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionMade: a person looked at what was held; what was decided then can be appealed in its turn."""
    event = msgspec.json.decode(payload, type=DecisionMade)
    post_ids = [row[0] for row in await tx.fetch(_POSTS_SQL, event.decision_id)]
    for appeal in await open_about_holds(tx, post_ids) if post_ids else ():
        await close(tx, CLOCK, appeal, Outcome.SETTLED, text="", now=now)


async def note_breaches(tx: Tx, now: Instant) -> list[int]:
    """Appeals that were not answered in time: written down once, for all to see in the figures; their ids."""
    found = await overdue_appeals(tx, now, limit=_AT_ONCE)
    await store.mark_breached(tx, [one.id for one in found], now)
    for one in found:
        subject = Subject(SubjectKind.CASE, one.case_id)
        await record_action(tx, CLOCK, "case.appeal_overdue", subject, now=now, case_id=one.case_id)
    return [one.id for one in found]
