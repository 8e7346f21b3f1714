"""What is shown of a tally: totals, shares with their intervals, quantiles, curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from ..proportions import wilson_interval
from .buckets import quantile
from .tally import NOT_STATED, Month, Step, Tally

SMALL_CELL: Final = 5
"""Rows of a table by policy below this are one row together, and quantiles of fewer times are not told. The leaves are
public, and whoever counts them knows more; but no page points at what may be a single person."""
OTHER: Final = "other"
VERSION: Final = 1
"""Of the shape and of the way of counting: figures of two versions are not compared."""


class Share(msgspec.Struct, frozen=True):
    """`count` of `of`, and the 95 % Wilson interval; share is null of nothing."""

    count: int
    of: int
    share: float | None
    low: float
    high: float


class Times(msgspec.Struct, frozen=True):
    """How long something took. Quantiles are upper bounds of buckets, at most a fifth too long; null of fewer than five."""

    name: str
    count: int
    median_seconds: int | None
    p95_seconds: int | None


class Row(msgspec.Struct, frozen=True):
    """A policy, and what became of the decisions under it."""

    name: str
    share: Share


class MonthRow(msgspec.Struct, frozen=True):
    """A month in a few numbers."""

    month: str
    reports: int
    cases: int
    decisions: int
    reversed: int
    appeals: int


class BacklogDay(msgspec.Struct, frozen=True):
    """The backlog of one day by lane: most that were open at a time, open at the end, age of the oldest at most."""

    day: str
    most: dict[str, int]
    last: dict[str, int]
    oldest_seconds: dict[str, int]


class Decisions(msgspec.Struct, frozen=True):
    """Decisions, by what leaves say of them. by_action counts each action of a decision."""

    total: int
    by_outcome: dict[str, int]
    by_action: dict[str, int]
    by_policy: dict[str, int]
    by_lane: dict[str, int]
    by_source: dict[str, int]
    by_automation: dict[str, int]
    by_ground: dict[str, int]
    found_by_programs: Share
    decided_by_programs: Share
    reversed: Share
    reversed_by_policy: list[Row]
    reversed_by_cause: dict[str, int]


class Appeals(msgspec.Struct, frozen=True):
    """Appeals. overturned: wholly or in part, of those that were decided."""

    opened: int
    decided: int
    by_outcome: dict[str, int]
    overturned: Share
    overturned_by_policy: list[Row]
    time: Times


class Quality(msgspec.Struct, frozen=True):
    """Second looks. disagreed: of those that compared two judgements."""

    looks: dict[str, int]
    disagreed: Share
    errors: dict[str, int]


class States(msgspec.Struct, frozen=True):
    """Involvement of states. sealed: records that say nothing yet, which referrals may be among."""

    notices: dict[str, int]
    notices_by_jurisdiction: dict[str, int]
    notice_outcomes: dict[str, int]
    referrals: dict[str, int]
    disclosures: dict[str, int]
    sealed: int


class Figures(msgspec.Struct, frozen=True):
    """Everything that is told of some months, both ends included."""

    version: int
    since: str
    until: str
    records: int
    by_kind: dict[str, int]
    reports: dict[str, dict[str, int]]
    cases: dict[str, dict[str, int]]
    actions: dict[str, dict[str, int]]
    statements: dict[str, dict[str, int]]
    decisions: Decisions
    time_to_act: list[Times]
    appeals: Appeals
    quality: Quality
    states: States
    rules: dict[str, int]
    breaker: list[Step]
    backlog: list[BacklogDay]
    months: list[MonthRow]


class _Sum:
    """Counters of several months together."""

    def __init__(self, months: Mapping[str, Month]) -> None:
        self._months = months

    def table(self, name: str) -> dict[str, int]:
        found: dict[str, int] = {}
        for month in self._months.values():
            for token, count in month.counts.get(name, {}).items():
                found[token] = found.get(token, 0) + count
        return dict(sorted(found.items()))

    def total(self, name: str) -> int:
        return sum(self.table(name).values())

    def times(self, table: str, name: str) -> Times:
        found: dict[int, int] = {}
        for month in self._months.values():
            for bucket, count in month.times.get(table, {}).items():
                found[bucket] = found.get(bucket, 0) + count
        count = sum(found.values())
        if count < SMALL_CELL:
            return Times(name, count, None, None)
        return Times(name, count, quantile(found, 500), quantile(found, 950))

    def lanes(self) -> list[str]:
        found = {
            table for month in self._months.values() for table in month.times if table.startswith("acted.")
        }
        return sorted(table.removeprefix("acted.") for table in found)


def months_of(tally: Tally) -> list[str]:
    """Names of the months that there are, the oldest first."""
    return sorted(tally.months)


def figures_of(tally: Tally, *, since: str = "", until: str = "") -> Figures:
    """The figures of the months `since` to `until` (`2026-01`), both included; all where they are empty."""
    names = [one for one in months_of(tally) if (not since or one >= since) and (not until or one <= until)]
    months = {name: tally.months[name] for name in names}
    of = _Sum(months)
    return Figures(
        version=VERSION, since=since or (names[0] if names else ""), until=until or (names[-1] if names else ""),
        records=of.total("kinds"), by_kind=of.table("kinds"),
        reports={"by_category": of.table("reports.category"), "by_channel": of.table("reports.channel")},
        cases={"by_lane": of.table("cases.lane"), "by_source": of.table("cases.source")},
        actions={"by_action": of.table("actions.action"), "by_automation": of.table("actions.automation")},
        statements={
            "by_kind": of.table("statements.kind"), "by_automation": of.table("statements.automation"),
            "by_ground": of.table("statements.ground"),
        },
        decisions=_decisions(of), time_to_act=[of.times(f"acted.{lane}", lane) for lane in of.lanes()],
        appeals=_appeals(of), quality=_quality(of), states=_states(of), rules=of.table("rules.to"),
        breaker=[step for name in names for step in months[name].steps],
        backlog=[_day(day, lanes) for name in names for day, lanes in sorted(months[name].days.items())],
        months=[_month(name, _Sum({name: months[name]})) for name in names],
    )  # fmt: skip


def _decisions(of: _Sum) -> Decisions:
    policies, automation = of.table("decisions.policy"), of.table("decisions.automation")
    sources, total = of.table("decisions.source"), of.total("decisions.outcome")
    known = {
        name: count for name, count in of.table("decisions.source").items() if not name.startswith("no ")
    }
    return Decisions(
        total=total, by_outcome=of.table("decisions.outcome"), by_action=of.table("decisions.action"),
        by_policy=_together(policies), by_lane=of.table("decisions.lane"), by_source=sources,
        by_automation=automation, by_ground=of.table("decisions.ground"),
        found_by_programs=share(sum(known.get(name, 0) for name in _PROGRAMS), sum(known.values())),
        decided_by_programs=share(automation.get("fully", 0) + automation.get("partially", 0), total),
        reversed=share(of.total("reversed.policy"), total),
        reversed_by_policy=_rows(of.table("reversed.policy"), policies), reversed_by_cause=of.table("reversed.cause"),
    )  # fmt: skip


_PROGRAMS: Final = ("screening", "rule", "copy", "sample")


def _appeals(of: _Sum) -> Appeals:
    decided, overturned = of.table("appeals.decided"), of.table("appeals.overturned")
    return Appeals(
        opened=of.total("appeals.policy"), decided=sum(decided.values()), by_outcome=of.table("appeals.outcome"),
        overturned=share(sum(overturned.values()), sum(decided.values())),
        overturned_by_policy=_rows(overturned, decided), time=of.times("appeals", "appeal"),
    )  # fmt: skip


def _quality(of: _Sum) -> Quality:
    disagreed = share(of.total("looks.disagreed"), of.total("looks.compared"))
    return Quality(of.table("looks.kind"), disagreed, of.table("looks.error"))


def _states(of: _Sum) -> States:
    return States(
        notices=of.table("notices.basis"), notices_by_jurisdiction=of.table("notices.jurisdiction"),
        notice_outcomes=of.table("notices.outcome"), referrals=of.table("referrals.to"),
        disclosures=of.table("disclosures.basis"), sealed=of.table("kinds").get("sealed", 0),
    )  # fmt: skip


def _day(day: str, lanes: Mapping[str, object]) -> BacklogDay:
    return BacklogDay(
        day,
        {lane: getattr(one, "most", 0) for lane, one in sorted(lanes.items())},
        {lane: getattr(one, "last", 0) for lane, one in sorted(lanes.items())},
        {lane: getattr(one, "oldest_seconds", 0) for lane, one in sorted(lanes.items())},
    )


def _month(name: str, of: _Sum) -> MonthRow:
    kinds = of.table("kinds")
    return MonthRow(
        name, kinds.get("report.received", 0), kinds.get("case.opened", 0), kinds.get("decision", 0),
        of.total("reversed.policy"), kinds.get("appeal.opened", 0),
    )  # fmt: skip


def share(count: int, of: int) -> Share:
    """A share with its interval. More reversals than decisions, which a log that was begun anew can have, count as all."""
    count = min(count, of)
    low, high = wilson_interval(count, of)
    return Share(count, of, round(count / of, 4) if of else None, round(low, 4), round(high, 4))


def _together(table: Mapping[str, int]) -> dict[str, int]:
    """The table with its small rows as one."""
    large = {name: count for name, count in table.items() if count >= SMALL_CELL or name == NOT_STATED}
    rest = sum(table.values()) - sum(large.values())
    return large | ({OTHER: rest} if rest else {})


def _rows(counts: Mapping[str, int], of: Mapping[str, int]) -> list[Row]:
    """Shares by policy; policies with few of them are one row."""
    shown = _together(of)
    named = {name: counts.get(name, 0) for name in shown if name != OTHER}
    rows = [Row(name, share(count, of[name])) for name, count in named.items()]
    if OTHER in shown:
        rest = sum(counts.get(name, 0) for name in of if name not in named)
        rows.append(Row(OTHER, share(rest, shown[OTHER])))
    return rows
