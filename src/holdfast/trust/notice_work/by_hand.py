"""Use cases: what a person of the desk does to a notice besides its steps: look, take, say what it is, who sent it, what is meant."""

from __future__ import annotations

from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.deadlines import Presets
from ...pure.errors import HoldfastError
from ...pure.permissions import Permission
from ...records import ledger
from ..notice_clocks import Moments, add_clocks, end_clocks, plan_clocks, presets_in_force
from ..notice_items import Addresses, Found, Target, resolve_item, some_items
from ..notice_items import mark_seen as mark_items_seen
from ..notices import (
    Capacity,
    GagEnded,
    Notice,
    NoticeNotAllowed,
    NoticeNotThere,
    NoticeVerified,
    Verification,
    Verified,
    add_event,
    complete,
    hold_notice,
    leaf_about,
    lock_notice,
    mark_seen,
    not_ones_own,
    recording_of,
    recount,
    set_assignee,
    set_kind,
    set_verification,
)
from ..staff_actions import Staff
from .cases import give_cases


async def look_at(
    tx: Tx, staff: Staff, notice_id: int, *, numbers: list[int] | None = None, now: Instant
) -> None:
    """A person of the staff opened it, and read these items: the first time is kept. Raises NoticeNotThere."""
    notice = await lock_notice(tx, staff, notice_id)
    if staff.account_id is None:
        return
    if await mark_seen(tx, notice.id, now):
        await add_event(tx, notice.id, "seen", staff, now=now)
    if numbers:
        await mark_items_seen(tx, notice.id, numbers, now=now)


async def assign(tx: Tx, staff: Staff, notice_id: int, account_id: int | None, *, now: Instant) -> Notice:
    """Who sees to it. Raises NoticeNotThere, NoticeNotAllowed for somebody who may not see it."""
    notice = await lock_notice(tx, staff, notice_id)
    if account_id is not None:
        role = await tx.fetchval("select role from users where account_id = $1", account_id)
        other = Staff(account_id, role or "member")
        try:
            await lock_notice(tx, other, notice_id)
        except HoldfastError as error:
            raise NoticeNotAllowed("account_id", "is of nobody who may see this notice") from error
    await set_assignee(tx, notice.id, account_id)
    await add_event(tx, notice.id, "assigned", staff, now=now, to=account_id and str(account_id))
    return await lock_notice(tx, staff, notice_id)


async def verify_by_hand(
    tx: Tx, staff: Staff, notice_id: int, how: Verified, *, evidence: str, now: Instant
) -> Notice:
    """A person found out who sent it, by another way: its cases become as urgent as it says, or less.

    Raises NoticeNotThere, NoticeNotAllowed without a word on what shows it.
    """
    notice = await lock_notice(tx, staff, notice_id)
    not_ones_own(staff, notice)
    if not evidence.strip():
        raise NoticeNotAllowed("evidence", "must say what shows it")
    details = {
        **notice.verification.details,
        "before": notice.verification.how.value,
        "by_hand": evidence[:1000],
    }
    await set_verification(tx, notice.id, Verification(how, details))
    public = {"step": "verified_by_hand", "state": how.value, "basis": notice.preset, "role": staff.role}
    record_id = await ledger.append(
        tx, leaf_about(notice, ledger.Kind.NOTICE_STEP, public, {"evidence": evidence}), now=now
    )
    await add_event(
        tx, notice.id, "verified_by_hand", staff, now=now, note=evidence, record_id=record_id, how=how.value
    )
    tx.emit(NoticeVerified(notice.id))
    return await lock_notice(tx, staff, notice_id)


async def complete_notice(
    tx: Tx, staff: Staff, notice_id: int, *, at: Instant, evidence: str, now: Instant
) -> Notice:
    """Nothing that the law asks for is missing, since a moment: clocks that run from validity begin then."""
    notice = await lock_notice(tx, staff, notice_id)
    if not notice.received_at <= at <= now:
        raise NoticeNotAllowed("at", "lies between the receipt and now")
    await complete(tx, notice, at, now=now)
    await add_event(tx, notice.id, "completed", staff, now=now, note=evidence, at=at.isoformat())
    await recount(tx, notice.id)
    return await lock_notice(tx, staff, notice_id)


class NewKind(msgspec.Struct, frozen=True):
    """What a notice is, as a person read it; None leaves a thing as it is."""

    preset: str | None = None
    jurisdiction: str | None = None
    capacity: Capacity | None = None
    stated_deadline: Instant | None = None
    sealed: bool | None = None
    sealed_until: Instant | None = None
    gag: bool | None = None


async def reclassify(
    tx: Tx, staff: Staff, notice_id: int, kind: NewKind, *, reason: str, now: Instant
) -> Notice:
    """It is of another kind: the clocks of the old one count no more, those of the new one have run since it came.

    To seal needs the permission to see what is sealed; what the ledger said before stays said.
    Raises RoleLacks, NoticeNotThere, NoticeNotAllowed, PresetNotKnown, ClockNotUsable.
    """
    notice = await lock_notice(tx, staff, notice_id)
    not_ones_own(staff, notice)
    if not reason.strip():
        raise NoticeNotAllowed("reason", "must say why: it stays on record")
    if kind.sealed is not None or kind.sealed_until is not None:
        staff.require(Permission.SEE_SEALED_NOTICES)
    if kind.stated_deadline is not None and kind.stated_deadline.tzinfo is None:
        raise NoticeNotAllowed("stated_deadline", "must have a time zone")
    presets = await presets_in_force(tx)
    preset = presets.named(kind.preset or notice.preset)
    other = kind.preset is not None and kind.preset != notice.preset
    jurisdiction = kind.jurisdiction or (preset.jurisdiction if other else notice.jurisdiction)
    stated = kind.stated_deadline or notice.stated_deadline
    anew = other or jurisdiction != notice.jurisdiction or stated != notice.stated_deadline
    sealed = notice.sealed if kind.sealed is None else kind.sealed
    facts: dict[str, Any] = {
        "preset": preset.name, "title": preset.title, "jurisdiction": jurisdiction,
        "lane": preset.lane if other else notice.lane, "capacity": (kind.capacity or notice.capacity).value,
        "stated_deadline": stated, "sealed": sealed, "gag": notice.gag if kind.gag is None else kind.gag,
        "sealed_until": (kind.sealed_until or notice.sealed_until) if sealed else None,
    }  # fmt: skip
    await set_kind(tx, notice.id, facts)
    after = await lock_notice(tx, staff, notice_id)
    if anew:
        await _clocks_anew(tx, after, presets, now)
    public = {"step": "reclassified", "basis": preset.name, "role": staff.role, "cause": notice.preset}
    private = {
        "reason": reason,
        "kind": {name: str(value) for name, value in facts.items() if value is not None},
    }
    record_id = await ledger.append(tx, leaf_about(after, ledger.Kind.NOTICE_STEP, public, private), now=now)
    await add_event(
        tx,
        notice.id,
        "reclassified",
        staff,
        now=now,
        note=reason,
        record_id=record_id,
        preset=preset.name,
        before=notice.preset,
    )
    await recount(tx, notice.id)
    if notice.gag and not after.gag:
        tx.emit(GagEnded(notice.id))
    return await lock_notice(tx, staff, notice_id)


async def _clocks_anew(tx: Tx, notice: Notice, presets: Presets, now: Instant) -> None:
    await end_clocks(tx, notice.id, now=now)
    moments = Moments(notice.received_at, notice.known_at, notice.valid_at, notice.decided_at)
    planned = plan_clocks(
        notice.id, presets, notice.preset, jurisdiction=notice.jurisdiction, moments=moments,
        stated_at=notice.stated_deadline, now=now,
    )  # fmt: skip
    await add_clocks(tx, planned)


async def resolve_by_hand(
    tx: Tx, staff: Staff, notice_id: int, n: int, url: str, *, addresses: Addresses, now: Instant
) -> Target:
    """A person gives the address that an item means; its content is kept as it is now, and gets a case.

    Raises NoticeNotThere, NoticeNotAllowed for an item that has an outcome, or an address where nothing is.
    """
    notice = await lock_notice(tx, staff, notice_id)
    not_ones_own(staff, notice)
    item = next(iter(await some_items(tx, notice_id, [n])), None)
    if item is None:
        raise NoticeNotThere(f"This notice has no item {n}")
    if item.outcome is not None:
        raise NoticeNotAllowed("item", "has an outcome; take that back first")
    target = await resolve_item(
        tx, recording_of(notice), item, url.strip()[:2000], addresses, by=staff.account_id, now=now
    )
    if target.key is None:
        raise NoticeNotAllowed("url", "leads to nothing that is here")
    await add_event(tx, notice_id, "resolved", staff, now=now, item=n, found=target.found.value)
    if target.found in (Found.POST, Found.ACCOUNT, Found.MEDIA):
        await hold_notice(tx, notice, now=now)
    fresh = await some_items(tx, notice_id, [n])
    if target.found in (Found.POST, Found.ACCOUNT, Found.MEDIA) and not (notice.sealed or notice.gag):
        await give_cases(tx, notice, fresh, now=now)
    await recount(tx, notice_id)
    return target


async def open_case_by_hand(tx: Tx, staff: Staff, notice_id: int, n: int, *, now: Instant) -> Notice:
    """A case about an item, also of a sealed notice, or of one that was decided before: somebody of the team decides anew."""
    notice = await lock_notice(tx, staff, notice_id)
    not_ones_own(staff, notice)
    items = await some_items(tx, notice_id, [n])
    if not items or items[0].subject_id is None:
        raise NoticeNotThere(f"This notice has no item {n} that is here")
    await give_cases(tx, notice, items, fresh=True, now=now)
    await add_event(tx, notice_id, "case.opened", staff, now=now, item=n)
    return await lock_notice(tx, staff, notice_id)
