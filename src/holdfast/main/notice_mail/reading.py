"""Mails that were taken are read, as errands: a mail of 50 MB keeps no transaction open while it is read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from ...platform.clock import Clock, Instant
from ...platform.db import Database, Tx
from ...platform.ids import PublicIds
from ...platform.settings import Settings
from ...pure.deadlines import PresetNotKnown
from ...trust.notice_intake import (
    MailNotThere,
    MailRules,
    MailState,
    NoticeMailTaken,
    TakenMail,
    Understood,
    file_mail,
    forget_kept,
    raw_of,
    taken_mail,
    understood,
    unreadable,
)
from ...trust.notices import Addresses, NoticeReader
from .taking import Watch, unwatched

log = structlog.get_logger(__name__)

LEASE_SECONDS = 600.0
ATTEMPTS = 100
_AFTER_A_COPY = timedelta(seconds=1)
_FORGET_BATCH = 200
_SHIPPED_DEFAULT = "report.user"


class NoticeMailReader:
    """Makes notices of mails."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, *, watch: Watch = unwatched
    ) -> None:
        self._settings, self._database, self._clock = settings, database, clock
        self._watch = watch
        self._notices = NoticeReader(database)

    async def errand(self, payload: bytes) -> Instant | None:
        """One mail; when to come back, where another has to be read first."""
        event = msgspec.json.decode(payload, type=NoticeMailTaken)
        try:
            taken = await taken_mail(self._database, event.mail_id)
            if taken.state is not MailState.WAITING:
                return None
            raw = await raw_of(self._database, self._database.keyring, taken.id)
        except MailNotThere:
            return None
        read = await self._read(raw, taken)
        try:
            state = await self._file(taken, read)
        except PresetNotKnown as error:
            log.warning("notice_mail.kind_not_known", kind=read.notice.preset, error=error.public)
            known = msgspec.structs.replace(read.notice, preset=_SHIPPED_DEFAULT)
            state = await self._file(taken, msgspec.structs.replace(read, notice=known))
        return self._clock.now() + _AFTER_A_COPY if state is MailState.WAITING else None

    async def _read(self, raw: bytes, taken: TakenMail) -> Understood:
        rules = mail_rules(self._settings)
        try:
            return await asyncio.to_thread(understood, raw, taken, rules)
        except Exception as error:
            # Whatever a stranger's bytes do to the program, the notice is there, and a person reads it.
            log.error("notice_mail.not_read", error=type(error).__name__)
            return unreadable(raw, taken, rules, type(error).__name__)

    async def _file(self, taken: TakenMail, read: Understood) -> MailState:
        settings, now = self._settings, self._clock.now()
        mails = bool(settings.mail_host and settings.notice_from)
        if not mails and not read.why_no_receipt:
            read = msgspec.structs.replace(read, why_no_receipt="no mail server is set up")
        self._watch("read")
        async with self._database.transaction() as tx:
            state = await file_mail(
                tx, taken, read, self._notices, addresses=notice_addresses(settings, self._database),
                flood_from=settings.notice_flood_from, receipts_per_day=settings.notice_receipts_per_day, now=now,
            )  # fmt: skip
            self._watch("filed")
        self._watch("recorded")
        return state


def notice_addresses(settings: Settings, database: Database) -> Addresses:
    """How what notices cite is found here."""
    rules = mail_rules(settings)
    ids = PublicIds(database.keyring.derive("public ids"))
    return Addresses(ids, frozenset(rules.own_hosts), frozenset(rules.media_hosts))


def mail_rules(settings: Settings) -> MailRules:
    """The settings."""
    own = dict.fromkeys((settings.domain.lower(), urlsplit(settings.public_url).netloc.lower()))
    media = urlsplit(settings.media_url).netloc.lower()
    kinds = settings.notice_kinds_by_address
    return MailRules(
        own_hosts=tuple(one for one in own if one), media_hosts=(media,) if media else (),
        own_addresses=(*kinds, settings.mail_from.lower()) if settings.mail_from else tuple(kinds),
        site=settings.domain, by_address={key: kind for key, kind in kinds.items() if kind},
        by_sender=settings.notice_kinds_by_sender, default=settings.notice_mail_default,
    )  # fmt: skip


def forgetting(settings: Settings) -> Any:
    """A periodic action: the bytes of mails that belong to no notice go after some time."""

    async def forget(tx: Tx, now: Instant) -> None:
        await forget_kept(tx, now - timedelta(days=settings.notice_mail_kept_days), _FORGET_BATCH)

    return forget
