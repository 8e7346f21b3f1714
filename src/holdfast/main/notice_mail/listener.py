"""The LMTP listener (RFC 2033): a mail server hands mails over, and is told 250 only when they are kept.

Everything else is told apart by what the sending side can do about it: 4xx, so that it tries again, or 5xx with a reason that
its user understands.
"""

from __future__ import annotations

import asyncio
import logging
import stat
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session

from ...platform.settings import Settings
from ...pure.errors import LimitReached, Unavailable
from .taking import MailTaker, Watch

log = structlog.get_logger(__name__)

LINE_MAX_BYTES = 1024 * 1024
"""Longest line; mail servers break lines at 998 themselves, programs that write HTML do not."""
_COMMAND_SECONDS = 300.0
_KEPT = "250 2.6.0 Kept"
_TRY_AGAIN = "451 4.3.0 The notice desk cannot keep mail at the moment; please try again"
_BUSY = b"421 4.3.2 The notice desk is busy; please try again\r\n"
_TOO_LONG = "500 5.6.0 A line of this message is longer than 1 MB; send it with lines of usual length"


class Handler:
    """What is answered to each step."""

    def __init__(self, settings: Settings, taker: MailTaker) -> None:
        self._settings, self._taker = settings, taker

    async def handle_RCPT(  # noqa: N802 (the library's name)
        self, _server: Any, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only mail for the notice desk."""
        if not is_ours(self._settings, address):
            return f"550 5.1.1 There is no notice desk at this address{_elsewhere(self._settings)}"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep it, then say so."""
        raw = envelope.original_content or b""
        try:
            await self._taker.take(
                raw, via="lmtp", envelope_sender=envelope.mail_from or "", recipients=envelope.rcpt_tos
            )
        except LimitReached as error:
            return f"451 4.3.2 {error.public}"
        except (Unavailable, OSError) as error:
            log.warning("notice_mail.not_kept", error=type(error).__name__)
            return _TRY_AGAIN
        except Exception as error:
            # Of what kind it was, and no more: its text may hold what the mail says.
            log.error("notice_mail.failed", error=type(error).__name__)
            return _TRY_AGAIN
        return _KEPT

    async def handle_exception(self, error: Exception) -> str:
        """A mistake of ours is no reason for the sender's server to give up."""
        log.error("notice_mail.failed", error=type(error).__name__)
        return _TRY_AGAIN


class Desk(LMTP):
    """One connection. After the data each recipient gets a reply of its own (RFC 2033, section 4.2)."""

    line_length_limit = LINE_MAX_BYTES

    def __init__(self, handler: Handler, settings: Settings, *, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            handler, data_size_limit=settings.notice_mail_max_mb << 20, enable_SMTPUTF8=True,
            hostname=settings.domain.partition(":")[0], ident="Holdfast", timeout=_COMMAND_SECONDS, loop=loop,
        )  # fmt: skip
        self._desk_settings = settings
        self._replies = 0

    async def push(self, status: str | bytes) -> None:
        """Send a reply; the words of those that a sender sees are ours."""
        text = status.decode("ascii", "replace") if isinstance(status, bytes) else status
        if text.startswith("552"):
            text = too_large(self._desk_settings)
        elif text.startswith("500 Line too long"):
            text = _TOO_LONG
        if text.startswith("354"):
            self._replies = len(self.envelope.rcpt_tos) if self.envelope else 1
            await super().push(text)
            return
        times, self._replies = max(self._replies, 1), 0
        await super().push("\r\n".join([text] * times))


class _Full(asyncio.Protocol):
    """Says that there is no room, and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(_BUSY)
        transport.close()


class Listener:
    """The open listener."""

    def __init__(self, settings: Settings, taker: MailTaker) -> None:
        # Its lines at the lower levels hold what mails say.
        logging.getLogger("mail.log").setLevel(logging.ERROR)
        self._settings, self._handler = settings, Handler(settings, taker)
        self._open: set[Desk] = set()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens, when it is no socket of a folder."""
        name = self._server.sockets[0].getsockname() if self._server else ""
        return 0 if isinstance(name, str) else int(name[1])

    async def open(self) -> None:
        """Listen at `notice_lmtp_listen`. Raises OSError."""
        loop = asyncio.get_running_loop()
        where = self._settings.notice_lmtp_listen
        if where.startswith("unix:"):
            path = Path(where.removeprefix("unix:"))
            if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
                path.unlink()
            self._server = await loop.create_unix_server(self._connection, path)
            path.chmod(0o660)
            return
        host, _, port = where.rpartition(":")
        self._server = await loop.create_server(self._connection, host.strip("[]"), int(port))

    async def close(self) -> None:
        """Listen no more, and let mails that are being handed over end."""
        if self._server is not None:
            self._server.close()

    def _connection(self) -> asyncio.Protocol:
        self._open = {one for one in self._open if not _is_over(one)}
        if len(self._open) >= self._settings.notice_lmtp_connections:
            return _Full()
        desk = Desk(self._handler, self._settings, loop=asyncio.get_running_loop())
        self._open.add(desk)
        return desk


def is_ours(settings: Settings, address: str) -> bool:
    """Whether an address is one of the notice desk, with or without `+something`."""
    local, _, domain = address.lower().rpartition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    known = settings.notice_kinds_by_address
    return plain in known or address.lower() in known


def too_large(settings: Settings) -> str:
    """What the sender of a mail that is too large is told."""
    return (
        f"552 5.3.4 This message is larger than {settings.notice_mail_max_mb} MB. Send the list of addresses without the"
        f" files, or in several messages{_elsewhere(settings)}"
    )


def _elsewhere(settings: Settings) -> str:
    return f"; or use {settings.public_url.rstrip('/')}/notice" if settings.notice_forms else ""


def _is_over(desk: Desk) -> bool:
    # A protocol that was made has no transport for a moment; one that ended has none again.
    return desk.session is not None and (desk.transport is None or desk.transport.is_closing())


__all__ = ["LINE_MAX_BYTES", "Desk", "Handler", "Listener", "Watch", "is_ours", "too_large"]
