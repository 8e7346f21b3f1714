"""Mails as the outside sends them: plain, signed with DKIM, forged, bounced."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

HOST = "cloud.example"
SELECTOR = "key1"
KEY_NAME = f"{SELECTOR}._domainkey.{HOST}"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)


def key_record() -> str:
    """What HOST publishes."""
    public = _key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def mail(
    text: str, *, sender: str = f"Trust and Safety <abuse@{HOST}>", to: str = "abuse@town.example",
    subject: str = "Abuse report", message_id: str = "<1@cloud.example>", headers: Sequence[tuple[str, str]] = (),
    html: str = "", files: Sequence[tuple[str, str, bytes]] = (),
) -> bytes:  # fmt: skip
    """The bytes of a mail."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = "Tue, 24 Nov 2026 10:00:00 +0000"
    message["Message-ID"] = message_id
    for name, value in headers:
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def signed(raw: bytes, *, domain: str = HOST, length: bool = False) -> bytes:
    """With a DKIM signature in front."""
    private = _key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    header: bytes = dkim.sign(
        raw, SELECTOR.encode(), domain.encode(), private, include_headers=[b"from", b"to", b"subject", b"date", b"message-id"],
        canonicalize=(b"relaxed", b"relaxed"), length=length,
    )  # fmt: skip
    return header + raw


def bounce(about: str, recipient: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """A delivery report (RFC 3464) about one of our mails."""
    return (
        f"From: MAILER-DAEMON@mx.{HOST}\r\nTo: abuse@town.example\r\nSubject: Undelivered Mail\r\n"
        f"Message-ID: <bounce.{abs(hash(about))}@mx.{HOST}>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nIt did not work.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.cloud.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {about}\r\n\r\n--b--\r\n"
    ).encode()
