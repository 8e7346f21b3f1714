"""Facts about mails to the notice desk, in the past tense."""

from __future__ import annotations

from ...platform.outbox import Event


class NoticeMailTaken(Event, frozen=True):
    """A mail was taken from the sending server, and is kept: it is ours to read from now on."""

    mail_id: int


class ReceiptOrdered(Event, frozen=True):
    """The sender of a notice is to get a receipt by mail."""

    notice_id: int
