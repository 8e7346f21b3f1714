"""Use case: a mail that was taken becomes a notice, goes on with one, or says what became of a mail of ours."""

from __future__ import annotations

from typing import Final

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.notices import Automatic, DeliveryReport, NoticeState, Step, StepNotPossible
from ..notices import (
    Addresses,
    Channel,
    Direction,
    MessageKind,
    Notice,
    NoticeReader,
    Received,
    add_message,
    note_delivery,
    receive,
    take_step,
)
from ..staff_actions import CLOCK
from . import store
from .model import MailState, TakenMail
from .order_receipt import order_receipt
from .queries import first_copy, locked_state, notice_of_mails
from .understand import Understood, external_id

_DELIVERIES: Final = {
    "failed": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "delivered", "expanded": "delivered",
}  # fmt: skip


async def file_mail(
    tx: Tx, taken: TakenMail, read: Understood, notices: NoticeReader, *, addresses: Addresses, flood_from: int,
    receipts_per_day: int, now: Instant,
) -> MailState:  # fmt: skip
    """Make of a mail what it is, all of it or nothing; what it is now. A mail that is settled stays as it is.

    WAITING: a copy of it is to be read first; come back.
    """
    before = await locked_state(tx, taken.id)
    if before is not MailState.WAITING:
        return before
    state, notice_id, message_id = await _filed(
        tx, taken, read, notices, addresses=addresses, flood_from=flood_from, now=now
    )
    if isinstance(notice_id, Received):
        await order_receipt(
            tx, notice_id, read.answer_to, language=read.language, why_not=read.why_no_receipt, day_max=receipts_per_day,
            now=now,
        )  # fmt: skip
        notice_id = notice_id.notice_id
    if state is MailState.WAITING:
        return state
    keep = state in (MailState.KEPT, MailState.LOOP)
    await store.settle_mail(
        tx, taken.id, state, automatic="" if read.automatic is Automatic.NO else read.automatic.value,
        notice_id=notice_id, message_row_id=message_id, keep=keep, now=now,
    )  # fmt: skip
    return state


_Filed = tuple[MailState, int | Received | None, int | None]


async def _filed(
    tx: Tx, taken: TakenMail, read: Understood, notices: NoticeReader, *, addresses: Addresses,
    flood_from: int, now: Instant,
) -> _Filed:  # fmt: skip
    if read.automatic is Automatic.LOOP:
        return MailState.LOOP, None, None
    copy = await first_copy(tx, taken)
    if copy is not None:
        if copy.state is MailState.WAITING:
            return MailState.WAITING, None, None
        return await _copied(tx, taken, read, copy, now=now)
    if read.reports or read.is_report:
        return await _reported(tx, taken, read, notices, now=now)
    about = await _goes_on(tx, taken, read, notices)
    if about is not None:
        message_id = await _said(tx, about, taken, read, now=now)
        return MailState.MESSAGE, about.id, message_id
    received = await receive(tx, read.notice, addresses=addresses, flood_from=flood_from, now=now)
    return MailState.NOTICE, received, None


async def _copied(tx: Tx, taken: TakenMail, read: Understood, copy: TakenMail, *, now: Instant) -> _Filed:
    if copy.notice_id is None:
        return MailState.COPY, None, None
    message = await add_message(
        tx, copy.notice_id, direction=Direction.IN, kind=MessageKind.OTHER, channel=Channel.EMAIL, raw=read.notice.raw,
        subject=read.notice.subject, text="The same mail again, by another way.", external_id=external_id(taken), now=now,
    )  # fmt: skip
    return MailState.COPY, copy.notice_id, message.id


async def _goes_on(tx: Tx, taken: TakenMail, read: Understood, notices: NoticeReader) -> Notice | None:
    """The notice that a mail goes on with. Who quotes a reference must be its sender: it is easily seen by others. Who
    answers a mail of ours has it."""
    found = await notices.of_messages(read.answers) if read.answers else None
    if found is not None:
        notice = await notices.notice(CLOCK, found)
    else:
        known = await notice_of_mails(tx, list(read.answers), taken.from_address) if read.answers else None
        if known is not None:
            notice = await notices.notice(CLOCK, known)
        else:
            quoted = await _quoted(taken, read, notices)
            if quoted is None:
                return None
            notice = quoted
    # New addresses of ours get their own items, snapshots and clocks: a warning in a reply is a warning.
    return (
        None if read.ours_cited and read.automatic is not Automatic.REPLIED and not _asked(notice) else notice
    )


def _asked(notice: Notice) -> bool:
    return notice.state is NoticeState.NEEDS_INFO


async def _quoted(taken: TakenMail, read: Understood, notices: NoticeReader) -> Notice | None:
    for reference in read.references:
        notice = await notices.by_reference(CLOCK, reference)
        if notice is not None and notice.sender.email.lower() == taken.from_address.lower() != "":
            return notice
    return None


async def _said(tx: Tx, notice: Notice, taken: TakenMail, read: Understood, *, now: Instant) -> int:
    from_person = read.automatic in (Automatic.NO, Automatic.GENERATED, Automatic.LIST)
    message = await add_message(
        tx, notice.id, direction=Direction.IN, kind=MessageKind.INFO if from_person else MessageKind.OTHER,
        channel=Channel.EMAIL, raw=read.notice.raw, subject=read.notice.subject, text=read.notice.text,
        external_id=external_id(taken), now=now,
    )  # fmt: skip
    same = notice.sender.email.lower() == taken.from_address.lower()
    if from_person and same and notice.state is NoticeState.NEEDS_INFO:
        try:
            await take_step(tx, CLOCK, notice.id, Step.RECEIVE_INFO, evidence=message.record_id, now=now)
        except StepNotPossible:
            # Somebody went on meanwhile; the message is there all the same.
            return message.id
    return message.id


async def _reported(
    tx: Tx, taken: TakenMail, read: Understood, notices: NoticeReader, *, now: Instant
) -> _Filed:
    """What a server says about mails of ours; one that is about none of them is kept by itself."""
    asked = [one.message_id for one in read.reports if one.message_id]
    ids = tuple(dict.fromkeys((*asked, *read.about, *read.answers)))
    notice_id = await notices.of_messages(ids) if ids else None
    if notice_id is None:
        return MailState.KEPT, None, None
    message = await add_message(
        tx, notice_id, direction=Direction.IN, kind=MessageKind.BOUNCE, channel=Channel.EMAIL, raw=read.notice.raw,
        subject=read.notice.subject, text=read.notice.text, external_id=external_id(taken), now=now,
    )  # fmt: skip
    sent = {one.external_id: one for one in await notices.messages(CLOCK, notice_id) if one.external_id}
    for report in read.reports:
        about = next((sent[one] for one in (report.message_id, *ids) if one in sent), None)
        status = _DELIVERIES.get(report.action)
        if about is not None and about.direction is Direction.OUT and status is not None:
            await note_delivery(tx, about.id, status, detail=_detail(report), now=now)
    return MailState.REPORT, notice_id, message.id


def _detail(report: DeliveryReport) -> str:
    return f"{report.action} {report.status} {report.recipient}"[:500]
