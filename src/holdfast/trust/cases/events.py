"""Facts about cases, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class CaseOpened(Event, frozen=True):
    """There is something new to decide."""

    case_id: int


class CaseJoined(Event, frozen=True):
    """Something more was said about a case, or one more subject belongs to it."""

    case_id: int


class CaseClosed(Event, frozen=True):
    """A case needs nobody any more. `decision_id` None: it was settled without one."""

    case_id: int
    decision_id: int | None


class CaseReopened(Event, frozen=True):
    """A case that was closed needs somebody again."""

    case_id: int


class CopyArrived(Event, frozen=True):
    """A post is a copy of what was decided; it was linked to that decision."""

    case_id: int
    post_id: int
    decision_id: int
