"""Mail: messages as bytes, and the one way out to a mail server (SMTP, RFC 5321).

Off unless the operator names a server. What is sent is made before it is sent, so that the exact bytes can be kept.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal, Protocol

from ..pure.errors import HoldfastError, Unavailable
from .clock import Instant


class MailDelayed(Unavailable):
    """The server was not reached, or asks to come back later; nothing was handed over."""

    public = "The mail server does not take mail at the moment"


class MailRefused(HoldfastError):
    """The server will not take this message; it says why."""

    public = "The mail server refused the message"


class MailUncertain(HoldfastError):
    """The connection ended after the message was handed over: it may have arrived, so it is not sent again."""

    public = "The mail server did not say whether it has the message"


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over."""

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    timeout_seconds: float = 30.0


class Mailer(Protocol):
    """The port."""

    async def send(self, message: bytes, *, sender: str, recipient: str) -> str:
        """Hand a message over once; what the server answered. Raises MailDelayed, MailRefused, MailUncertain."""
        ...


class SmtpMailer:
    """Hands messages to a mail server, one connection for each: they are few."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def send(self, message: bytes, *, sender: str, recipient: str) -> str:
        """As `Mailer`."""
        return await asyncio.to_thread(self._send, message, sender, recipient)

    def _send(self, message: bytes, sender: str, recipient: str) -> str:
        try:
            connection = self._open()
        except (smtplib.SMTPException, OSError) as error:
            raise MailDelayed(private=repr(error)) from error
        try:
            self._accepted(connection, sender, recipient)
            try:
                code, answer = connection.data(message)
            except smtplib.SMTPDataError as error:
                raise _refusal(error.smtp_code, error.smtp_error) from error
            except (smtplib.SMTPException, OSError) as error:
                raise MailUncertain(private=repr(error)) from error
            if code != 250:
                raise _refusal(code, answer)
            return f"{code} {_text(answer)}"
        finally:
            connection.close()

    def _open(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_seconds, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
        try:
            connection.ehlo_or_helo_if_needed()
            if server.security == "starttls":
                connection.starttls(context=context)
                connection.ehlo()
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    @staticmethod
    def _accepted(connection: smtplib.SMTP, sender: str, recipient: str) -> None:
        try:
            for code, answer in (connection.mail(sender), connection.rcpt(recipient)):
                if code not in (250, 251):
                    raise _refusal(code, answer)
        except (smtplib.SMTPException, OSError) as error:
            raise MailDelayed(private=repr(error)) from error


class KeptMailer:
    """The fake: keeps what it was given, and fails as it is told. `failing` is raised once, then the next is taken."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.failing: list[HoldfastError] = []

    async def send(self, message: bytes, *, sender: str, recipient: str) -> str:
        """As `Mailer`."""
        if self.failing:
            raise self.failing.pop(0)
        self.sent.append((recipient, message))
        return "250 kept"


def plain_mail(
    *, sender: str, recipient: str, subject: str, text: str, message_id: str, at: Instant, language: str
) -> bytes:
    """A message of plain text, as it goes over the wire (RFC 5322, UTF-8)."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    # Nobody's holiday notice is to answer it.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message["Content-Language"] = language
    return message.as_bytes()


def _refusal(code: int, answer: bytes | str) -> HoldfastError:
    text = f"{code} {_text(answer)}"
    return MailDelayed(private=text) if 400 <= code < 500 else MailRefused(private=text)


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
