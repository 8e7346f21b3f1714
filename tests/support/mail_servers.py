"""Foreign mail servers (aiosmtpd) on this machine: one that keeps what it is given, and a sender's that hands mail on."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Inbox:
    """What a server was given: envelope and exact bytes."""

    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook."""
        content = envelope.original_content or b""
        self.mails.append((envelope.mail_from or "", list(envelope.rcpt_tos), content))
        return "250 2.0.0 Queued as 1"


@dataclass
class Relay:
    """The mail server in front of ours: takes mail by SMTP, hands it over by LMTP before it says that it has it."""

    lmtp_port: int
    port: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's hook."""
        raw = envelope.original_content or b""
        sender, recipients = envelope.mail_from or "", envelope.rcpt_tos

        def hand_on() -> None:
            with smtplib.LMTP("127.0.0.1", self.lmtp_port) as connection:
                connection.sendmail(sender, recipients, raw)

        try:
            # In a thread: an LMTP client that waits must not stop the server that it runs in.
            await asyncio.to_thread(hand_on)
        except smtplib.SMTPException as error:
            return f"451 4.3.0 Not handed on: {type(error).__name__}"
        return "250 2.0.0 Handed on"


@asynccontextmanager
async def serving(handler: Inbox | Relay) -> AsyncIterator[None]:
    """A server on this machine; `handler.port` is where it listens."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="mx.example", loop=loop, enable_SMTPUTF8=True), "127.0.0.1", 0
    )
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()


async def post_by_smtp(port: int, sender: str, recipient: str, raw: bytes) -> None:
    """Send a mail as a program does. Raises what smtplib does."""

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            assert connection.sendmail(sender, [recipient], raw) == {}

    await asyncio.to_thread(send)
