"""Fetching notices from a mailbox (IMAP, RFC 9051): what is kept here is moved or marked there, in this order and no other.

Where a mail was kept and the process ended before it was marked, it comes again, and its bytes are known.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import structlog

from ...platform.clock import Clock
from ...platform.db import Database
from ...platform.settings import Settings
from ...pure.errors import LimitReached, Unavailable
from ...trust.notice_intake import fetched_until, note_fetched
from .taking import MailTaker, Watch, unwatched

log = structlog.get_logger(__name__)

_BATCH_MOST = 200
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxAway(Unavailable):
    """The IMAP server does not answer, or not as it should."""


@dataclass(frozen=True)
class Fetched:
    """One mail of the mailbox; `raw` is its beginning where it is larger than is taken."""

    uid: int
    raw: bytes
    size_bytes: int


class Mailbox:
    """One connection to the server. Its methods block."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: imaplib.IMAP4 | None = None

    def open(self) -> int:
        """Sign in and choose the folder; its UIDVALIDITY. Raises MailboxAway."""
        settings = self._settings
        try:
            self._connection = connection = self._connect()
            connection.login(settings.notice_imap_user, settings.notice_imap_password)
            _expect(connection.select(_quoted(settings.notice_imap_folder)))
            found = connection.response("UIDVALIDITY")[1]
            return int(found[0] or 0) if found and found[0] is not None else 0
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            raise MailboxAway(private=type(error).__name__) from error

    def waiting(self, after_uid: int) -> list[int]:
        """UIDs after the last one, in order."""
        with self._errors():
            data = _expect(self._open().uid("SEARCH", f"UID {after_uid + 1}:*"))
            uids = sorted(
                int(one) for one in b" ".join(part for part in data if isinstance(part, bytes)).split()
            )
            # `n:*` names the last one even where that comes before n.
            return [one for one in uids if one > after_uid][:_BATCH_MOST]

    def fetch(self, uid: int, most_bytes: int) -> Fetched | None:
        """One mail; None where somebody took it away."""
        with self._errors():
            data = _expect(self._open().uid("FETCH", str(uid), f"(RFC822.SIZE BODY.PEEK[]<0.{most_bytes}>)"))
            part = next((one for one in data if isinstance(one, tuple)), None)
            if part is None:
                return None
            told = _SIZE.search(b" ".join(one if isinstance(one, bytes) else one[0] for one in data if one))
            return Fetched(uid, part[1], max(int(told[1]) if told else 0, len(part[1])))

    def done(self, uid: int, *, cut: bool) -> None:
        """It is kept here: move it, or mark it. One of which only the beginning was taken stays where it is."""
        folder = "" if cut else self._settings.notice_imap_done_folder
        with self._errors():
            connection = self._open()
            if not folder:
                _expect(connection.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)"))
            elif "MOVE" in connection.capabilities:
                _expect(connection.uid("MOVE", str(uid), _quoted(folder)))
            else:
                _expect(connection.uid("COPY", str(uid), _quoted(folder)))
                _expect(connection.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen \Deleted)"))

    def close(self) -> None:
        """Sign out; what was marked as deleted goes."""
        if self._connection is not None:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                if self._connection.state == "SELECTED":
                    self._connection.close()
                self._connection.logout()
            self._connection = None

    def _connect(self) -> imaplib.IMAP4:
        settings = self._settings
        host, port, timeout = (
            settings.notice_imap_host,
            settings.notice_imap_port,
            settings.notice_imap_timeout_seconds,
        )
        context = ssl.create_default_context()
        if settings.notice_imap_security == "tls":
            return imaplib.IMAP4_SSL(host, port, ssl_context=context, timeout=timeout)
        connection = imaplib.IMAP4(host, port, timeout=timeout)
        if settings.notice_imap_security == "starttls":
            connection.starttls(context)
        return connection

    def _open(self) -> imaplib.IMAP4:
        if self._connection is None:
            raise MailboxAway
        return self._connection

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (imaplib.IMAP4.error, OSError, ValueError, TypeError) as error:
            raise MailboxAway(private=type(error).__name__) from error


class Fetcher:
    """Looks at the mailbox every so often."""

    def __init__(
        self, settings: Settings, database: Database, clock: Clock, taker: MailTaker, *, watch: Watch = unwatched
    ) -> None:  # fmt: skip
        self._settings, self._database, self._clock, self._taker = settings, database, clock, taker
        self._watch = watch

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. What goes wrong is logged and tried again at the next time."""
        while not stop.is_set():
            try:
                await self.fetch_new()
            except LimitReached:
                log.warning("notice_mailbox.more_than_is_taken")
            except Unavailable as error:
                log.warning("notice_mailbox.away", error=error.private or error.public)
            except Exception as error:
                # Its text may hold what a mail says.
                log.error("notice_mailbox.failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._settings.notice_imap_interval_seconds)

    async def fetch_new(self) -> int:
        """Take what is new; how many mails were there. Raises MailboxAway, TooManyMails, Unavailable."""
        settings = self._settings
        box = Mailbox(settings)
        name = f"{settings.notice_imap_user}@{settings.notice_imap_host}/{settings.notice_imap_folder}"
        try:
            validity = await asyncio.to_thread(box.open)
            known = await fetched_until(self._database, name)
            last = known[1] if known is not None and known[0] == validity else 0
            uids = await asyncio.to_thread(box.waiting, last)
            for uid in uids:
                await self._one(box, name, validity, uid)
            return len(uids)
        finally:
            await asyncio.to_thread(box.close)

    async def _one(self, box: Mailbox, name: str, validity: int, uid: int) -> None:
        settings = self._settings
        mail = await asyncio.to_thread(box.fetch, uid, settings.notice_mail_max_mb << 20)
        if mail is not None:
            await self._taker.take(
                mail.raw,
                via="imap",
                envelope_sender=None,
                recipients=self._recipients(),
                size_bytes=mail.size_bytes,
            )
            self._watch("before_mark")
            await asyncio.to_thread(box.done, uid, cut=mail.size_bytes > len(mail.raw))
        async with self._database.transaction() as tx:
            await note_fetched(tx, name, validity, uid, now=self._clock.now())

    def _recipients(self) -> list[str]:
        user = self._settings.notice_imap_user.lower()
        return [user] if "@" in user else []


def _expect(answer: tuple[str, Any]) -> list[Any]:
    # What the library answers with has as many forms as there are commands.
    if answer[0] != "OK":
        raise imaplib.IMAP4.error("refused")
    return list(answer[1] or ())


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
