"""What is asked of the benchmark, and what it answers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Literal

import msgspec


class LedgerOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Leaves of the log, rounds of appending beside plain hashing, and proofs that are built and verified."""

    leaves: int = 1_000_000
    rounds: int = 3
    proofs: int = 2000


class LedgerFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure: the middle of what was seen, the least and the most. `target` is the bound that was set for it."""

    what: str
    unit: str
    middle: float
    least: float
    most: float
    target: float | None = None
    better: Literal["more", "less"] = "less"
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the middle keeps the target; None without one."""
        if self.target is None:
            return None
        return self.middle >= self.target if self.better == "more" else self.middle <= self.target


class LedgerReport(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one run."""

    bench: str
    machine: str
    options: LedgerOptions
    figures: list[LedgerFigure]


def figure(
    what: str, unit: str, values: Sequence[float], *, target: float | None = None,
    better: Literal["more", "less"] = "less", note: str = "",
) -> LedgerFigure:  # fmt: skip
    """A figure of several values of the same thing."""
    return LedgerFigure(
        what=what, unit=unit, middle=median(values), least=min(values), most=max(values), target=target, better=better,
        note=note,
    )  # fmt: skip


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of the others is."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
