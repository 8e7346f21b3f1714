"""Use case: a notice comes, and everything about it is there, or nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any, Final

import msgspec

from ...platform.clock import Instant
from ...platform.crypto import Keyring, random_word, secret_hash
from ...platform.db import Tx
from ...platform.ids import new_id
from ...pure.deadlines import Preset, Purpose
from ...pure.notices import Step
from ...records import holds, ledger
from ..notice_clocks import Moments, NoticeClock, add_clocks, plan_clocks, presets_in_force
from ..notice_items import ITEMS_MOST, Addresses, Recording, take_items
from ..staff_actions import CLOCK, Staff
from . import store
from .errors import NoticeNotAllowed
from .events import NoticeReceived
from .model import (
    AUTHORITIES,
    SHORT_CHARACTERS,
    TEXT_CHARACTERS,
    TITLE_CHARACTERS,
    Channel,
    Direction,
    Message,
    MessageKind,
    NewNotice,
    Notice,
    Received,
    Verified,
    clean,
    cleaned_sender,
    leaf_about,
)
from .queries import flood_of, lock_notice, repeated, same_notice
from .take_step import go_on

_ANSWERED_AT_ONCE: Final = frozenset({Channel.FORM, Channel.API, Channel.REPORT})
_REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_FLOOD_WITHIN: Final = timedelta(hours=1)
_REPEATED_WITHIN: Final = timedelta(days=30)
FLOOD_FROM: Final = 5
"""So many of one party within an hour are a flood: the rest are shown as one, and page once."""


async def receive(
    tx: Tx, new: NewNotice, *, addresses: Addresses | None, flood_from: int = FLOOD_FROM, staff: Staff = CLOCK,
    now: Instant,
) -> Received:  # fmt: skip
    """Record a notice: its items with snapshots, the hold, clocks, leaves of the ledger. The same once: by channel and
    external id. Cases about its items follow by NoticeReceived.

    addresses: None where items say themselves what they are. staff: who typed it in, where somebody did.
    Raises NoticeNotAllowed, PresetNotKnown, ClockNotUsable.
    """
    presets = await presets_in_force(tx)
    preset = presets.named(new.preset)
    new = _checked(new, now)
    if new.external_id:
        await tx.execute(
            "select pg_advisory_xact_lock(hashtextextended($1, 0))", f"notice {new.channel} {new.external_id}"
        )
        before = await same_notice(tx, new.channel, new.external_id)
        if before is not None:
            token = status_token(tx.keyring, before.id)
            return Received(before.id, before.reference, before.record_id, token, new=False)
    recorded = await _recorded(tx, new, preset, flood_from, now)
    clocks = plan_clocks(
        recorded.id, presets, new.preset, jurisdiction=recorded.jurisdiction, moments=_moments(new, recorded),
        stated_at=new.stated_deadline, now=now,
    )  # fmt: skip
    recorded = msgspec.structs.replace(recorded, record_id=await _record(tx, new, recorded, clocks, now))
    await store.insert_notice(tx, new, recorded, now=now)
    await add_clocks(tx, clocks)
    await store.add_event(
        tx, recorded.id, "received", staff, now=now, record_id=recorded.record_id, preset=new.preset,
        channel=new.channel.value, items=len(new.items), group_id=recorded.group_id and str(recorded.group_id),
    )  # fmt: skip
    recording = Recording(
        recorded.id, new.preset, recorded.lane, new.sealed, ((ledger.Relation.ABOUT, recorded.record_id),)
    )
    items = await take_items(tx, recording, new.items, addresses, now=now)
    if any(one.target.key is not None for one in items):
        await hold_notice(tx, await lock_notice(tx, CLOCK, recorded.id), now=now)
    await _keep_original(tx, new, recorded, now)
    await store.recount(tx, recorded.id)
    await _first_steps(tx, new, recorded.id, now)
    tx.emit(NoticeReceived(recorded.id))
    token = status_token(tx.keyring, recorded.id)
    return Received(recorded.id, recorded.reference, recorded.record_id, token, new=True)


def status_token(keyring: Keyring, notice_id: int) -> str:
    """The secret of a notice's status page: always the same, so that a second delivery is answered with the same receipt."""
    digest = hmac.new(keyring.derive("notice status"), str(notice_id).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:24]).decode()


def _checked(new: NewNotice, now: Instant) -> NewNotice:
    for name in ("received_at", "stated_deadline", "known_at", "sealed_until"):
        at = getattr(new, name)
        if at is not None and at.tzinfo is None:
            raise NoticeNotAllowed(name, "must have a time zone")
    if new.received_at > now + timedelta(minutes=5):
        raise NoticeNotAllowed("received_at", "lies in the future")
    if len(new.items) > ITEMS_MOST:
        raise NoticeNotAllowed("items", f"must not be more than {ITEMS_MOST}; say how many are left out")
    if new.sealed_until is not None and not new.sealed:
        raise NoticeNotAllowed("sealed_until", "goes with what is sealed")
    if not (new.text.strip() or new.subject.strip() or new.items or new.raw):
        raise NoticeNotAllowed("text", "must say something, or name an address")
    return msgspec.structs.replace(
        new, sender=cleaned_sender(new.sender), received_at=min(new.received_at, now), subject=clean(new.subject)[:TITLE_CHARACTERS],
        text=clean(new.text)[:TEXT_CHARACTERS], legal_basis=clean(new.legal_basis)[:SHORT_CHARACTERS],
        reference=clean(new.reference)[:SHORT_CHARACTERS], language=new.language[:35],
        contract_clause=clean(new.contract_clause)[:SHORT_CHARACTERS], external_id=clean(new.external_id)[:SHORT_CHARACTERS],
        items=tuple(
            msgspec.structs.replace(
                one, as_given=clean(one.as_given)[:3000], alleged=clean(one.alleged)[:SHORT_CHARACTERS],
                readings=tuple(clean(reading) for reading in one.readings),
            )
            for one in new.items
        ),
    )  # fmt: skip


async def _recorded(tx: Tx, new: NewNotice, preset: Preset, flood_from: int, now: Instant) -> store.Recorded:
    notice_id = new_id(now)
    flood_key = new.flood_key or new.sender.key
    count, first = await flood_of(tx, flood_key, now - _FLOOD_WITHIN, now)
    same = (
        await repeated(tx, new.sender.key, new.subject, new.text, now - _REPEATED_WITHIN)
        if new.text
        else None
    )
    word = random_word(_REFERENCE_LETTERS, 8)
    missing = any(value == "missing" for value in new.completeness.values())
    return store.Recorded(
        notice_id, f"N-{word[:4]}-{word[4:]}", secret_hash(status_token(tx.keyring, notice_id)), preset.title,
        new.jurisdiction or preset.jurisdiction, preset.lane, flood_key,
        None if new.raw is None else hashlib.sha256(new.raw).digest(), None if missing else new.received_at, same,
        first if count >= flood_from and not _stands_alone(new) else None, "",
    )  # fmt: skip


def _stands_alone(new: NewNotice) -> bool:
    """What an authority orders is never one of many, once it is known that it is from there."""
    return new.capacity in AUTHORITIES and new.verification.how not in (Verified.NONE, Verified.FORGED)


def _moments(new: NewNotice, recorded: store.Recorded) -> Moments:
    known = min(new.known_at or new.received_at, new.received_at)
    return Moments(new.received_at, known, recorded.valid_at, None)


async def _record(
    tx: Tx, new: NewNotice, recorded: store.Recorded, clocks: list[NoticeClock], now: Instant
) -> str:
    due = min((one.due_at for one in clocks if one.due_at and one.purpose is Purpose.ACT), default=None)
    public: dict[str, Any] = {
        "basis": new.preset, "channel": new.channel.value, "lane": recorded.lane,
        "jurisdiction": ledger.code_of(recorded.jurisdiction), "items": len(new.items),
    }  # fmt: skip
    if due is not None:
        public["deadline"] = due.strftime("%Y-%m-%dT%H:%M:%SZ")
    private: dict[str, Any] = {"notice": _body(new, recorded)}
    if new.raw is not None:
        private["raw"] = new.raw
    entry = ledger.Entry(
        kind=ledger.Kind.NOTICE_RECEIVED, subject=ledger.Subject.notice(recorded.id), public=public, private=private,
        sealed=new.sealed,
    )  # fmt: skip
    return await ledger.append(tx, entry, now=now)


def _body(new: NewNotice, recorded: store.Recorded) -> dict[str, Any]:
    """What the record commits to, beside the raw bytes: the notice as it was understood."""
    return {
        "reference": recorded.reference, "preset": new.preset, "channel": new.channel.value, "capacity": new.capacity.value,
        "sender": msgspec.to_builtins(msgspec.structs.replace(new.sender, account_id=None)),
        "verification": msgspec.to_builtins(new.verification), "received_at": new.received_at.isoformat(),
        "raw_sha256": None if recorded.raw_sha256 is None else recorded.raw_sha256.hex(), "language": new.language,
        "subject": new.subject, "text": new.text, "legal_basis": new.legal_basis, "their_reference": new.reference,
        "stated_deadline": None if new.stated_deadline is None else new.stated_deadline.isoformat(),
        "contract_clause": new.contract_clause, "statements": dict(new.statements), "completeness": dict(new.completeness),
        "attachments": msgspec.to_builtins(new.attachments), "items": len(new.items), "items_left_out": new.items_left_out,
    }  # fmt: skip


async def _first_steps(tx: Tx, new: NewNotice, notice_id: int, now: Instant) -> None:
    """Who sent it was looked at on the way in; where the answer to the request is the receipt, it is acknowledged."""
    notice = await lock_notice(tx, CLOCK, notice_id)
    how = new.verification.how
    known = how not in (Verified.NONE, Verified.FORGED)
    step = Step.VERIFY if known else Step.FAIL_VERIFICATION
    notice = await go_on(tx, CLOCK, notice, step, evidence=how.value, now=now)
    if new.channel in _ANSWERED_AT_ONCE:
        await go_on(tx, CLOCK, notice, Step.ACKNOWLEDGE, evidence="the answer to the request", now=now)


async def hold_notice(tx: Tx, notice: Notice, *, now: Instant) -> None:
    """Nothing that it names is deleted for good while it is open, and for a time after; once. Nobody but the staff learns
    of it. Something is named already."""
    if notice.hold_id is not None and notice.hold_released_at is None:
        return
    query = holds.HoldQuery(holds.Scope.NOTICE, notice.id)
    terms = holds.Terms(f"notice {notice.reference}", "" if notice.sealed else notice.title[:500])
    hold_id = await holds.place_hold(tx, query, terms, by=None, now=now)
    public = {"scope": "notice", "basis": notice.preset}
    entry = leaf_about(notice, ledger.Kind.HOLD_PLACED, public, {"reason": terms.reason})
    record_id = await ledger.append(tx, entry, now=now)
    await holds.mark_recorded(tx, hold_id, record_id)
    await store.set_hold(tx, notice.id, hold_id)
    await store.add_event(tx, notice.id, "held", CLOCK, now=now, record_id=record_id)


async def _keep_original(tx: Tx, new: NewNotice, recorded: store.Recorded, now: Instant) -> None:
    message = Message(
        new_id(now), recorded.id, Direction.IN, MessageKind.ORIGINAL, new.channel, new.external_id or None, new.subject,
        new.text, recorded.raw_sha256, None if new.raw is None else len(new.raw), "", "", "", None, new.sender.account_id,
        recorded.record_id, new.received_at,
    )  # fmt: skip
    await store.insert_message(tx, message)
