"""How often appeals are right: by policy, rule, version of the model, language and first reviewer, with intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.proportions import wilson_interval

DIMENSIONS: Final = ("all", "kind", "policy", "rule", "model", "language", "moderator")
_ANSWERED: Final = ("upheld", "partial", "overturned")


class OverturnRate(msgspec.Struct, frozen=True):
    """Of the answered appeals about one thing, how many were right. interval: 95 % (Wilson) of overturned / decided."""

    dimension: str
    value: str
    decided: int
    overturned: int
    partial: int
    interval: tuple[float, float]


async def overturn_rates(reader: Reader, since: Instant, until: Instant) -> list[OverturnRate]:
    """Of the appeals that people answered in this time. What was settled in another way is not counted.

    Moderators are named by their pseudonyms; what a program decided alone is `none`.
    """
    rows = await reader.fetch(
        "select a.kind, a.outcome, a.policy, a.rules, a.model, a.language, p.pseudonym from appeals a"
        " left join moderation_pseudonyms p on p.account_id = a.first_reviewer_id and p.kind = 'staff'"
        " where a.decided_at >= $1 and a.decided_at < $2 and a.outcome = any($3::text[])",
        since, until, list(_ANSWERED),
    )  # fmt: skip
    return rates(rows)


def rates(rows: Iterable[Row]) -> list[OverturnRate]:
    """The rates of these appeals; those about the most first. Pure."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        for dimension, value in _values(row):
            found.setdefault((dimension, value), Counter())[row["outcome"]] += 1
    made = [
        OverturnRate(
            dimension, value, (decided := sum(counts.values())), counts["overturned"], counts["partial"],
            wilson_interval(counts["overturned"], decided),
        )
        for (dimension, value), counts in found.items()
    ]  # fmt: skip
    return sorted(made, key=lambda one: (DIMENSIONS.index(one.dimension), -one.decided, one.value))


def _values(row: Row) -> Iterable[tuple[str, str]]:
    yield "all", "all"
    yield "kind", row["kind"]
    yield "policy", row["policy"] or "none"
    for rule in row["rules"] or ("none",):
        yield "rule", rule
    yield "model", row["model"] or "none"
    yield "language", row["language"] or "unknown"
    yield "moderator", row["pseudonym"] or "none"
