"""Use cases: a suspicion of a threat to life or safety is written down for an authority (DSA, Art. 18), kept from deletion,
and marked as sent."""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...platform.ids import new_id
from ...pure.permissions import Permission
from ...records import holds, ledger
from ..notice_items import some_items
from ..notices import NoticeNotAllowed, NoticeNotThere, add_event, lock_notice, sees_sealed
from ..staff_actions import Staff

TEXT_CHARACTERS: Final = 10_000
_COLUMNS = """
select id, notice_id, item_n, account_id, post_id, member_state, authority, offence, threat, facts, known_at, place, persons,
       contact, sealed, hold_id, sent_via, sent_at, sent_by, their_reference, placed_by, placed_at, record_id, sent_record_id
from notice_referrals
"""
_ONE_SQL = f"{_COLUMNS} where id = $1"
_PAGE_SQL = f"""{_COLUMNS}
where id < $1 and ($2::bigint is null or notice_id = $2) and (not sealed or $3 or placed_by = $4) order by id desc limit $5
"""


class NewReferral(msgspec.Struct, frozen=True, kw_only=True):
    """What an authority is to be told. member_state: ISO 3166, "" where it is not known: then our own, or Europol.

    offence: which is suspected. threat: to whose life or safety, and how near. facts: all information that bears on it.
    known_at: when we learnt of it. place, persons: as far as they are known. contact: whom the authority can ask.
    """

    authority: str
    offence: str
    threat: str
    facts: str
    member_state: str = ""
    known_at: Instant | None = None
    place: str = ""
    persons: str = ""
    contact: str = ""
    notice_id: int | None = None
    item_n: int | None = None
    account_id: int | None = None
    post_id: int | None = None
    sealed: bool = True


class Referral(msgspec.Struct, frozen=True):
    """One referral."""

    id: int
    notice_id: int | None
    item_n: int | None
    account_id: int | None
    post_id: int | None
    member_state: str
    authority: str
    offence: str
    threat: str
    facts: str
    known_at: Instant
    place: str
    persons: str
    contact: str
    sealed: bool
    hold_id: int | None
    sent_via: str
    sent_at: Instant | None
    sent_by: int | None
    their_reference: str
    placed_by: int | None
    placed_at: Instant
    record_id: str
    sent_record_id: str | None


async def refer(tx: Tx, staff: Staff, new: NewReferral, *, now: Instant) -> Referral:
    """Write it down, hold what it is about, record it. Raises RoleLacks, NoticeNotThere, NoticeNotAllowed."""
    staff.require(Permission.MANAGE_NOTICES)
    for name in ("authority", "offence", "threat", "facts"):
        if not getattr(new, name).strip():
            raise NoticeNotAllowed(name, "must say something")
    for name in ("authority", "offence", "threat", "facts", "place", "persons", "contact"):
        if len(getattr(new, name)) > TEXT_CHARACTERS:
            raise NoticeNotAllowed(name, f"must have at most {TEXT_CHARACTERS} characters")
    new = await _with_item(tx, staff, new)
    query = await _held(tx, new)
    hold_id = None
    if query is not None:
        terms = holds.Terms("referred to an authority", "" if new.sealed else new.authority[:500])
        hold_id = await holds.place_hold(tx, query, terms, by=staff.account_id, now=now)
    body = {name: value for name, value in msgspec.to_builtins(new).items() if isinstance(value, str)}
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.REFERRAL, public={"to": "authority", "basis": "eu.dsa.art18", "lane": "P0"},
            private={"referral": body}, sealed=new.sealed,
        ),
        now=now,
    )  # fmt: skip
    if hold_id is not None:
        await holds.mark_recorded(tx, hold_id, record_id)
    referral_id = new_id(now)
    await tx.execute(
        "insert into notice_referrals (id, notice_id, item_n, account_id, post_id, member_state, authority, offence, threat,"
        " facts, known_at, place, persons, contact, sealed, hold_id, sent_via, placed_by, placed_at, record_id)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', $17, $18, $19)",
        referral_id, new.notice_id, new.item_n, new.account_id, new.post_id, new.member_state.strip().upper()[:2],
        new.authority.strip(), new.offence, new.threat, new.facts, new.known_at or now, new.place, new.persons, new.contact,
        new.sealed, hold_id, staff.account_id, now, record_id,
    )  # fmt: skip
    if new.notice_id is not None:
        await add_event(
            tx, new.notice_id, "referral", staff, now=now, record_id=None if new.sealed else record_id,
            referral_id=str(referral_id),
        )  # fmt: skip
    return await get_referral(tx, staff, referral_id)


async def mark_referral_sent(
    tx: Tx, staff: Staff, referral_id: int, *, via: str, their_reference: str = "", now: Instant
) -> Referral:
    """The authority was told. Raises RoleLacks, NoticeNotThere, NoticeNotAllowed."""
    found = await get_referral(tx, staff, referral_id)
    if found.sent_at is not None or not via.strip():
        raise NoticeNotAllowed("via", "must say how it was sent, once")
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.REFERRAL, public={"to": "authority", "basis": "eu.dsa.art18", "channel": "sent"},
            private={"via": via, "their_reference": their_reference}, sealed=found.sealed,
            related=((ledger.Relation.ABOUT, found.record_id),),
        ),
        now=now,
    )  # fmt: skip
    await tx.execute(
        "update notice_referrals set sent_via = $2, sent_at = $3, sent_by = $4, their_reference = $5, sent_record_id = $6"
        " where id = $1 and sent_at is null",
        referral_id, via[:500], now, staff.account_id, their_reference[:500], record_id,
    )  # fmt: skip
    if found.notice_id is not None:
        await add_event(tx, found.notice_id, "referral.sent", staff, now=now, referral_id=str(referral_id))
    return await get_referral(tx, staff, referral_id)


async def get_referral(reader: Reader, staff: Staff, referral_id: int) -> Referral:
    """One. Raises RoleLacks, NoticeNotThere for what is not there, or sealed."""
    staff.require(Permission.MANAGE_NOTICES)
    row = await reader.fetchrow(_ONE_SQL, referral_id)
    if row is None or (row["sealed"] and not _may(staff, row["placed_by"])):
        raise NoticeNotThere("There is no such referral")
    return Referral(**dict(row))


async def referrals_page(
    reader: Reader,
    staff: Staff,
    *,
    notice_id: int | None = None,
    before: int = (1 << 63) - 1,
    limit: int = 50,
) -> list[Referral]:
    """The newest first; those of a notice, or all, that this person may see. Raises RoleLacks."""
    staff.require(Permission.MANAGE_NOTICES)
    rows = await reader.fetch(
        _PAGE_SQL,
        before, notice_id, sees_sealed(staff), staff.account_id, limit,
    )  # fmt: skip
    return [Referral(**dict(row)) for row in rows]


def _may(staff: Staff, placed_by: int | None) -> bool:
    """Who wrote it may see it; else those who see what is sealed."""
    return sees_sealed(staff) or (staff.account_id is not None and staff.account_id == placed_by)


async def _with_item(tx: Tx, staff: Staff, new: NewReferral) -> NewReferral:
    if new.notice_id is None:
        return new
    notice = await lock_notice(tx, staff, new.notice_id)
    new = msgspec.structs.replace(new, sealed=new.sealed or notice.sealed)
    if new.item_n is None:
        return new
    item = next(iter(await some_items(tx, notice.id, [new.item_n])), None)
    if item is None:
        raise NoticeNotThere(f"This notice has no item {new.item_n}")
    post_id = item.subject_id if item.found.value == "post" else new.post_id
    return msgspec.structs.replace(new, account_id=new.account_id or item.account_id, post_id=post_id)


async def _held(tx: Tx, new: NewReferral) -> holds.HoldQuery | None:
    """All of the account: what bears on a threat is seldom one post. A post alone where no account is named."""
    if new.account_id is not None:
        if not await tx.fetchval("select 1 from accounts where id = $1", new.account_id):
            raise NoticeNotThere("There is no such account")
        return holds.HoldQuery(holds.Scope.ACCOUNT, new.account_id)
    if new.post_id is not None:
        return holds.HoldQuery(holds.Scope.POST, new.post_id)
    return None
