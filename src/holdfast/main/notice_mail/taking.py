"""A mail is checked and kept; only then may whoever has it forget it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...platform.clock import Clock
from ...platform.db import Database
from ...platform.mail_signatures import UNCHECKED, check_sender
from ...platform.settings import Settings
from ...platform.text_records import TextRecords
from ...pure.notices import MailWarning, read_mail
from ...trust.notice_intake import NewMail, Via, take_mail

_HEADERS_MAX_BYTES = 256 * 1024
_MESSAGE_ID_CHARACTERS = 900

Watch = Callable[[str], None]
"""Told each step before it is taken: for tests that end the process there."""


def unwatched(_step: str) -> None:
    """Nobody watches."""


class MailTaker:
    """Takes mails, however they come."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, records: TextRecords, *, watch: Watch = unwatched
    ) -> None:  # fmt: skip
        self._settings, self._database, self._clock, self._records = settings, database, clock, records
        self._watch = watch

    async def take(
        self, raw: bytes, *, via: Via, envelope_sender: str | None, recipients: Sequence[str], size_bytes: int | None = None
    ) -> bool:  # fmt: skip
        """Check a mail and keep it; False where it was kept before. Once this returns, it is on the disk.

        size_bytes: of the whole mail, where `raw` is the beginning of it. Raises TooManyMails, Unavailable.
        """
        self._watch("handed_over")
        head = read_mail(_head_of(raw))
        single = head.sender is not None and MailWarning.SENDER_DOUBTFUL not in head.warnings
        address = head.sender.address if single and head.sender else ""
        cut = size_bytes is not None and size_bytes > len(raw)
        settings = self._settings
        check = (
            UNCHECKED
            if cut
            else await check_sender(
                raw, address, self._records, within_seconds=settings.notice_mail_check_seconds
            )
        )
        mail = NewMail(
            raw=raw, via=via, envelope_sender=envelope_sender, recipients=tuple(recipients)[:100], sender_check=check,
            message_id=head.message_id[:_MESSAGE_ID_CHARACTERS], from_address=address,
            size_bytes=size_bytes or len(raw), cut=cut,
        )  # fmt: skip
        self._watch("checked")
        async with self._database.transaction() as tx:
            new = await take_mail(tx, mail, hour_max=settings.notice_mail_hour_max, now=self._clock.now())
            self._watch("written")
        self._watch("committed")
        return new


def _head_of(raw: bytes) -> bytes:
    ends = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
    return raw[: min([*ends, _HEADERS_MAX_BYTES]) + 2]
