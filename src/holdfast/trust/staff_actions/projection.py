"""What the log says of a subject now: one pure function, used when an event is added and when all is made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from ...platform.clock import Instant


class ReviewState(StrEnum):
    """Where the work on a subject stands."""

    NONE = "none"
    OPEN = "open"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Takedown(StrEnum):
    """What is taken from a subject."""

    NONE = "none"
    HELD = "held"  # until a person decides
    WITHDRAWN = "withdrawn"
    LIMITED = "limited"
    DISABLED = "disabled"
    SUSPENDED = "suspended"
    BLOCKED = "blocked"  # a link, a file, a server
    DELETED = "deleted"


class Strike(msgspec.Struct, frozen=True, omit_defaults=True):
    """A mark against an account. `until` None: it does not end by itself. `ref`: the decision that set it."""

    points: int = 1
    until: Instant | None = None
    ref: int | None = None


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one event does to a status; what is left out stays as it is.

    takedown: UNSET leaves it. appealed: whether an appeal is open. muted_until: signals about the subject raise
    nothing until then; None ends that. strike_off: refs of decisions whose strikes are taken back.
    """

    review_state: ReviewState | msgspec.UnsetType = msgspec.UNSET
    lane: str | None | msgspec.UnsetType = msgspec.UNSET
    takedown: Takedown | msgspec.UnsetType = msgspec.UNSET
    appealed: bool | msgspec.UnsetType = msgspec.UNSET
    muted_until: Instant | None | msgspec.UnsetType = msgspec.UNSET
    strikes: tuple[Strike, ...] = ()
    strike_off: tuple[int, ...] = ()
    labels_added: tuple[str, ...] = ()
    labels_removed: tuple[str, ...] = ()
    reviewed: bool = False
    report: bool = False


NO_CHANGE: Final = Change()


class Status(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is derived of the events of one subject. `reports`: how many there ever were; `reviewed_by`: a pseudonym."""

    seq: int = 0
    review_state: ReviewState = ReviewState.NONE
    lane: str | None = None
    takedown: Takedown = Takedown.NONE
    appealed: bool = False
    muted_until: Instant | None = None
    strikes: tuple[Strike, ...] = ()
    labels: tuple[str, ...] = ()
    reports: int = 0
    reviewed_at: Instant | None = None
    reviewed_by: str | None = None
    decision_id: int | None = None
    updated_at: Instant | None = None

    def strikes_at(self, now: Instant) -> int:
        """Points of the strikes that still count."""
        return sum(one.points for one in self.strikes if one.until is None or one.until > now)

    def muted_at(self, now: Instant) -> bool:
        """Whether signals about it raise nothing."""
        return self.muted_until is not None and self.muted_until > now

    @property
    def digest(self) -> str:
        """Names this state; the next event of the subject keeps it, so that the events are a chain."""
        return hashlib.sha256(_encode(self)).hexdigest()[:32]


class Applied(msgspec.Struct, frozen=True):
    """What the projection needs of an event."""

    seq: int
    change: Change
    at: Instant
    by: str | None = None
    decision_id: int | None = None


BLANK: Final = Status()
_encode = msgspec.json.Encoder(order="deterministic").encode


def project(status: Status, event: Applied) -> Status:
    """The status after an event. Pure: the same events in the same order always give the same status."""
    change = event.change
    given: dict[str, Any] = {"seq": event.seq, "updated_at": event.at}
    for name in ("review_state", "lane", "takedown", "appealed", "muted_until"):
        value = getattr(change, name)
        if value is not msgspec.UNSET:
            given[name] = value
    if change.strikes or change.strike_off:
        kept = (one for one in status.strikes if one.ref is None or one.ref not in change.strike_off)
        given["strikes"] = (*kept, *change.strikes)
    if change.labels_added or change.labels_removed:
        labels = (set(status.labels) | set(change.labels_added)) - set(change.labels_removed)
        given["labels"] = tuple(sorted(labels))
    if change.report:
        given["reports"] = status.reports + 1
    if change.reviewed:
        given |= {"reviewed_at": event.at, "reviewed_by": event.by}
    if event.decision_id is not None:
        given["decision_id"] = event.decision_id
    return msgspec.structs.replace(status, **given)


def projected(events: Iterable[Applied]) -> Status:
    """The status that a subject's events lead to, in their order."""
    status = BLANK
    for event in events:
        status = project(status, event)
    return status


_OF_VERBS: Mapping[str, Change] = {
    "account.suspend": Change(takedown=Takedown.SUSPENDED, reviewed=True),
    "account.unsuspend": Change(takedown=Takedown.NONE, reviewed=True),
    "account.disable": Change(takedown=Takedown.DISABLED, reviewed=True),
    "account.enable": Change(takedown=Takedown.NONE, reviewed=True),
    "account.silence": Change(takedown=Takedown.LIMITED, reviewed=True),
    "account.unsilence": Change(takedown=Takedown.NONE, reviewed=True),
    "account.sensitive": Change(labels_added=("sensitive",), reviewed=True),
    "account.unsensitive": Change(labels_removed=("sensitive",), reviewed=True),
    "account.delete": Change(takedown=Takedown.DELETED, reviewed=True),
    "server.block": Change(takedown=Takedown.BLOCKED),
    "server.unblock": Change(takedown=Takedown.NONE),
    "report.resolve": Change(review_state=ReviewState.CLOSED, reviewed=True),
    "report.reopen": Change(review_state=ReviewState.OPEN),
    "report.assign": NO_CHANGE,
}


def change_of(verb: str) -> Change:
    """What a verb does to its subject when the caller says nothing else."""
    return _OF_VERBS.get(verb, NO_CHANGE)
