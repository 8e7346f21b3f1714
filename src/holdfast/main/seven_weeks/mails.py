"""Mails as their senders' servers would hand them over, signed with a key of their own (DKIM)."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from .model import SELECTOR

_BITS = 2048
_SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references")


class Signer:
    """The mail server of one domain."""

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self._key: RSAPrivateKey = generate_private_key(65537, _BITS)
        self._pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())

    def records(self) -> Mapping[str, str]:
        """What the name service says of it."""
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {
            f"{SELECTOR}._domainkey.{self.domain}": f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}",
            f"_dmarc.{self.domain}": "v=DMARC1; p=reject",
        }

    def signed(self, raw: bytes) -> bytes:
        """With a signature at the top."""
        signature: bytes = dkim.sign(raw, SELECTOR.encode(), self.domain.encode(), self._pem, include_headers=[
            one for one in _SIGNED if one + b":" in raw.lower()
        ])  # fmt: skip
        return signature + raw


def plain(
    *, sender: str, recipient: str, subject: str, text: str, at: datetime, ident: str, answers: str = "",
    attached: Sequence[tuple[str, bytes]] = (),
) -> bytes:  # fmt: skip
    """A mail that a person or a ticket system wrote."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, recipient, subject
    message["Date"], message["Message-ID"] = format_datetime(at), f"<{ident}>"
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text, cte="quoted-printable")
    for name, content in attached:
        message.add_attachment(content, maintype="text", subtype="plain", filename=name)
    if attached:
        message.set_boundary(f"b-{ident.replace('@', '-')}")
    return message.as_bytes()


def delivery_report(*, of: str, recipient: str, host: str, at: datetime, ident: str, arrived: bool) -> bytes:
    """What a mail server says about a mail of ours (RFC 3464). of: its Message-ID."""
    action, status, words = ("delivered", "2.0.0", "has it") if arrived else ("failed", "5.2.2", "is full")
    lines = [
        f"From: MAILER-DAEMON@{host}", "To: abuse@town.example", f"Date: {format_datetime(at)}", f"Message-ID: <{ident}>",
        "Subject: Delivery report", "MIME-Version: 1.0", "Auto-Submitted: auto-replied",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="dsn"', "", "--dsn",
        "Content-Type: text/plain", "", f"The mailbox {recipient} {words}.", "", "--dsn",
        "Content-Type: message/delivery-status", "", f"Reporting-MTA: dns; mx.{host}", "",
        f"Final-Recipient: rfc822; {recipient}", f"Action: {action}", f"Status: {status}", "", "--dsn",
        "Content-Type: text/rfc822-headers", "", f"Message-ID: {of}", "", "--dsn--", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()
