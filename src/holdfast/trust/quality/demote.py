"""Use case: a rule, or an output of the model, whose holds people overturn too often goes to shadow by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...screening import Rule
from ...screening.state import QUALITY, standings, take_head_step, take_step
from .model import surely_above
from .queries import Overturned, overturns

HEAD: Final = "model."
"""How verdicts name an output of the model."""


async def overturned_too_often(
    reader: Reader, *, bound: float, least: int, window_days: int, now: Instant
) -> list[Overturned]:
    """Those whose share of overturned cases is surely above the bound, in the time of the window."""
    found = await overturns(reader, now - timedelta(days=window_days))
    return [one for one in found if surely_above(one.overturned, one.decided, bound, least)]


async def demote(tx: Tx, found: Sequence[Overturned], rules: Sequence[Rule], *, now: Instant) -> list[str]:
    """Send them to shadow; which went. Rules that say `runaway = "alarm"` stay, since their operator wants to decide.

    A rule in shadow does nothing but count. An output of the model hides nothing in shadow, and still flags: what it
    finds may be a threat, so people go on to see it.
    """
    known = {rule.source.id: rule for rule in rules}
    stages = await standings(tx)
    demoted: list[str] = []
    for one in found:
        reason = f"people overturned {one.overturned} of the {one.decided} cases in which it held something"
        if one.rule.startswith(HEAD):
            if await take_head_step(
                tx, one.rule, one.version, "shadow", taken_by=QUALITY, reason=reason, now=now
            ):
                demoted.append(one.rule)
            continue
        rule = known.get(one.rule)
        if rule is None or rule.action not in ("hold", "refuse") or rule.source.runaway == "alarm":
            continue
        stage = stages[one.rule].stage if one.rule in stages else rule.source.stage
        if stage in ("live", "canary"):
            await take_step(tx, rule, "shadow", taken_by=QUALITY, reason=reason, now=now)
            demoted.append(one.rule)
    return demoted
