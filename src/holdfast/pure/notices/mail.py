"""Reading a mail from its raw bytes (RFC 5322, MIME): who, what, which files. Bounded, and it never fails for bad input.

Archives are never unpacked. What a limit leaves out is named in `warnings`; the raw bytes are kept by the caller, so nothing
is lost. Where the structure itself is an attack (parts or headers by the thousand), the body is read as plain text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256

from .errors import MailTooLarge
from .headers import ADDRESS, decoded, one_line
from .mail_text import html_text, part_text, unflowed

RAW_MAX_BYTES = 50 * 1024 * 1024
TEXT_MAX_CHARACTERS = 2_000_000
PARTS_MAX = 500
_NESTED_MAX = 50
_HEADER_BLOCK_MAX_BYTES = 256 * 1024
_HEADER_MAX_CHARACTERS = 8192
_LINES_MAX = 1_500_000
_DELIMITERS_MAX = 5_000
_ADDRESSES_MAX = 100
_FILE_NAME_MAX_CHARACTERS = 255
_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ")


class MailWarning(StrEnum):
    """What was left out or looks wrong; shown to the desk and, in words, to the sender."""

    STRUCTURE_NOT_READ = "structure_not_read"
    HEADERS_CUT = "headers_cut"
    PARTS_LEFT_OUT = "parts_left_out"
    TEXT_CUT = "text_cut"
    ARCHIVE_NOT_OPENED = "archive_not_opened"
    DEFECTS = "defects"
    SENDER_DOUBTFUL = "sender_doubtful"


@dataclass(frozen=True, slots=True)
class Address:
    """A name as the sender writes it, and an address with one @."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file. `name` has no folders and no control characters, and is shown, never opened by."""

    name: str
    content_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says. `text` is of its plain parts, `html_text` of those in HTML with the targets of links beside them.

    headers: all of the top, decoded, one line each. return_path: "" for the empty one (<>), None where there is none.
    """

    sha256: str
    headers: tuple[tuple[str, str], ...]
    sender: Address | None
    reply_to: Address | None
    recipients: tuple[Address, ...]
    return_path: str | None
    subject: str
    sent_at: datetime | None
    message_id: str
    content_type: str
    report_type: str
    text: str
    html_text: str
    attachments: tuple[Attachment, ...]
    warnings: tuple[MailWarning, ...]

    def header(self, name: str) -> str:
        """The first header of this name; "" for none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def count(self, name: str) -> int:
        """How many headers have this name."""
        return sum(key.lower() == name.lower() for key, _ in self.headers)

    @property
    def words(self) -> str:
        """What a person reads: the plain text, or that of the HTML where there is no other."""
        return self.text if self.text.strip() else self.html_text


def read_mail(raw: bytes) -> Mail:
    """The mail in `raw`. Raises MailTooLarge and nothing else."""
    if len(raw) > RAW_MAX_BYTES:
        raise MailTooLarge
    warnings: list[MailWarning] = []
    head = _head_of(raw, warnings)
    whole = None if MailWarning.HEADERS_CUT in warnings else _parsed(raw)
    if whole is None:
        warnings.append(MailWarning.STRUCTURE_NOT_READ)
    top = _parse_headers(head) if whole is None else whole
    headers = tuple(_headers_of(top))
    texts, pages, files = _Gathered(warnings), _Gathered(warnings), list[Attachment]()
    if whole is None:
        texts.add(part_text(raw[len(head) :][: TEXT_MAX_CHARACTERS * 2], _charset(top)))
    else:
        _gather(whole, texts, pages, files, warnings)
        if any(part.defects for part in _walk(whole, PARTS_MAX)):
            warnings.append(MailWarning.DEFECTS)
    senders = _addresses(headers, "from")
    # A From with several people, or none, is nobody's word; so is more than one such header.
    if len(senders) != 1 or sum(key.lower() == "from" for key, _ in headers) != 1:
        warnings.append(MailWarning.SENDER_DOUBTFUL)
    return Mail(
        sha256=sha256(raw).hexdigest(),
        headers=headers,
        sender=next(iter(senders), None),
        reply_to=next(iter(_addresses(headers, "reply-to")), None),
        recipients=(*_addresses(headers, "to"), *_addresses(headers, "cc"))[:_ADDRESSES_MAX],
        return_path=_return_path(headers),
        subject=_first(headers, "subject"),
        sent_at=_sent_at(_first(headers, "date")),
        message_id=_first(headers, "message-id"),
        content_type=top.get_content_type(),
        report_type=_parameter(top, "report-type"),
        text=texts.joined(),
        html_text=pages.joined(),
        attachments=tuple(files),
        warnings=tuple(dict.fromkeys(warnings)),
    )


class _Gathered:
    """Texts up to a total length."""

    def __init__(self, warnings: list[MailWarning]) -> None:
        self._texts: list[str] = []
        self._left = TEXT_MAX_CHARACTERS
        self._warnings = warnings

    def add(self, text: str) -> None:
        if len(text) > self._left:
            self._warnings.append(MailWarning.TEXT_CUT)
        self._texts.append(text[: self._left])
        self._left -= min(self._left, len(text))

    def joined(self) -> str:
        return "\n".join(self._texts)


def _head_of(raw: bytes, warnings: list[MailWarning]) -> bytes:
    ends = [at for at in (raw.find(b"\n\n"), raw.find(b"\n\r\n")) if at >= 0]
    end = min(ends, default=len(raw))
    if end > _HEADER_BLOCK_MAX_BYTES:
        warnings.append(MailWarning.HEADERS_CUT)
    return raw[: min(end + 1, _HEADER_BLOCK_MAX_BYTES)]


def _parsed(raw: bytes) -> EmailMessage | None:
    """The parts; None where reading them would cost more than it is worth."""
    lower = raw.lower()
    nested = lower.count(b"boundary") + lower.count(b"message/")
    if nested > _NESTED_MAX or lower.count(b"\n--") > _DELIMITERS_MAX or raw.count(b"\n") > _LINES_MAX:
        return None
    try:
        return BytesParser(policy=SMTP).parsebytes(raw)
    # Whatever a stranger's bytes do to the parser, the mail must be taken in.
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _parse_headers(head: bytes) -> EmailMessage:
    try:
        return BytesParser(policy=SMTP).parsebytes(head, headersonly=True)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return EmailMessage(policy=SMTP)


def _headers_of(top: EmailMessage) -> Iterator[tuple[str, str]]:
    for name, value in top.raw_items():
        yield one_line(str(name)), decoded(str(value)[:_HEADER_MAX_CHARACTERS])


def _walk(part: Message, limit: int) -> list[Message]:
    """Parts in order, those of attached messages too; none is asked for more than once."""
    found, waiting = list[Message](), [part]
    while waiting and len(found) < limit:
        one = waiting.pop()
        found.append(one)
        payload = one.get_payload()
        if isinstance(payload, list):
            waiting.extend(inner for inner in reversed(payload) if isinstance(inner, Message))
    return found


def _gather(
    whole: Message, texts: _Gathered, pages: _Gathered, files: list[Attachment], warnings: list[MailWarning]
) -> None:
    parts = _walk(whole, PARTS_MAX + 1)
    if len(parts) > PARTS_MAX:
        warnings.append(MailWarning.PARTS_LEFT_OUT)
    for part in parts[:PARTS_MAX]:
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_type() == "message/delivery-status":
            # Its blocks of fields are parsed as messages that have headers and nothing else.
            blocks = [one for one in payload if isinstance(one, Message)]
            texts.add(
                "".join(
                    f"{one_line(name)}: {decoded(str(value))}\n"
                    for one in blocks
                    for name, value in one.raw_items()
                )
            )
        if isinstance(payload, list):
            continue
        content = _content(part)
        kind, name = part.get_content_type(), _file_name(part)
        if kind.startswith("text/") or kind == "message/delivery-status":
            text = part_text(content[: TEXT_MAX_CHARACTERS * 4], _charset(part))
            if kind == "text/html":
                pages.add(html_text(text[:TEXT_MAX_CHARACTERS]))
            else:
                flowed = _parameter(part, "format").lower() == "flowed"
                texts.add(unflowed(text, _parameter(part, "delsp").lower() == "yes") if flowed else text)
        if name or not kind.startswith("text/"):
            files.append(Attachment(name, kind, sha256(content).hexdigest(), content))
        if content.startswith(_ARCHIVES):
            warnings.append(MailWarning.ARCHIVE_NOT_OPENED)


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        content = str(part.get_payload()).encode("utf-8", "replace")
    return content if isinstance(content, bytes) else b""


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name)
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    return one_line(value if isinstance(value, str) else value[2] if isinstance(value, tuple) else "")


def _charset(part: Message) -> str:
    return _parameter(part, "charset")


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        name = ""
    return decoded(str(name)).replace("\\", "/").rsplit("/", 1)[-1][:_FILE_NAME_MAX_CHARACTERS].lstrip(".")


def _first(headers: tuple[tuple[str, str], ...], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _addresses(headers: tuple[tuple[str, str], ...], name: str) -> list[Address]:
    values = [value for key, value in headers if key.lower() == name]
    found = [Address(one_line(shown), address) for shown, address in getaddresses(values)]
    return [one for one in found if ADDRESS.fullmatch(one.address)][:_ADDRESSES_MAX]


def _return_path(headers: tuple[tuple[str, str], ...]) -> str | None:
    if not any(key.lower() == "return-path" for key, _ in headers):
        return None
    return _first(headers, "return-path").strip().strip("<>").strip()


def _sent_at(text: str) -> datetime | None:
    try:
        sent = parsedate_to_datetime(text)
        return (sent if sent.tzinfo else sent.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
