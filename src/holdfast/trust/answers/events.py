"""Facts about answers, in the past tense. Ids only: what is sealed must not leak into jobs and streams."""

from __future__ import annotations

from ...platform.outbox import Event


class AnswerQueued(Event, frozen=True):
    """An answer is kept and recorded, and waits to go out by mail."""

    message_id: int
    notice_id: int
