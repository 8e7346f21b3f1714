"""Receipts by mail: an errand that waits for the proof, keeps the bytes, hands them over once, and keeps what became of them."""

from __future__ import annotations

import secrets
from datetime import timedelta

import msgspec

from ...platform.clock import Clock, Instant
from ...platform.db import Database
from ...platform.mail import MailDelayed, Mailer, MailRefused, MailUncertain
from ...platform.settings import Settings
from ...pure.deadlines import PresetNotKnown, shipped_presets
from ...pure.evidence import PROOF_SUFFIX
from ...pure.notice_answers import AnsweredMail, Enclosure, Outgoing, encode_mail
from ...pure.notices import StepNotPossible, message_ids
from ...records import ledger
from ...trust.notice_intake import (
    Letter,
    LetterStatus,
    ReceiptFacts,
    ReceiptOrdered,
    hand_over_letter,
    letter_of,
    mail_of_notice,
    note_letter_made,
    receipt_letter,
    settle_letter,
    token_of_letter,
)
from ...trust.notices import (
    Channel,
    Direction,
    Message,
    MessageKind,
    Notice,
    NoticeReader,
    Step,
    add_message,
    note_delivery,
    take_step,
)
from ...trust.staff_actions import CLOCK

ATTEMPTS = 12
TEMPLATE = "notice.receipt@1"
_RAW = "raw"
_AGAIN = timedelta(minutes=5)
_LOOK_FOR_PROOF = timedelta(seconds=2)
_WITHOUT_PROOF_AFTER = timedelta(seconds=45)
_INTERRUPTED = "interrupted: whether the mail server has it is not known, so it is not sent again"
_DELIVERY = {LetterStatus.SENT: "sent", LetterStatus.WAITING: "delayed"}


class ReceiptSender:
    """Sends receipts."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, mailer: Mailer) -> None:
        self._settings, self._database, self._clock, self._mailer = settings, database, clock, mailer
        self._notices = NoticeReader(database)

    async def errand(self, payload: bytes) -> Instant | None:
        """One receipt; when to come back, where the proof or the mail server is not there yet."""
        event = msgspec.json.decode(payload, type=ReceiptOrdered)
        letter = await letter_of(self._database, event.notice_id)
        if letter is None or letter.status is not LetterStatus.WAITING:
            return None
        notice = await self._notices.notice(CLOCK, event.notice_id)
        if letter.message_id is None:
            proof = await ledger.proof(self._database, notice.record_id)
            if proof is None and self._clock.now() - notice.received_at < _WITHOUT_PROOF_AFTER:
                return self._clock.now() + _LOOK_FOR_PROOF
            await self._write(letter, notice, None if proof is None else proof.encode())
            letter = await letter_of(self._database, event.notice_id) or letter
        message = await self._message(letter)
        if message is None:
            return None
        return await self._send(letter, notice, message)

    async def _write(self, letter: Letter, notice: Notice, proof: bytes | None) -> None:
        """Keep the bytes, as a message of the notice."""
        settings, now = self._settings, self._clock.now()
        base = settings.public_url.rstrip("/")
        token = await token_of_letter(self._database, self._database.keyring, notice.id)
        mail = await mail_of_notice(self._database, notice.id)
        facts = ReceiptFacts(
            site=settings.title, reference=notice.reference, title=_title(notice.preset), received_at=notice.received_at,
            items=notice.items, left_out=notice.items_left_out, files=len(notice.attachments),
            status_url=f"{base}/notice/status/{token}", receipt_url=f"{base}/receipts/{notice.record_id}",
            proof=proof is not None, cut=mail is not None and mail.cut, forms_url=f"{base}/notice",
        )  # fmt: skip
        subject, text = receipt_letter(facts, letter.language)
        message_id = f"<notice.{secrets.token_hex(16)}@{settings.domain.partition(':')[0]}>"
        answered = message_ids(mail.message_id) if mail is not None else ()
        enclosed = (
            Enclosure(f"notice-{notice.record_id}{PROOF_SUFFIX}", "application/octet-stream", proof)
            if proof is not None
            else None
        )
        raw = encode_mail(
            Outgoing(
                sender=settings.notice_from, recipient=letter.recipient, subject=subject, text=text, message_id=message_id,
                at=now, language=letter.language, site=settings.domain, reference=notice.reference, automatic=True,
                answered=AnsweredMail(notice.subject, answered[0]) if answered else AnsweredMail(),
                enclosures=(enclosed,) if enclosed is not None else (),
            )
        )  # fmt: skip
        async with self._database.transaction() as tx:
            message = await add_message(
                tx, notice.id, direction=Direction.OUT, kind=MessageKind.RECEIPT, channel=Channel.EMAIL, raw=raw,
                subject=subject, text=text, external_id=message_id, template=TEMPLATE, delivery="queued", now=now,
            )  # fmt: skip
            await note_letter_made(tx, notice.id, message.id)

    async def _message(self, letter: Letter) -> Message | None:
        found = await self._notices.messages(CLOCK, letter.notice_id)
        return next((one for one in found if one.id == letter.message_id), None)

    async def _send(self, letter: Letter, notice: Notice, message: Message) -> Instant | None:
        if letter.answer == "under way":
            await self._settle(letter, notice, LetterStatus.FAILED, _INTERRUPTED)
            return None
        raw = (await ledger.openings(self._database, message.record_id, [_RAW]))[0].opening.body
        async with self._database.transaction() as tx:
            if not await hand_over_letter(tx, letter.notice_id, letter.attempts):
                return None
        try:
            answer = await self._mailer.send(
                raw, sender=self._settings.notice_from, recipient=letter.recipient
            )
        except MailDelayed as error:
            if letter.attempts + 1 >= ATTEMPTS:
                await self._settle(letter, notice, LetterStatus.FAILED, error.private)
                return None
            await self._settle(letter, notice, LetterStatus.WAITING, error.private)
            return self._clock.now() + _AGAIN * (letter.attempts + 1)
        except MailRefused as error:
            await self._settle(letter, notice, LetterStatus.REFUSED, error.private)
            return None
        except MailUncertain as error:
            await self._settle(letter, notice, LetterStatus.FAILED, f"{_INTERRUPTED} ({error.private})")
            return None
        await self._settle(letter, notice, LetterStatus.SENT, answer)
        return None

    async def _settle(self, letter: Letter, notice: Notice, status: LetterStatus, answer: str) -> None:
        now = self._clock.now()
        async with self._database.transaction() as tx:
            await settle_letter(tx, letter.notice_id, status, answer, now=now)
            if letter.message_id is not None:
                await note_delivery(
                    tx, letter.message_id, _DELIVERY.get(status, "failed"), detail=answer, now=now
                )
            if status is LetterStatus.SENT:
                try:
                    await take_step(tx, CLOCK, notice.id, Step.ACKNOWLEDGE, now=now)
                except StepNotPossible:
                    # The team was faster, and went on already.
                    return


def _title(preset: str) -> str:
    try:
        return shipped_presets().named(preset).title
    except PresetNotKnown:
        return preset
