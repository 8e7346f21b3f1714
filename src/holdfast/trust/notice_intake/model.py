"""A mail to the notice desk: as it was taken, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Final, Literal

import msgspec

from ...platform.clock import Instant
from ...platform.mail_signatures import SenderCheck
from ..notices import Capacity

Via = Literal["lmtp", "imap"]
MESSAGE_ID_CHARACTERS: Final = 1000


class MailState(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    NOTICE = "notice"
    MESSAGE = "message"  # it goes on with a notice that was there
    REPORT = "report"  # what became of a mail of ours
    COPY = "copy"  # of one that came another way
    LOOP = "loop"  # one of our own that came back
    KEPT = "kept"  # a machine's, about nothing that we know


class LetterStatus(StrEnum):
    """What became of a receipt by mail. WITHHELD: none is sent, `answer` says why."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    FAILED = "failed"
    WITHHELD = "withheld"


class NewMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that was handed over. raw: its bytes, or the first of them where `cut`; size_bytes: of all of it.

    envelope_sender: "" for the empty one, None where it is not known.
    """

    raw: bytes
    via: Via
    envelope_sender: str | None
    recipients: tuple[str, ...]
    sender_check: SenderCheck
    message_id: str
    from_address: str
    size_bytes: int
    cut: bool = False

    @property
    def raw_sha256(self) -> bytes:
        """The same bytes are the same mail."""
        return sha256(self.raw).digest()

    @property
    def content_sha256(self) -> bytes:
        """The same for copies that came by other ways, which differ in what servers write at the top."""
        ends = [at for at in (self.raw.find(b"\r\n\r\n"), self.raw.find(b"\n\n")) if at >= 0]
        body = memoryview(self.raw)[min(ends, default=len(self.raw)) :]
        digest = sha256(f"{self.message_id}\n{self.from_address.lower()}\n".encode("utf-8", "replace"))
        digest.update(body)
        # Without an id of its own a mail is only the same as its own bytes.
        return digest.digest() if self.message_id else self.raw_sha256


class TakenMail(msgspec.Struct, frozen=True):
    """A mail as it is kept."""

    id: int
    raw_sha256: bytes
    content_sha256: bytes
    message_id: str
    via: str
    envelope_sender: str | None
    recipients: list[str]
    size_bytes: int
    cut: bool
    sender_check: SenderCheck
    received_at: Instant
    state: MailState
    automatic: str
    notice_id: int | None
    from_address: str
    settled_at: Instant | None


class Letter(msgspec.Struct, frozen=True):
    """A receipt by mail, as far as it got. message_id: the message of the notice that it is, once it was written."""

    notice_id: int
    message_id: int | None
    recipient: str
    language: str
    status: LetterStatus
    answer: str
    attempts: int


_CAPACITIES: Final = (
    ("host.", Capacity.HOST),
    ("store.", Capacity.STORE),
    ("provider.", Capacity.PROVIDER),
    ("court.", Capacity.COURT),
    ("eu.tco.", Capacity.AUTHORITY),
    ("eu.dsa.art9", Capacity.AUTHORITY),
    ("eu.dsa.art10", Capacity.AUTHORITY),
    ("us.2703f", Capacity.AUTHORITY),
    ("us.2702", Capacity.AUTHORITY),
    ("us.dmca.notice", Capacity.RIGHTS_HOLDER),
    ("us.tida", Capacity.VICTIM),
    ("us.dmca.counter", Capacity.MEMBER),
    ("report.press", Capacity.PRESS),
    ("report.ngo", Capacity.NGO),
)


def capacity_of(preset: str) -> Capacity:
    """As what somebody writes whose notice is of this kind, until a person knows better."""
    return next((one for start, one in _CAPACITIES if preset.startswith(start)), Capacity.USER)


def preset_of(
    recipients: Sequence[str], from_address: str, *, by_address: Mapping[str, str], by_sender: Mapping[str, str], default: str
) -> str:  # fmt: skip
    """The kind that a mail is taken for: by whom it claims to be from, else by where it was sent to. A person may change it.

    A forged claim counts too: the shorter clock of a host does no harm where it was not the host, and the longer one would
    where its signature was lost on the way.
    """
    domain = from_address.rpartition("@")[2].lower()
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        if (found := by_sender.get(".".join(labels[start:]))) is not None:
            return found
    for recipient in recipients:
        if found := by_address.get(recipient.lower()):
            return found
    return default
