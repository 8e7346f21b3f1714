"""Counters by month, to which leaves are added in the order of the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import msgspec

from ..evidence import Leaf
from .buckets import bucket_of

NOT_STATED: Final = "not stated"
STEPS_MOST: Final = 500
"""Steps of the breaker that are kept of a month: it moves every ten minutes at most, and rests most of the time."""
WAITING_DAYS: Final = 180
"""What was opened, and was not decided about for so long, is not waited for any more: its time to act is not known."""

_CROCKFORD: Final = {letter: value for value, letter in enumerate("0123456789ABCDEFGHJKMNPQRSTVWXYZ")}
_DAY_MS: Final = 86_400_000


class Waiting(msgspec.Struct, array_like=True):
    """A case or an appeal that nobody has decided about. ms: when it was opened, since 1970."""

    ms: int
    kind: str
    lane: str
    source: str


class LaneDay(msgspec.Struct, array_like=True):
    """The backlog of a lane on one day: at most open at a time, open at the end, age of the oldest at most."""

    most: int = 0
    last: int = 0
    oldest_seconds: int = 0


class Step(msgspec.Struct, frozen=True):
    """A step of the breaker of the backlog."""

    at: str
    state: str
    stage: int
    before: int
    cause: str
    lane: str


class Month(msgspec.Struct):
    """What happened in one month (UTC). counts: table -> token -> how many. times: table -> bucket -> how many."""

    counts: dict[str, dict[str, int]] = {}
    times: dict[str, dict[int, int]] = {}
    days: dict[str, dict[str, LaneDay]] = {}
    steps: list[Step] = []

    def count(self, table: str, token: str, by: int = 1) -> None:
        """Add to one counter."""
        cells = self.counts.setdefault(table, {})
        cells[token] = cells.get(token, 0) + by

    def time(self, table: str, seconds: int) -> None:
        """Add a time to its bucket."""
        cells = self.times.setdefault(table, {})
        bucket = bucket_of(seconds)
        cells[bucket] = cells.get(bucket, 0) + 1


class Tally(msgspec.Struct):
    """Everything that was added so far. months by name, `2026-01`."""

    leaves: int = 0
    months: dict[str, Month] = {}
    waiting: dict[str, Waiting] = {}
    swept_ms: int = 0

    def month(self, name: str) -> Month:
        """A month, which begins when it is asked for."""
        found = self.months.get(name)
        if found is None:
            found = self.months[name] = Month()
        return found


def add(tally: Tally, leaf: Leaf) -> None:
    """Count one leaf. Fields that are missing or of another type are `not stated`: no leaf stops the count."""
    tally.leaves += 1
    month = tally.month(f"{leaf.at:%Y-%m}")
    month.count("kinds", leaf.kind)
    handler = _HANDLERS.get(leaf.kind)
    if handler is not None:
        handler(tally, month, leaf)
    _sweep(tally, _ms(leaf.at))


def _text(leaf: Leaf, name: str) -> str:
    value = leaf.public.get(name)
    return value if isinstance(value, str) and value else NOT_STATED


def _number(leaf: Leaf, name: str) -> int:
    value = leaf.public.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _numbers(leaf: Leaf, name: str) -> dict[str, int]:
    value = leaf.public.get(name)
    if not isinstance(value, dict):
        return {}
    return {
        key: one
        for key, one in value.items()
        if isinstance(one, int) and not isinstance(one, bool) and one >= 0
    }


def _ms(at: datetime) -> int:
    return int(at.timestamp()) * 1000 + at.microsecond // 1000


def _month_of_record(record_id: str) -> str | None:
    """The month in which a record was made: its id, a ULID, begins with the time."""
    ms = 0
    for letter in record_id[:10]:
        ms = ms * 32 + _CROCKFORD[letter]
    try:
        return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m}"
    except (OverflowError, ValueError, OSError):
        return None


def _sweep(tally: Tally, now_ms: int) -> None:
    """Once a day of the log: what waits for too long is not waited for."""
    if now_ms < tally.swept_ms + _DAY_MS:
        return
    tally.swept_ms = now_ms
    oldest = now_ms - WAITING_DAYS * _DAY_MS
    tally.waiting = {key: one for key, one in tally.waiting.items() if one.ms >= oldest}


def _wait(tally: Tally, leaf: Leaf, kind: str) -> None:
    tally.waiting[leaf.record_id] = Waiting(
        _ms(leaf.at), kind, _text(leaf, "lane"), _text(leaf, "source" if kind == "case" else "policy")
    )


def _answered(tally: Tally, leaf: Leaf, kind: str) -> tuple[Waiting, int] | None:
    """What this leaf is the first answer to, and after how many seconds."""
    for one in leaf.related:
        found = tally.waiting.get(one.record_id)
        if found is not None and found.kind == kind:
            del tally.waiting[one.record_id]
            return found, (_ms(leaf.at) - found.ms) // 1000
    return None


def _report(_tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("reports.category", _text(leaf, "category"))
    month.count("reports.channel", _text(leaf, "channel"))


def _case(tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("cases.lane", _text(leaf, "lane"))
    month.count("cases.source", _text(leaf, "source"))
    _wait(tally, leaf, "case")


def _decision(tally: Tally, month: Month, leaf: Leaf) -> None:
    for name in ("outcome", "policy", "automation", "lane", "ground"):
        month.count(f"decisions.{name}", _text(leaf, name))
    for action in _text(leaf, "action").split("."):
        month.count("decisions.action", action or NOT_STATED)
    answered = _answered(tally, leaf, "case")
    if answered is None:
        month.count("decisions.source", "no first decision about a case")
        return
    waiting, seconds = answered
    month.count("decisions.source", waiting.source)
    lane = _text(leaf, "lane")
    month.time(f"acted.{waiting.lane if lane == NOT_STATED else lane}", seconds)


def _reversed(tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("reversed.cause", _text(leaf, "cause"))
    # The share of the decisions of a month that were taken back, whenever that was.
    made = next((name for one in leaf.related if (name := _month_of_record(one.record_id))), None)
    cohort = tally.months.get(made or "", month)
    cohort.count("reversed.policy", _text(leaf, "policy"))
    cohort.count("reversed.automation", _text(leaf, "automation"))


def _action(_tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("actions.action", _text(leaf, "action"))
    month.count("actions.automation", _text(leaf, "automation"))


def _statement(_tally: Tally, month: Month, leaf: Leaf) -> None:
    if leaf.public.get("action") == "reversed":
        month.count("statements.kind", "reversal")
        return
    month.count("statements.kind", "statement")
    month.count("statements.automation", _text(leaf, "automation"))
    month.count("statements.ground", _text(leaf, "ground"))


def _appeal(tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("appeals.policy", _text(leaf, "policy"))
    _wait(tally, leaf, "appeal")


def _appeal_decided(tally: Tally, month: Month, leaf: Leaf) -> None:
    outcome, policy = _text(leaf, "outcome"), _text(leaf, "policy")
    month.count("appeals.outcome", outcome)
    if outcome == "settled":
        # What it was about was taken back in another way: nobody answered it.
        _answered(tally, leaf, "appeal")
        return
    month.count("appeals.decided", policy)
    if outcome.startswith(("overturn", "partial")):
        month.count("appeals.overturned", policy)
    answered = _answered(tally, leaf, "appeal")
    if answered is not None:
        month.time("appeals", answered[1])


def _look(_tally: Tally, month: Month, leaf: Leaf) -> None:
    look = _text(leaf, "look")
    month.count("looks.kind", look)
    agreed = leaf.public.get("agreed")
    if isinstance(agreed, bool):
        month.count("looks.compared", look)
        if not agreed:
            month.count("looks.disagreed", look)
    if "error" in leaf.public:
        month.count("looks.error", _text(leaf, "error"))


def _rule(_tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("rules.to", _text(leaf, "to"))


def _breaker(_tally: Tally, month: Month, leaf: Leaf) -> None:
    if len(month.steps) < STEPS_MOST:
        step = Step(
            f"{leaf.at:%Y-%m-%dT%H:%M:%SZ}", _text(leaf, "state"), _number(leaf, "stage"), _number(leaf, "from"),
            _text(leaf, "cause"), _text(leaf, "lane"),
        )  # fmt: skip
        month.steps.append(step)


def _backlog(_tally: Tally, month: Month, leaf: Leaf) -> None:
    day = month.days.setdefault(f"{leaf.at:%Y-%m-%d}", {})
    oldest = _numbers(leaf, "oldest_seconds")
    for lane, count in _numbers(leaf, "open").items():
        found = day.setdefault(lane, LaneDay())
        found.most = max(found.most, count)
        found.last = count
        found.oldest_seconds = max(found.oldest_seconds, oldest.get(lane, 0))


def _notice(_tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("notices.basis", _text(leaf, "basis"))
    month.count("notices.jurisdiction", _text(leaf, "jurisdiction"))


def _notice_closed(_tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("notices.outcome", _text(leaf, "outcome"))


def _referral(_tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("referrals.to", _text(leaf, "to"))


def _disclosure(_tally: Tally, month: Month, leaf: Leaf) -> None:
    month.count("disclosures.basis", _text(leaf, "basis"))
    month.count("disclosures.outcome", _text(leaf, "outcome"))


_HANDLERS: Final[dict[str, Callable[[Tally, Month, Leaf], None]]] = {
    "report.received": _report,
    "case.opened": _case,
    "decision": _decision,
    "decision.reversed": _reversed,
    "action.taken": _action,
    "sor.sent": _statement,
    "appeal.opened": _appeal,
    "appeal.decided": _appeal_decided,
    "quality.look": _look,
    "rule.stage": _rule,
    "breaker": _breaker,
    "backlog.sample": _backlog,
    "notice.received": _notice,
    "notice.closed": _notice_closed,
    "referral": _referral,
    "disclosure": _disclosure,
}
