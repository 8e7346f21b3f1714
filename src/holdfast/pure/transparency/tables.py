"""The figures as rows: one long table for spreadsheets, and the report of the Digital Services Act."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec

from .figures import Figures, Share

ROW_COLUMNS: Final = ("table", "name", "measure", "value")
DSA_COLUMNS: Final = ("part", "indicator", "scope", "unit", "value", "remark")
"""Of Implementing Regulation (EU) 2024/2835 the indicators that a small server has, each with what it is known from."""

_BLANK: Final = "left blank: not recorded by this server"
_HUMAN: Final = "left blank: for the operator to fill in"


def rows_of(figures: Figures) -> list[tuple[str, str, str, str]]:
    """(table, name, measure, value), for every number that the JSON has."""
    return [row for name, value in msgspec.to_builtins(figures).items() for row in _walk((name,), value)]


def _walk(path: tuple[str, ...], value: Any) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _walk((*path, str(key)), one)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            own = (
                one.get("name") or one.get("month") or one.get("day") or one.get("at")
                if isinstance(one, dict)
                else None
            )
            yield from _walk((*path, str(own or number)), one)
    else:
        table, name = path[0], ".".join(path[1:-1])
        yield table, name, path[-1] if len(path) > 1 else "", "" if value is None else str(value)


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """CSV as RFC 4180 has it. What a spreadsheet would take for a formula is quoted with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(
        [[f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell for cell in row] for row in rows]
    )
    return out.getvalue()


def dsa_rows(figures: Figures, *, service: str) -> list[tuple[str, ...]]:
    """The report on content moderation, Articles 15 and 24, in the columns of DSA_COLUMNS."""
    return [
        ("1 identification", "Name of the service", "", "", service, ""),
        ("1 identification", "Provider", "", "", "", _HUMAN),
        ("1 identification", "Start of the period", "", "month", figures.since, "UTC"),
        ("1 identification", "End of the period", "", "month", figures.until, "UTC"),
        *_orders(figures), *_notices(figures), *_own_initiative(figures), *_complaints(figures), *_automation(figures),
        ("8 people", "Human resources for content moderation", "", "", "", _HUMAN),
        ("8 people", "Linguistic expertise", "", "", "", _HUMAN),
        ("9 recipients", "Average monthly active recipients in the Union", "", "", "", _BLANK),
    ]  # fmt: skip


def _orders(figures: Figures) -> list[tuple[str, ...]]:
    states, part = figures.states, "3 orders of authorities"
    return [
        *((part, "Notices received from outside", basis, "count", str(count), "by legal basis")
          for basis, count in states.notices.items()),
        *((part, "Disclosures to authorities", basis, "count", str(count), "by legal basis")
          for basis, count in states.disclosures.items()),
        *((part, "Suspicions of offences told to authorities (Article 18)", to, "count", str(count), "")
          for to, count in states.referrals.items()),
        (part, "Records that are sealed for now", "", "count", str(states.sealed), "referrals may be among them"),
        (part, "Median time to give effect to orders", "", "seconds", "", _BLANK),
    ]  # fmt: skip


def _notices(figures: Figures) -> list[tuple[str, ...]]:
    part = "4 notices"
    return [
        *((part, "Reports and notices", channel, "count", str(count), "by channel")
          for channel, count in figures.reports["by_channel"].items()),
        *((part, "Reports and notices", category, "count", str(count), "by category that the notifier chose")
          for category, count in figures.reports["by_category"].items()),
        (part, "Notices by trusted flaggers", "", "count", "", _BLANK),
        *((part, "Median time to act", lane.name, "seconds", _known(lane.median_seconds), "upper bound, by lane")
          for lane in figures.time_to_act),
    ]  # fmt: skip


def _own_initiative(figures: Figures) -> list[tuple[str, ...]]:
    part, decisions = "5 own-initiative moderation", figures.decisions
    tables = (
        ("type of restriction", decisions.by_action), ("policy", decisions.by_policy),
        ("ground", decisions.by_ground), ("method of detection", decisions.by_source),
    )  # fmt: skip
    return [
        (part, "Decisions", "", "count", str(decisions.total), ""),
        *((part, f"Decisions by {what}", name, "count", str(count), "")
          for what, table in tables for name, count in table.items()),
        *((part, "Statements of reasons", kind, "count", str(count), "")
          for kind, count in figures.statements["by_kind"].items()),
    ]  # fmt: skip


def _complaints(figures: Figures) -> list[tuple[str, ...]]:
    part, appeals = "6 complaints", figures.appeals
    return [
        (part, "Complaints received", "", "count", str(appeals.opened), ""),
        *((part, "Complaints decided", outcome, "count", str(count), "")
          for outcome, count in appeals.by_outcome.items()),
        (part, "Median time to decide", "", "seconds", _known(appeals.time.median_seconds), "upper bound"),
        (part, "Out-of-court disputes", "", "count", "", _BLANK),
        (part, "Suspensions under Article 23", "", "count", "", _BLANK),
    ]  # fmt: skip


def _automation(figures: Figures) -> list[tuple[str, ...]]:
    part, decisions, quality = "7 automated means", figures.decisions, figures.quality
    return [
        *((part, "Decisions by automation", name, "count", str(count), "")
          for name, count in decisions.by_automation.items()),
        *_share(part, "Share that programs found", decisions.found_by_programs),
        *_share(part, "Share that programs decided, in whole or in part", decisions.decided_by_programs),
        *_share(part, "Share of decisions that were taken back", decisions.reversed),
        *_share(part, "Share of complaints with success", figures.appeals.overturned),
        *_share(part, "Share of second looks that disagreed", quality.disagreed),
        *((part, "Errors found by second looks", name, "count", str(count), "")
          for name, count in quality.errors.items()),
    ]  # fmt: skip


def _share(part: str, indicator: str, of: Share) -> list[tuple[str, ...]]:
    value = "" if of.share is None else str(of.share)
    return [
        (part, indicator, "", "share", value, f"{of.count} of {of.of}; 95 % interval {of.low} to {of.high}")
    ]


def _known(value: int | None) -> str:
    return "" if value is None else str(value)
