"""A clock of a notice as it is stored and shown."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...pure.deadlines import Basis, Bound, Calendar, ClockPreset, ClockState, Extension, Pause, Purpose


class NoticeClock(msgspec.Struct, frozen=True):
    """One clock. Its preset and calendar are kept as they were when it was made: later presets change no running clock.

    starts_at None: what it counts from has not happened. due_at, opens_at: stored, and the same as `pure/deadlines` says.
    warned: shares in percent at which it warned. breached_at is never taken back. ended_at: it counts no more, because
    the notice turned out to be of another kind.
    """

    id: int
    notice_id: int
    name: str
    preset: ClockPreset
    calendar: Calendar
    starts_at: Instant | None
    stated_at: Instant | None
    due_at: Instant | None
    opens_at: Instant | None
    met_at: Instant | None
    met_by: int | None
    met_evidence: str
    breached_at: Instant | None
    breach_record_id: str | None
    warned: list[int]
    warn_percent: list[int]
    looks_next_at: Instant | None
    ended_at: Instant | None
    pauses: list[Pause]
    extensions: list[Extension]

    @property
    def basis(self) -> Basis:
        """Which moment starts it."""
        return self.preset.basis

    @property
    def bound(self) -> Bound:
        """Who says how long."""
        return self.preset.bound

    @property
    def purpose(self) -> Purpose:
        """To act, or to keep."""
        return self.preset.purpose


class ClockView(msgspec.Struct, frozen=True):
    """A clock and what it shows at a moment. state None: it has not started, or has ended."""

    clock: NoticeClock
    state: ClockState | None
    due_at: Instant | None
    left_seconds: float | None
    share: float | None
