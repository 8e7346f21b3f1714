"""Use case: a mail is taken from the server that has it. Once this is committed, it is ours and may be forgotten there."""

from __future__ import annotations

from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from . import store
from .errors import TooManyMails
from .events import NoticeMailTaken
from .model import NewMail
from .queries import mails_since

_AGAIN_SECONDS = 600


async def take_mail(tx: Tx, mail: NewMail, *, hour_max: int, now: Instant) -> bool:
    """Keep a mail; False where it was kept before: then there is nothing to do, and it may be forgotten all the same.

    Raises TooManyMails.
    """
    if await tx.fetchval("select 1 from notice_mails where raw_sha256 = $1", mail.raw_sha256):
        return False
    if await mails_since(tx, now - timedelta(hours=1)) >= hour_max:
        raise TooManyMails(retry_after_seconds=_AGAIN_SECONDS)
    mail_id = new_id(now)
    if not await store.insert_mail(tx, mail_id, mail, now=now):
        return False
    tx.emit(NoticeMailTaken(mail_id))
    return True
