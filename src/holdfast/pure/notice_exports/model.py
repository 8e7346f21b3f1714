"""A notice as outsiders are shown it: what came, when, what was done, and where in the log each of it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ..notices import ItemOutcome


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """A record of the ledger. index None: no signed checkpoint covers it yet. stamped_at: of the first time stamp by an
    authority on a checkpoint that covers it."""

    record_id: str
    kind: str
    at: datetime
    index: int | None = None
    checkpoint_size: int | None = None
    checkpoint_at: datetime | None = None
    stamped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One item. subject: what it was found to be, as kind and public id. duplicate_of: what it repeats; named_before: the
    newest earlier notice that named the same, and its item. records: of the item, and of its decision."""

    n: int
    address: str
    subject: str = ""
    snapshot_sha256: str = ""
    alleged: str = ""
    outcome: ItemOutcome | None = None
    seen_at: datetime | None = None
    acted_at: datetime | None = None
    decision: str = ""
    policy: str = ""
    law: bool = False
    measures: tuple[str, ...] = ()
    reason: str = ""
    duplicate_of: str = ""
    named_before: str = ""
    undone_at: datetime | None = None
    records: tuple[RecordFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """Something that was sent or came. delivery: queued, sent, delivered, delayed, failed; "" for what was not sent."""

    direction: str
    kind: str
    channel: str
    at: datetime
    subject: str = ""
    sha256: str = ""
    size_bytes: int = 0
    template: str = ""
    delivery: str = ""
    delivery_detail: str = ""
    delivered_at: datetime | None = None
    record: RecordFacts | None = None


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """A clock. due_at None: it only counts up, or stands."""

    name: str
    starts_at: datetime
    due_at: datetime | None = None
    met_at: datetime | None = None
    breached_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime | None, str], ...] = ()
    extended_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """One notice. sender: as it is shown to outsiders. text: of the notice itself, "" where it is left out."""

    reference: str
    preset: str
    title: str
    sender: str
    capacity: str
    verified: str
    channel: str
    received_at: datetime
    jurisdiction: str = ""
    language: str = ""
    subject: str = ""
    text: str = ""
    legal_basis: str = ""
    their_reference: str = ""
    contract_clause: str = ""
    stated_deadline: datetime | None = None
    state: str = ""
    outcome: str = ""
    seen_at: datetime | None = None
    acknowledged_at: datetime | None = None
    decided_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    raw_sha256: str = ""
    raw_bytes: int = 0
    items: tuple[ItemFacts, ...] = ()
    items_left_out: int = 0
    messages: tuple[MessageFacts, ...] = ()
    clocks: tuple[ClockFacts, ...] = ()
    record: RecordFacts | None = None
    closed_record: RecordFacts | None = None


@dataclass(frozen=True, slots=True)
class Covering:
    """What is summed up: the site, what was asked for, when it was made, the checkpoint that proves it."""

    site: str
    about: str
    made_at: datetime
    origin: str = ""
    checkpoint_size: int | None = None
    checkpoint_root: str = ""
    checkpoint_at: datetime | None = None
    bundle: str = ""
    notes: tuple[str, ...] = field(default=())
