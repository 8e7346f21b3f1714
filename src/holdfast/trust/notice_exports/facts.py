"""Reads: notices as outsiders are shown them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...platform.ids import PublicIds
from ...pure.deadlines import Extension, Pause
from ...pure.notice_exports import ClockFacts, ItemFacts, MessageFacts, NoticeFacts, RecordFacts
from ...pure.notices import ItemOutcome
from ..statements import Automation
from .model import FROM_A_MEMBER, PRIVATE
from .places import places_of
from .select import records_of_notices

_NOTICES_SQL = "select * from notices where id = any($1::bigint[]) order by received_at, id"
_ITEMS_SQL = """
select i.*, d.made_at as decided_at, d.automation, d.policy_id, d.policy_version, d.ruling::text as ruling, d.record_id as decision_record_id, d.undone_at,
       d.undo_record_id, b.reference as before_reference
from notice_items i left join decisions d on d.id = i.decision_id left join notices b on b.id = i.before_notice_id
where i.notice_id = any($1::bigint[]) order by i.notice_id, i.n
"""
# What an authority was told, and what counts against somebody, is not the sender's to know.
_NOBODYS_BUSINESS = frozenset({"refer", "strike"})
_MESSAGES_SQL = "select * from notice_messages where notice_id = any($1::bigint[]) and direction <> 'note' order by notice_id, id"
_CLOCKS_SQL = """
select notice_id, name, starts_at, due_at, met_at, breached_at, pauses::text as pauses, extensions::text as extensions
from notice_clocks where notice_id = any($1::bigint[]) and starts_at is not null order by notice_id, id
"""


async def notice_facts(
    reader: Reader,
    ids: PublicIds,
    notice_ids: Sequence[int],
    *,
    named: bool = False,
    checkpoint_size: int | None = None,
) -> list[NoticeFacts]:
    """The notices with everything that belongs to them, the oldest first. named: private people by their names too."""
    wanted = list(notice_ids)
    if not wanted:
        return []
    rows = await reader.fetch(_NOTICES_SQL, wanted)
    items = await reader.fetch(_ITEMS_SQL, wanted)
    decided = [row[name] for row in items for name in ("decision_record_id", "undo_record_id") if row[name]]
    records = [*await records_of_notices(reader, wanted), *decided]
    places, _ = await places_of(reader, records, checkpoint_size=checkpoint_size)
    by_notice = _grouped(items)
    messages = _grouped(await reader.fetch(_MESSAGES_SQL, wanted))
    clocks = _grouped(await reader.fetch(_CLOCKS_SQL, wanted))
    return [
        _notice(
            row, ids, tuple(_item(one, ids, places) for one in by_notice[row["id"]]),
            tuple(_message(one, places) for one in messages[row["id"]]),
            tuple(_clock(one) for one in clocks[row["id"]]), places, named=named,
        )
        for row in rows
    ]  # fmt: skip


def _grouped(rows: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["notice_id"]].append(row)
    return found


def shown_sender(row: Mapping[str, Any], *, named: bool) -> str:
    """A sender as outsiders are told: who reports as a member is never named."""
    sender = json.loads(row["sender"])
    if row["channel"] == "report":
        return FROM_A_MEMBER
    if row["capacity"] in PRIVATE and not named:
        return "a private individual"
    parts = [sender.get("name", ""), sender.get("organisation", "")]
    shown = ", ".join(dict.fromkeys(one for one in parts if one)) or sender.get("email", "") or "not named"
    mail = sender.get("email", "")
    return f"{shown} <{mail}>" if mail and mail != shown else shown


def _notice(
    row: Row, ids: PublicIds, items: tuple[ItemFacts, ...], messages: tuple[MessageFacts, ...], clocks: tuple[ClockFacts, ...],
    places: Mapping[str, RecordFacts], *, named: bool,
) -> NoticeFacts:  # fmt: skip
    hidden = row["channel"] == "report" or (row["capacity"] in PRIVATE and not named)
    verification = json.loads(row["verification"])
    return NoticeFacts(
        row["reference"], row["preset"], row["title"], shown_sender(row, named=named), row["capacity"],
        verification.get("how", "none"), row["channel"], row["received_at"],
        jurisdiction=row["jurisdiction"], language=row["language"], subject="" if hidden else row["subject"],
        text="" if hidden else row["text"], legal_basis=row["legal_basis"], their_reference=row["their_reference"],
        contract_clause=row["contract_clause"], stated_deadline=row["stated_deadline"], state=row["state"],
        outcome=row["outcome"] or "", seen_at=row["first_seen_at"], acknowledged_at=row["acknowledged_at"],
        decided_at=row["decided_at"], answered_at=row["answered_at"], closed_at=row["closed_at"],
        raw_sha256=row["raw_sha256"].hex() if row["raw_sha256"] else "", raw_bytes=row["raw_bytes"] or 0, items=items,
        items_left_out=row["items_left_out"], messages=messages, clocks=clocks, record=places.get(row["record_id"]),
        closed_record=places.get(row["closed_record_id"] or ""),
    )  # fmt: skip


def _item(row: Row, ids: PublicIds, places: Mapping[str, RecordFacts]) -> ItemFacts:
    ruling = json.loads(row["ruling"]) if row["ruling"] else {}
    measures = tuple(
        one["kind"]
        for one in ruling.get("actions", ())
        if not one.get("sealed") and one["kind"] not in _NOBODYS_BUSINESS
    )
    subject = (
        f"{row['found']} {ids.encode(row['subject_id'])}" if row["subject_id"] is not None else row["found"]
    )
    duplicate = f"item {row['duplicate_of']}" if row["duplicate_of"] is not None else ""
    before = f"{row['before_reference']} item {row['before_n']}" if row["before_reference"] else ""
    kept = (row["record_id"], row["decision_record_id"], row["undo_record_id"])
    return ItemFacts(
        row["n"], row["as_given"], subject=subject,
        snapshot_sha256=row["snapshot_sha256"].hex() if row["snapshot_sha256"] else "", alleged=row["alleged"],
        outcome=ItemOutcome(row["outcome"]) if row["outcome"] else None, seen_at=_first_look(row),
        # What was taken away before the notice came was acted on then.
        acted_at=row["decided_at"] if row["decided_at"] and row["outcome"] == ItemOutcome.ACTIONED else row["actioned_at"],
        decision=ids.encode(row["decision_id"]) if row["decision_id"] is not None else "",
        policy=f"{row['policy_id']}@{row['policy_version']}" if row["policy_id"] else "", measures=measures,
        reason=row["reason"], duplicate_of=duplicate or (before if row["outcome"] == ItemOutcome.DUPLICATE else ""),
        named_before=before, undone_at=row["undone_at"],
        records=tuple(places[one] for one in kept if one and one in places),
    )  # fmt: skip


def _first_look(row: Row) -> Instant | None:
    """When a person first looked at it: in the notice, or at the case about it."""
    by_person = row["decided_at"] is not None and row["automation"] != Automation.FULLY
    looks = [at for at in (row["first_seen_at"], row["decided_at"] if by_person else None) if at is not None]
    return min(looks, default=None)


def _message(row: Row, places: Mapping[str, RecordFacts]) -> MessageFacts:
    return MessageFacts(
        row["direction"], row["kind"], row["channel"], row["at"], row["subject"],
        row["raw_sha256"].hex() if row["raw_sha256"] else "", row["raw_bytes"] or 0, row["template"], row["delivery"],
        row["delivery_detail"], row["delivered_at"], places.get(row["record_id"]),
    )  # fmt: skip


def _clock(row: Row) -> ClockFacts:
    pauses = msgspec.json.decode(row["pauses"], type=list[Pause])
    extended = [
        one.until for one in msgspec.json.decode(row["extensions"], type=list[Extension]) if one.until
    ]
    return ClockFacts(
        row["name"], row["starts_at"], row["due_at"], row["met_at"], row["breached_at"],
        tuple((one.since, one.to, one.reason) for one in pauses), max(extended, default=None),
    )  # fmt: skip
