"""Statements of reasons by mail: an errand that keeps the bytes, hands them over once, and keeps what became of them.

A member gets a statement by mail at most once: where it is not known whether the server took it, it is not sent again.
The statement stands in the app and at /statements in any case.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import structlog

from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database
from ..platform.mail import (
    MailDelayed,
    Mailer,
    MailRefused,
    MailServer,
    MailUncertain,
    SmtpMailer,
    plain_mail,
)
from ..trust.statements import (
    Letter,
    MailStatus,
    StatementSent,
    begin_letter,
    hand_over,
    letter_of,
    settle_letter,
    statement_to_mail,
)

log = structlog.get_logger(__name__)

ATTEMPTS = 12
_AGAIN = timedelta(minutes=10)
_INTERRUPTED = "interrupted: whether the mail server has it is not known, so it is not sent again"


def mailer_of(settings: Settings) -> Mailer:
    """The mail server of the settings."""
    return SmtpMailer(
        MailServer(
            settings.mail_host, settings.mail_port, settings.mail_security, settings.mail_user,
            settings.mail_password, settings.mail_timeout_seconds,
        )
    )  # fmt: skip


class StatementMailer:
    """Sends statements by mail."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, mailer: Mailer) -> None:
        self._settings, self._database, self._clock, self._mailer = settings, database, clock, mailer

    async def errand(self, payload: bytes) -> Instant | None:
        """One letter; when to come back, if the server is not there."""
        event = msgspec.json.decode(payload, type=StatementSent)
        letter = await self._letter(event.statement_id)
        if letter is None or letter.status is not MailStatus.WAITING:
            return None
        if letter.answer == "under way":
            await self._settle(letter, MailStatus.FAILED, _INTERRUPTED)
            return None
        async with self._database.transaction() as tx:
            if not await hand_over(tx, letter):
                return None
        try:
            answer = await self._mailer.send(letter.message, sender=self._sender, recipient=letter.recipient)
        except MailDelayed as error:
            if letter.attempts + 1 >= ATTEMPTS:
                await self._settle(letter, MailStatus.FAILED, error.private)
                return None
            await self._settle(letter, MailStatus.WAITING, error.private)
            return self._clock.now() + _AGAIN * (letter.attempts + 1)
        except MailRefused as error:
            await self._settle(letter, MailStatus.REFUSED, error.private)
            return None
        except MailUncertain as error:
            await self._settle(letter, MailStatus.FAILED, f"{_INTERRUPTED} ({error.private})")
            return None
        await self._settle(letter, MailStatus.SENT, answer)
        return None

    @property
    def _sender(self) -> str:
        settings = self._settings
        return settings.mail_from or f"no-reply@{settings.domain.partition(':')[0]}"

    async def _letter(self, statement_id: int) -> Letter | None:
        """The letter, whose bytes are kept before anything is sent."""
        letter = await letter_of(self._database, statement_id)
        if letter is not None:
            return letter
        found = await statement_to_mail(self._database, statement_id)
        if found is None:
            return None
        statement, recipient = found
        message_id = f"<statement.{statement.puid.lower()}@{self._settings.domain.partition(':')[0]}>"
        message = plain_mail(
            sender=self._sender, recipient=recipient, subject=f"{self._settings.title}: {statement.subject}",
            text=f"{statement.text}\n\n{self._settings.public_url.rstrip('/')}/statements\n", message_id=message_id,
            at=statement.sent_at, language=statement.language,
        )  # fmt: skip
        async with self._database.transaction() as tx:
            await begin_letter(
                tx, statement_id, recipient=recipient, message_id=message_id, message=message,
                now=self._clock.now(),
            )  # fmt: skip
        return await letter_of(self._database, statement_id)

    async def _settle(self, letter: Letter, status: MailStatus, answer: str) -> None:
        async with self._database.transaction() as tx:
            await settle_letter(tx, letter.statement_id, status, answer, now=self._clock.now())
