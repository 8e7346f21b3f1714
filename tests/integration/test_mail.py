"""The mail port over a real socket: what goes out, what is tried again, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from holdfast.platform.mail import (
    MailDelayed,
    MailRefused,
    MailServer,
    MailUncertain,
    SmtpMailer,
    plain_mail,
)

pytestmark = pytest.mark.integration

MESSAGE = plain_mail(
    sender="no-reply@town.example", recipient="ann@example.org", subject="Une décision", text="Bonjour.\n.\nFin",
    message_id="<1@town.example>", at=datetime(2026, 11, 24, tzinfo=UTC), language="fr",
)  # fmt: skip


@asynccontextmanager
async def mail_server(answers: dict[str, str | None]) -> AsyncIterator[tuple[SmtpMailer, list[str]]]:
    """A mail server that answers each command as told; None hangs up."""
    heard: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := (await reader.readline()).decode().strip():
            heard.append(line)
            verb = line.partition(" ")[0].upper()
            if verb == "DATA":
                writer.write(b"354 go on\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                heard.append(body.decode())
                verb = "BODY"
            answer = answers.get(verb, "250 fine")
            if answer is None:
                break
            writer.write(f"{answer}\r\n".encode())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield SmtpMailer(MailServer("127.0.0.1", port, "none", timeout_seconds=5)), heard


async def send(answers: dict[str, str | None]) -> tuple[str, list[str]]:
    async with mail_server(answers) as (mailer, heard):
        answer = await mailer.send(MESSAGE, sender="no-reply@town.example", recipient="ann@example.org")
        return answer, heard


async def test_a_message_is_handed_over_whole() -> None:
    answer, heard = await send({})
    assert answer == "250 fine"
    assert "rcpt TO:<ann@example.org>" in heard
    body = next(line for line in heard if "Message-ID" in line)
    assert "Content-Language: fr" in body
    assert "Auto-Submitted: auto-generated" in body
    # A line that is a dot alone does not end it.
    assert "\r\n..\r\nFin" in body


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"RCPT": "550 nobody here"}, MailRefused),
        ({"RCPT": "451 come back"}, MailDelayed),
        ({"BODY": "554 spam"}, MailRefused),
        ({"BODY": "452 full"}, MailDelayed),
        ({"MAIL": None}, MailDelayed),
        ({"BODY": None}, MailUncertain),
    ],
)
async def test_what_may_be_tried_again_is_told_from_what_may_not(
    answers: dict[str, str | None], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await send(answers)


async def test_a_server_that_is_not_there_delays() -> None:
    with pytest.raises(MailDelayed):
        await SmtpMailer(MailServer("127.0.0.1", 1, "none", timeout_seconds=2)).send(
            b"x", sender="a@b", recipient="c@d"
        )
