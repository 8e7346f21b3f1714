"""What a mirror may forget. Nothing that the promise of going back in time rests on, and never the last way home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .backups import Base
from .chunks import Span

KEEP: Final = timedelta(days=14)
MIN_FULL: Final = 2


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """keep: how far back a restore can go. min_full: so many full backups are kept, however old."""

    keep: timedelta = KEEP
    min_full: int = MIN_FULL


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Backups and spans of log that may be deleted; log before backups, so that no backup is left without its log."""

    bases: tuple[Base, ...]
    spans: tuple[Span, ...]


def plan_forgetting(
    bases: Sequence[Base], spans: Sequence[Span], policy: RetentionPolicy, *, now: datetime
) -> Forgetting:
    """What goes. `bases` are whole ones; without any full one nothing goes.

    Kept: what ended within `keep`; the newest full one from before it, from which its beginning is reached; the newest
    `min_full` full ones; every parent of one that is kept. Log goes that ends where the first kept backup begins, or
    before.
    """
    full = sorted((one for one in bases if one.parent is None), key=_age)
    if not full:
        return Forgetting((), ())
    horizon = now - policy.keep
    kept = {(one.epoch, one.backup) for one in bases if one.ended_at > horizon}
    before = [one for one in full if one.ended_at <= horizon]
    kept |= {(one.epoch, one.backup) for one in before[-1:] + full[-max(1, policy.min_full) :]}
    by_id = {(one.epoch, one.backup): one for one in bases}
    pending = list(kept)
    while pending:
        one = by_id.get(pending.pop())
        parent = (one.epoch, one.parent) if one and one.parent else None
        if parent and parent in by_id and parent not in kept:
            kept.add(parent)
            pending.append(parent)
    gone = tuple(sorted((one for one in bases if (one.epoch, one.backup) not in kept), key=_age))
    first_epoch = min(epoch for epoch, _ in kept)
    first = min(by_id[one].start_lsn for one in kept if one[0] == first_epoch)
    old = (
        span
        for span in spans
        if span.epoch < first_epoch or (span.epoch == first_epoch and span.end_lsn <= first)
    )
    return Forgetting(
        gone, tuple(sorted(old, key=lambda span: (span.epoch, span.start_lsn, span.run, span.sequence)))
    )


def _age(base: Base) -> tuple[datetime, int, str]:
    return base.ended_at, base.epoch, base.backup
