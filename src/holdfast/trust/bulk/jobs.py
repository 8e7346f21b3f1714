"""Reactions to decisions in bulk. `payload` is the event as JSON."""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from .. import cases
from ..decisions import DecisionMade, get_decision
from .queries import covered_cases

_PART: Final = 50


async def close_covered(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionMade: open cases about nothing but what was just decided in bulk need nobody any more."""
    event = msgspec.json.decode(payload, type=DecisionMade)
    decision = await get_decision(tx, event.decision_id)
    if decision.case_id is not None or decision.kind not in ("bulk", "revert"):
        return
    found = await covered_cases(tx, decision.id, limit=_PART)
    for case_id, version in found:
        await cases.close(
            tx, case_id, version=version, decision_id=decision.id, outcome=decision.outcome, now=now
        )
    if len(found) == _PART:
        tx.enqueue(NewJob("close_covered", payload, unique_key=f"close_covered {decision.id}"))
