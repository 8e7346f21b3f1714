"""Charts as points for inline SVG: no script, drawn by the template, each with its numbers as a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ...pure.transparency import BacklogDay, MonthRow
from .translations import Speech

WIDTH: Final = 640
HEIGHT: Final = 200
_LEFT: Final = 44
_BOTTOM: Final = 24
_TOP: Final = 12
_TICKS: Final = (1, 2, 5)
_BAR_GAP: Final = 0.3


class Line(msgspec.Struct, frozen=True):
    """A curve. `lane`: its name and its colour."""

    lane: str
    points: str
    last_x: str
    last_y: str


class Bar(msgspec.Struct, frozen=True):
    """A bar of one month."""

    label: str
    value: int
    x: str
    y: str
    width: str
    height: str
    middle: str
    labelled: bool


class Tick(msgspec.Struct, frozen=True):
    """A line across, with its number."""

    y: str
    label: str


class Chart(msgspec.Struct, frozen=True):
    """A chart with its numbers. says: the same in words."""

    says: str
    ticks: list[Tick]
    left_label: str = ""
    right_label: str = ""
    lines: list[Line] = []
    bars: list[Bar] = []


def backlog_chart(days: Sequence[BacklogDay], say: Speech) -> Chart | None:
    """Most open cases on each day, by lane; None of fewer than two days."""
    if len(days) < 2:
        return None
    lanes = sorted({lane for day in days for lane in day.most})
    highest = _ceiling(max((count for day in days for count in day.most.values()), default=0))
    step = (WIDTH - _LEFT - 8) / (len(days) - 1)
    lines = []
    for lane in lanes:
        places = [
            (_LEFT + number * step, _y(day.most.get(lane, 0), highest)) for number, day in enumerate(days)
        ]
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        lines.append(Line(lane, points, f"{places[-1][0]:.1f}", f"{places[-1][1]:.1f}"))
    peak = max(days, key=lambda day: sum(day.most.values()))
    says = say(
        "Open cases by lane from {first} to {last}. The most were open on {peak}: {most}. At the end: {end}.",
        first=days[0].day, last=days[-1].day, peak=peak.day, most=_listed(peak.most) or say("none"),
        end=_listed(days[-1].last) or say("none"),
    )  # fmt: skip
    return Chart(says, _ticks(highest), days[0].day, days[-1].day, lines=lines)


def months_chart(months: Sequence[MonthRow], say: Speech) -> Chart | None:
    """Decisions by month; None without any."""
    if not any(one.decisions for one in months):
        return None
    highest = _ceiling(max(one.decisions for one in months))
    slot = (WIDTH - _LEFT - 8) / max(len(months), 4)
    every = -(-len(months) // 8)
    bars = []
    for number, one in enumerate(months):
        x, y = _LEFT + number * slot + slot * _BAR_GAP / 2, _y(one.decisions, highest)
        width = slot * (1 - _BAR_GAP)
        bars.append(
            Bar(one.month, one.decisions, f"{x:.1f}", f"{y:.1f}", f"{width:.1f}", f"{HEIGHT - _BOTTOM - y:.1f}",
                f"{x + width / 2:.1f}", number % every == 0)
        )  # fmt: skip
    says = f"{say('Decisions by month')}: {', '.join(f'{one.month} {one.decisions:,}' for one in months)}."
    return Chart(says, _ticks(highest), bars=bars)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{lane} {count:,}" for lane, count in sorted(counts.items()))


def _ceiling(value: int) -> int:
    """The next round number: 1, 2 or 5 with zeros."""
    power = 1
    while True:
        for tick in _TICKS:
            if tick * power >= max(value, 2):
                return tick * power
        power *= 10


def _y(value: int, highest: int) -> float:
    return HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * value / highest


def _ticks(highest: int) -> list[Tick]:
    return [Tick(f"{_y(value, highest):.1f}", f"{value:,}") for value in sorted({0, highest // 2, highest})]
