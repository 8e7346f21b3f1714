"""Facts about notices, in the past tense. Ids only: what is sealed must not leak into jobs and streams."""

from __future__ import annotations

from ...platform.outbox import Event


class NoticeReceived(Event, frozen=True):
    """A notice came, and is recorded."""

    notice_id: int


class NoticeChangedState(Event, frozen=True):
    """It took a step."""

    notice_id: int
    state: str


class NoticeVerified(Event, frozen=True):
    """A person found out who sent it."""

    notice_id: int


class GagEnded(Event, frozen=True):
    """Members concerned may be told from now on."""

    notice_id: int


class NoticeItemSettled(Event, frozen=True):
    """An item has an outcome; "" where it was taken back."""

    notice_id: int
    n: int
    outcome: str


class NoticeDecided(Event, frozen=True):
    """Every item has its outcome, and somebody, or policy, said that this is it."""

    notice_id: int


class NoticeAnswered(Event, frozen=True):
    """The sender was told."""

    notice_id: int


class NoticeClosed(Event, frozen=True):
    """It needs nobody any more."""

    notice_id: int


class NoticeMessageAdded(Event, frozen=True):
    """Something was sent, received or noted."""

    notice_id: int
    message_id: int
