"""Notices as tables (CSV) and as Lumen's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from ..bundles import encode_csv
from .model import NoticeFacts, RecordFacts

_PRIVATE = frozenset({"victim", "user", "member", "other"})
"""Capacities of people, whose names outsiders are not told."""

_LUMEN_TYPES: Final = (
    ("us.dmca.", "DMCA"),
    ("court.", "CourtOrder"),
    ("gdpr.", "DataProtection"),
    ("us.tida", "PrivateInformation"),
    ("us.2703f", "LawEnforcementRequest"),
    ("us.2702", "LawEnforcementRequest"),
    ("eu.tco.", "GovernmentRequest"),
    ("eu.dsa.art9", "GovernmentRequest"),
    ("eu.dsa.art10", "GovernmentRequest"),
)
_LUMEN_ACTIONS: Final = {"actioned": "Yes", "partly": "Partial"}


def items_csv(notices: Sequence[NoticeFacts]) -> bytes:
    """One row for each item: what was named, when it came, when it was looked at and acted on, under what."""
    head = (
        "reference", "received_at", "sender", "preset", "n", "address", "subject", "snapshot_sha256", "alleged", "outcome",
        "first_seen_at", "acted_at", "seconds_to_first_look", "seconds_to_act", "decision", "policy", "measures",
        "reason", "duplicate_of", "named_before", "undone_at", "record_ids",
    )  # fmt: skip
    return encode_csv(head, (
        (
            one.reference, iso(one.received_at), one.sender, one.preset, item.n, item.address, item.subject,
            item.snapshot_sha256, item.alleged, str(item.outcome or "open"), iso(item.seen_at), iso(item.acted_at),
            _seconds(one.received_at, item.seen_at), _seconds(one.received_at, item.acted_at), item.decision, item.policy,
            " ".join(item.measures), item.reason, item.duplicate_of, item.named_before, iso(item.undone_at),
            " ".join(record.record_id for record in item.records),
        )
        for one in notices for item in one.items
    ))  # fmt: skip


def notices_csv(notices: Sequence[NoticeFacts]) -> bytes:
    """One row for each notice."""
    head = (
        "reference", "preset", "sender", "capacity", "verified", "channel", "received_at", "their_reference", "subject",
        "raw_sha256", "raw_bytes", "stated_deadline", "state", "outcome", "items", "items_left_out", "acknowledged_at",
        "first_seen_at", "decided_at", "answered_at", "closed_at", "clocks_breached", "record_id", "leaf_index",
        "checkpoint_size", "time_stamped_at",
    )  # fmt: skip
    return encode_csv(head, (
        (
            one.reference, one.preset, one.sender, one.capacity, one.verified, one.channel, iso(one.received_at),
            one.their_reference, one.subject, one.raw_sha256, one.raw_bytes, iso(one.stated_deadline), one.state,
            one.outcome, len(one.items), one.items_left_out, iso(one.acknowledged_at), iso(one.seen_at), iso(one.decided_at),
            iso(one.answered_at), iso(one.closed_at), sum(clock.breached_at is not None for clock in one.clocks),
            *_of_record(one.record),
        )
        for one in notices
    ))  # fmt: skip


def messages_csv(notices: Sequence[NoticeFacts]) -> bytes:
    """One row for each message, with what became of it on its way."""
    head = (
        "reference", "at", "direction", "kind", "channel", "subject", "sha256", "bytes", "template", "delivery",
        "delivery_detail", "delivered_at", "record_id", "leaf_index", "checkpoint_size", "time_stamped_at",
    )  # fmt: skip
    return encode_csv(head, (
        (
            one.reference, iso(part.at), part.direction, part.kind, part.channel, part.subject, part.sha256,
            part.size_bytes, part.template, part.delivery, part.delivery_detail, iso(part.delivered_at),
            *_of_record(part.record),
        )
        for one in notices for part in one.messages
    ))  # fmt: skip


def clocks_csv(notices: Sequence[NoticeFacts]) -> bytes:
    """One row for each clock."""
    head = ("reference", "clock", "starts_at", "due_at", "met_at", "breached_at", "extended_to", "pauses")
    return encode_csv(head, (
        (
            one.reference, clock.name, iso(clock.starts_at), iso(clock.due_at), iso(clock.met_at), iso(clock.breached_at),
            iso(clock.extended_to), "; ".join(f"{iso(a)} to {iso(b) or 'now'}: {why}" for a, b, why in clock.pauses),
        )
        for one in notices for clock in one.clocks
    ))  # fmt: skip


def lumen(notice: NoticeFacts, *, recipient: str) -> dict[str, Any]:
    """The notice as Lumen takes it: `{"notice": ...}`. Names of private people are left out.

    recipient: what this server calls itself there.
    """
    private = notice.capacity in _PRIVATE
    addresses = list(dict.fromkeys(item.address for item in notice.items))
    work: dict[str, Any] = {"infringing_urls_attributes": [{"url": one} for one in addresses]}
    work["description"] = notice.legal_basis or notice.title
    roles = [("recipient", recipient), ("sender", "Private individual" if private else notice.sender)]
    return {"notice": {
        "title": f"{notice.title} {notice.reference}",
        "type": lumen_type(notice.preset),
        "subject": notice.subject,
        "body": "" if private else notice.text,
        "date_sent": iso(notice.received_at),
        "date_received": iso(notice.received_at),
        "source": notice.channel,
        "jurisdiction_list": "" if notice.jurisdiction in ("", "NONE") else notice.jurisdiction,
        "action_taken": _LUMEN_ACTIONS.get(notice.outcome, "No" if notice.outcome else ""),
        "works_attributes": [work],
        "entity_notice_roles_attributes": [
            {"name": role, "entity_attributes": {"name": name}} for role, name in roles
        ],
    }}  # fmt: skip


def lumen_type(preset: str) -> str:
    """Lumen's type for a preset of ours."""
    return next((kind for start, kind in _LUMEN_TYPES if preset.startswith(start)), "Other")


def iso(at: datetime | None) -> str:
    """RFC 3339 in UTC to the millisecond; "" for none."""
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _seconds(since: datetime, until: datetime | None) -> str:
    return "" if until is None else str(int((until - since).total_seconds()))


def _of_record(record: RecordFacts | None) -> Iterable[object]:
    if record is None:
        return ("", "", "", "")
    return (
        record.record_id, "" if record.index is None else record.index, record.checkpoint_size or "",
        iso(record.stamped_at),
    )  # fmt: skip
