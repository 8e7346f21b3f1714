"""An answer as it goes over the wire (RFC 5322, MIME): every byte follows from what is given, and nobody can add to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Final

from ..notices import ADDRESS, LOOP_HEADER, MESSAGE_ID, one_line, plain_words, reply_headers
from .errors import AddressNotUsable

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
ADDRESS_MAX_CHARACTERS: Final = 254


@dataclass(frozen=True, slots=True)
class AnsweredMail:
    """The mail that is answered, as far as threads need it. Everything in it is a stranger's."""

    subject: str = ""
    message_id: str = ""
    references: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an answer."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What an answer is made from. automatic: sent without a person (RFC 3834), so that no machine answers it."""

    sender: str
    recipient: str
    subject: str
    text: str
    message_id: str
    at: datetime
    language: str
    site: str
    reference: str
    automatic: bool
    answered: AnsweredMail = AnsweredMail()
    enclosures: tuple[Enclosure, ...] = ()


def encode_mail(out: Outgoing) -> bytes:
    """The bytes, in ASCII, with lines that end in CRLF. Raises AddressNotUsable."""
    for address in (out.sender, out.recipient):
        check_address(address)
    if not MESSAGE_ID.fullmatch(out.message_id):
        raise AddressNotUsable(f"{out.message_id[:80]!r} is no message id")
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = out.sender, out.recipient
    headers = reply_headers(
        subject=out.answered.subject or out.subject, message_id=out.answered.message_id,
        references=out.answered.references, reference_no=out.reference, automatic=out.automatic,
    )  # fmt: skip
    if not out.answered.subject:
        headers["Subject"] = plain_words(out.subject)
    for name, value in headers.items():
        message[name] = value
    message["Date"] = format_datetime(out.at)
    message["Message-ID"] = out.message_id
    message[LOOP_HEADER] = plain_words(out.site)
    message.set_content(out.text.replace("\r\n", "\n").replace("\r", "\n"), cte="quoted-printable")
    if out.enclosures:
        _enclose(message, out)
    message["Content-Language"] = out.language
    return message.as_bytes()


def check_address(address: str) -> None:
    """Raises AddressNotUsable for anything but one plain address."""
    if len(address) > ADDRESS_MAX_CHARACTERS or not ADDRESS.fullmatch(address):
        raise AddressNotUsable(f"{one_line(address)[:80]!r} is no mail address that can be written to")


def _enclose(message: EmailMessage, out: Outgoing) -> None:
    for one in out.enclosures:
        if not _FILE_NAME.fullmatch(one.name):
            raise AddressNotUsable(f"{one_line(one.name)[:80]!r} is no name of a file")
        kind, _, of = one.content_type.partition("/")
        message.add_attachment(one.content, maintype=kind, subtype=of or "octet-stream", filename=one.name)
    # Python would draw one: the same answer is to be the same bytes. No text holds the hash of what it is made from.
    made_from = repr((out.message_id, out.text, [(one.name, one.content) for one in out.enclosures]))
    message.set_boundary(f"part-{sha256(made_from.encode('utf-8', 'surrogatepass')).hexdigest()}")
