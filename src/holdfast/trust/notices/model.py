"""What a notice from outside is: as it comes, as it is kept, and what was said in it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from ...platform.clock import Instant
from ...pure.notices import ItemOutcome, NoticeOutcome, NoticeState
from ...records import ledger
from ...screening import Lane
from ..notice_items import CitedItem, Recording

TITLE_CHARACTERS: Final = 500
TEXT_CHARACTERS: Final = 200_000
"""Of a notice's text as the desk shows it; the raw message is kept whole."""
SHORT_CHARACTERS: Final = 1000


class Channel(StrEnum):
    """The way a notice came."""

    EMAIL = "email"
    FORM = "form"
    API = "api"
    LETTER = "letter"
    PHONE = "phone"
    REPORT = "report"  # a member's report of category legal
    FLAG = "flag"  # an ActivityPub Flag of another server


class Capacity(StrEnum):
    """As what somebody writes."""

    AUTHORITY = "authority"
    COURT = "court"
    TRUSTED_FLAGGER = "trusted_flagger"
    HOST = "host"
    STORE = "store"
    PROVIDER = "provider"  # registrar, CDN, payment, upstream
    RIGHTS_HOLDER = "rights_holder"
    VICTIM = "victim"
    MEMBER = "member"
    USER = "user"
    PRESS = "press"
    NGO = "ngo"
    OTHER = "other"


AUTHORITIES: Final = frozenset({Capacity.AUTHORITY, Capacity.COURT})


class Verified(StrEnum):
    """What shows who sent it. FORGED: something says that it was somebody else."""

    DKIM = "dkim"
    SIGNATURE = "signature"
    PORTAL = "portal"
    PHONE = "phone"
    ACCOUNT = "account"
    NONE = "none"
    FORGED = "forged"


class Direction(StrEnum):
    """Which way a message went. NOTE stays inside."""

    IN = "in"
    OUT = "out"
    NOTE = "note"


class MessageKind(StrEnum):
    """What a message is for."""

    ORIGINAL = "original"
    RECEIPT = "receipt"  # what the sender gets within seconds
    QUESTION = "question"
    INFO = "info"  # what the sender says to it, or adds
    ANSWER = "answer"
    COUNTER = "counter"
    BOUNCE = "bounce"
    NOTE = "note"
    OTHER = "other"


class Sender(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who sent it, as far as is said. `account_id`: a member here. `on_behalf_of`: whom they say they speak for."""

    name: str = ""
    organisation: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    on_behalf_of: str = ""
    country: str = ""
    account_id: int | None = None

    @property
    def key(self) -> str:
        """The same for what the same party sends: by member, by e-mail, else by name. Scorecards and floods go by it."""
        if self.account_id is not None:
            return f"account:{self.account_id}"
        if self.email:
            return f"mail:{self.email.strip().lower()}"[:300]
        return f"name:{' '.join((self.organisation or self.name).split()).casefold()}"[:300]


class Verification(msgspec.Struct, frozen=True):
    """How that was checked. `details`: of the check, such as the DKIM domain, selector and result."""

    how: Verified = Verified.NONE
    details: Mapping[str, Any] = {}


class Attachment(msgspec.Struct, frozen=True):
    """A file that came with it; its bytes are in the raw message, or where `sha256` names a blob."""

    name: str
    content_type: str
    sha256: str
    size_bytes: int


class NewNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as intake understood it.

    preset: of `pure/deadlines`, which gives clocks, lane and duties. external_id: what makes it the same when it is
    delivered twice (Message-ID and hash of the raw bytes); "": it is new each time. jurisdiction: "" for that of the preset.
    stated_deadline: that the notice names. known_at: when we knew, where that was before it came. completeness: fields
    that the law asks for, to "ok" or "missing"; clocks that run from validity start when none is missing. items_left_out:
    cited beyond what is kept. sealed: only those who may see sealed notices see it, and the ledger says nothing of it until
    `sealed_until`. gag: the members concerned must not be told. contract_clause: that a host or store names.
    flood_key: what floods have in common besides the sender, such as a network.
    """

    preset: str
    channel: Channel
    sender: Sender
    received_at: Instant
    capacity: Capacity = Capacity.OTHER
    verification: Verification = Verification()
    external_id: str = ""
    raw: bytes | None = None
    language: str = ""
    subject: str = ""
    text: str = ""
    jurisdiction: str = ""
    legal_basis: str = ""
    reference: str = ""
    stated_deadline: Instant | None = None
    known_at: Instant | None = None
    statements: Mapping[str, bool] = {}
    completeness: Mapping[str, str] = {}
    items: tuple[CitedItem, ...] = ()
    items_left_out: int = 0
    attachments: tuple[Attachment, ...] = ()
    sealed: bool = False
    sealed_until: Instant | None = None
    gag: bool = False
    contract_clause: str = ""
    report_id: int | None = None
    flood_key: str = ""


class Received(msgspec.Struct, frozen=True):
    """What the sender's receipt needs. `reference`: what they quote; `status_token`: opens the status page, for them alone.

    new: False where the same came before, and this is that one.
    """

    notice_id: int
    reference: str
    record_id: str
    status_token: str
    new: bool


class Notice(msgspec.Struct, frozen=True):
    """A notice as the desk sees it. `lane`, `jurisdiction` of now. `due_at`: of the clock that ends first, None while none
    runs. `whole`: the outcome of a notice without items. `group_id`: the first of a flood that this is part of."""

    id: int
    reference: str
    preset: str
    title: str
    jurisdiction: str
    capacity: Capacity
    channel: Channel
    external_id: str | None
    sender: Sender
    sender_key: str
    verification: Verification
    received_at: Instant
    raw_sha256: bytes | None
    raw_bytes: int | None
    language: str
    subject: str
    text: str
    legal_basis: str
    their_reference: str
    contract_clause: str
    statements: dict[str, bool]
    completeness: dict[str, str]
    attachments: tuple[Attachment, ...]
    stated_deadline: Instant | None
    known_at: Instant
    valid_at: Instant | None
    lane: Lane
    state: NoticeState
    whole: ItemOutcome | None
    outcome: NoticeOutcome | None
    sealed: bool
    sealed_until: Instant | None
    gag: bool
    hold_id: int | None
    hold_released_at: Instant | None
    duplicate_of: int | None
    group_id: int | None
    report_id: int | None
    items: int
    open_items: int
    items_left_out: int
    due_at: Instant | None
    breached: bool
    assigned_id: int | None
    version: int
    record_id: str
    first_seen_at: Instant | None
    acknowledged_at: Instant | None
    decided_at: Instant | None
    answered_at: Instant | None
    closed_at: Instant | None
    closed_record_id: str | None


class Message(msgspec.Struct, frozen=True):
    """One message of a notice. Its bytes are the body `raw` of its record in the ledger.

    delivery: "" for what was not sent, else queued, sent, delivered, delayed or failed. template: `id@version`.
    """

    id: int
    notice_id: int
    direction: Direction
    kind: MessageKind
    channel: Channel
    external_id: str | None
    subject: str
    text: str
    raw_sha256: bytes | None
    raw_bytes: int | None
    template: str
    delivery: str
    delivery_detail: str
    delivered_at: Instant | None
    author_id: int | None
    record_id: str
    at: Instant


class TimelineEntry(msgspec.Struct, frozen=True):
    """One thing that happened to a notice. `by`: who of the staff, None for the program, the operator or the sender."""

    id: int
    at: Instant
    what: str
    by: int | None
    by_kind: str
    note: str
    details: dict[str, Any]
    record_id: str | None


class NoticeFilter(msgspec.Struct, frozen=True):
    """Which notices are asked for; None does not ask. open: not closed. grouped: of a flood only the first."""

    open: bool | None = True
    state: NoticeState | None = None
    preset: str | None = None
    channel: Channel | None = None
    capacity: Capacity | None = None
    sender_key: str | None = None
    breached: bool | None = None
    grouped: bool = True
    group_id: int | None = None


def recording_of(notice: Notice) -> Recording:
    """What leaves about its items have in common."""
    about = ((ledger.Relation.ABOUT, notice.record_id),)
    return Recording(notice.id, notice.preset, notice.lane, notice.sealed, about)


def leaf_about(
    notice: Notice, kind: ledger.Kind, public: Mapping[str, Any], private: Mapping[str, Any], *records: str
) -> ledger.Entry:
    """A record about a notice, sealed when it is; `records`: further ones that it is about. Public values that are None or
    empty are left out."""
    return ledger.Entry(
        kind=kind, subject=ledger.Subject.notice(notice.id),
        public={name: value for name, value in public.items() if value not in (None, "")},
        private={name: value for name, value in private.items() if value not in (None, "")},
        related=tuple((ledger.Relation.ABOUT, one) for one in (notice.record_id, *records)), sealed=notice.sealed,
    )  # fmt: skip


def clean(text: str) -> str:
    """What a database takes: lone surrogates and null characters of broken mails are shown as what they are."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


def cleaned_sender(sender: Sender) -> Sender:
    """With every field as a database takes it, of a length that is a name or an address."""
    texts = {
        name: clean(value)[:SHORT_CHARACTERS]
        for name, value in msgspec.structs.asdict(sender).items()
        if isinstance(value, str)
    }
    return msgspec.structs.replace(sender, **texts)
