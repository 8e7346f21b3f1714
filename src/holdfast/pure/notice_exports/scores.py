"""A sender's record with us, and ours with the sender: counts, shares with intervals, medians. Pure, never a guess."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from ..estimates import Share
from ..notices import ItemOutcome
from .model import NoticeFacts


@dataclass(frozen=True, slots=True)
class Taken:
    """How long something took, over the cases where it was done; `open`: where it was not. None: nothing was done yet."""

    of: int
    open: int
    median: timedelta | None
    slowest: timedelta | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """items: all named, duplicates too. upheld: acted on, of those that were judged (neither duplicate nor unfound).

    first_look, act: from when the notice came, item by item. answer: from when it came to when the answer went out.
    late: clocks that were breached. reversed: items whose decision was undone later.
    """

    notices: int
    items: int
    outcomes: dict[str, int]
    open_items: int
    upheld: Share
    reversed: int
    acknowledge: Taken
    first_look: Taken
    act: Taken
    answer: Taken
    clocks: int
    late: int
    first_at: datetime | None
    last_at: datetime | None
    kinds: dict[str, int] = field(default_factory=dict)


def score(notices: Sequence[NoticeFacts]) -> Scorecard:
    """The scorecard of these notices."""
    items = [(one.received_at, item) for one in notices for item in one.items]
    outcomes = Counter(item.outcome for _, item in items)
    upheld = outcomes[ItemOutcome.ACTIONED]
    judged = upheld + outcomes[ItemOutcome.REFUSED]
    clocks = [
        clock for one in notices for clock in one.clocks if clock.due_at or clock.met_at or clock.breached_at
    ]
    return Scorecard(
        notices=len(notices),
        items=len(items),
        outcomes={str(one): outcomes[one] for one in ItemOutcome if outcomes[one]},
        open_items=outcomes[None],
        upheld=Share(upheld, judged),
        reversed=sum(item.undone_at is not None for _, item in items),
        acknowledge=taken((one.received_at, one.acknowledged_at) for one in notices),
        first_look=taken((at, item.seen_at) for at, item in items),
        act=taken((at, item.acted_at) for at, item in items if item.outcome is ItemOutcome.ACTIONED),
        answer=taken((one.received_at, one.answered_at) for one in notices),
        clocks=len(clocks),
        late=sum(clock.breached_at is not None for clock in clocks),
        first_at=min((one.received_at for one in notices), default=None),
        last_at=max((one.received_at for one in notices), default=None),
        kinds=dict(sorted(Counter(one.preset for one in notices).items())),
    )  # fmt: skip


def taken(spans: Iterable[tuple[datetime, datetime | None]]) -> Taken:
    """How long from the first instant to the second; where there is no second, it is still open."""
    listed = list(spans)
    done = [max(timedelta(), until - since) for since, until in listed if until is not None]
    middle = timedelta(seconds=median(one.total_seconds() for one in done)) if done else None
    return Taken(len(done), len(listed) - len(done), middle, max(done, default=None))


def span_text(span: timedelta | None) -> str:
    """A length of time as people read it, cut to its two largest units; a dash for none."""
    if span is None:
        return "–"
    seconds = int(span.total_seconds())
    parts = [
        (seconds // 86400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "min"),
        (seconds % 60, "s"),
    ]
    first = next((at for at, (count, _) in enumerate(parts) if count), 3)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"
