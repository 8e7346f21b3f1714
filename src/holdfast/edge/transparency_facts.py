"""Figures of moderation as pages and programs are given them: which months, and from which records."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

from ..platform.clock import Instant
from ..pure.errors import Invalid
from ..pure.transparency import Figures, figures_of, months_of
from ..records import ledger
from .ledger_facts import prefix_of
from .ports import Services

_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


class CountedLog(msgspec.Struct, frozen=True):
    """A log, and how much of it was counted. prefix: where its files are."""

    origin: str
    prefix: str
    counted: int
    signed: int


class TransparencyFacts(msgspec.Struct, frozen=True):
    """Figures, the months that there are, and what they were counted from. counted_at: None before the first count."""

    figures: Figures
    months: list[str]
    logs: list[CountedLog]
    counted_at: Instant | None


async def transparency_facts(
    services: Services, *, since: str = "", until: str = "", newest: int = 0
) -> TransparencyFacts:
    """Figures of the months from `since` to `until`; of the `newest` so many where none is named. Raises Invalid."""
    for name, month in (("since", since), ("until", until)):
        if month and not _MONTH.fullmatch(month):
            raise Invalid(f"{name} must be a month such as 2026-01")
    if since and until and since > until:
        raise Invalid("since must not be after until")
    counted = await services.transparency.counted()
    months = months_of(counted.tally)
    if newest and not since and not until and months:
        since = months[-newest:][0]
    logs = []
    for log in await ledger.logs(services.database):
        signed = await ledger.latest_checkpoint(services.database, log.number)
        logs.append(
            CountedLog(
                log.origin,
                prefix_of(services, log.number),
                counted.sizes.get(log.number, 0),
                signed.size if signed else 0,
            )
        )
    return TransparencyFacts(
        figures_of(counted.tally, since=since, until=until), months, logs, counted.counted_at
    )


def as_json(facts: TransparencyFacts) -> dict[str, Any]:
    """The facts for programs. `figures` is what anybody computes from the same leaves."""
    return {
        "figures": msgspec.to_builtins(facts.figures),
        "months": facts.months,
        "counted": [msgspec.to_builtins(one) for one in facts.logs],
        "counted_at": facts.counted_at,
    }
