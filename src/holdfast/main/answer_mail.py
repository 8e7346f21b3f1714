"""Answers to notices on their way: by mail as an errand that hands the kept bytes over once; by policy where that is set.

An answer is never sent twice: the attempt is counted before it is made, and where it is not known whether the server took
it, a person has to say that it goes again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec
import structlog

from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.mail import MailDelayed, Mailer, MailRefused, MailUncertain
from ..pure.notices import StepNotPossible
from ..records import ledger
from ..trust.answers import (
    Answer,
    AnswerChanged,
    AnswerQueued,
    AnswerStatus,
    answer_by_policy,
    answer_of_message,
    hand_over,
    place_of,
    prepare,
    settle,
)
from ..trust.notices import NoticeDecided, NoticeNotThere, note_delivery
from ..trust.staff_actions import CLOCK

log = structlog.get_logger(__name__)

ATTEMPTS: Final = 30
_AGAIN = timedelta(minutes=5)
_LONGEST = timedelta(hours=2)
_UNDER_WAY = "under way"
_INTERRUPTED = "interrupted: whether the mail server has it is not known, so it is not sent again by itself"
_DELIVERY: Final = {AnswerStatus.ACCEPTED: "sent", AnswerStatus.WAITING: "delayed"}


class AnswerMailer:
    """Sends answers by mail."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, mailer: Mailer) -> None:
        self._settings, self._database, self._clock, self._mailer = settings, database, clock, mailer

    async def errand(self, payload: bytes) -> Instant | None:
        """One answer; when to come back, if the server is not there."""
        event = msgspec.json.decode(payload, type=AnswerQueued)
        answer = await answer_of_message(self._database, event.message_id)
        if answer is None or answer.status is not AnswerStatus.WAITING:
            return None
        if answer.said == _UNDER_WAY:
            await self._settle(answer, AnswerStatus.UNKNOWN, _INTERRUPTED)
            return None
        [opened] = await ledger.openings(self._database, answer.record_id, ["raw"])
        async with self._database.transaction() as tx:
            if not await hand_over(tx, answer):
                return None
        try:
            said = await self._mailer.send(
                opened.opening.body, sender=place_of(self._settings).sender, recipient=answer.recipient
            )
        except MailDelayed as error:
            if answer.attempts + 1 >= ATTEMPTS:
                await self._settle(answer, AnswerStatus.FAILED, error.private)
                return None
            await self._settle(answer, AnswerStatus.WAITING, error.private)
            return self._clock.now() + min(_AGAIN * (answer.attempts + 1), _LONGEST)
        except MailRefused as error:
            await self._settle(answer, AnswerStatus.REFUSED, error.private)
            return None
        except MailUncertain as error:
            await self._settle(answer, AnswerStatus.UNKNOWN, f"{_INTERRUPTED} ({error.private})")
            return None
        await self._settle(answer, AnswerStatus.ACCEPTED, said)
        return None

    async def _settle(self, answer: Answer, status: AnswerStatus, said: str) -> None:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await settle(tx, answer.message_id, status, said, now=now)
            await note_delivery(
                tx, answer.message_id, _DELIVERY.get(status, "failed"), detail=said[:500], now=now
            )


class PolicyAnswerer:
    """Sends answers without a person, where the operator set that for their kind."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        self._settings, self._database, self._clock = settings, database, clock

    async def errand(self, payload: bytes) -> Instant | None:
        """NoticeDecided: the answer, if this kind goes out by itself."""
        event = msgspec.json.decode(payload, type=NoticeDecided)
        place = place_of(self._settings)
        try:
            prepared = await prepare(self._database, CLOCK, event.notice_id, place=place)
            await answer_by_policy(
                self._database, prepared, place, allowed=frozenset(self._settings.notice_answers_automatic),
                now=self._clock.now(),
            )  # fmt: skip
        except (NoticeNotThere, AnswerChanged, StepNotPossible):
            # Somebody of the team went on meanwhile.
            return None
        return None
