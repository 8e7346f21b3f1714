"""Senders whose notices are nearly all unfounded: theirs wait for those of others. None is dropped, and each is told.

Never slowed: authorities, courts, hosts, stores, providers; and whatever is urgent by its kind.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple, TypedDict

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row, Tx
from ...pure.estimates import Share
from ...pure.permissions import Permission
from ...records import ledger
from ..notices import Notice, add_event, leaf_about, lock_notice
from ..staff_actions import CLOCK, Staff
from .errors import AnswerNotAllowed

SLOWABLE: Final = frozenset(
    {"trusted_flagger", "rights_holder", "victim", "member", "user", "ngo", "press", "other"}
)
"""Capacities of those who can be slowed."""
SLOW_LANE: Final = "P4"
_URGENT: Final = "P0"
_REASON_CHARACTERS: Final = 1000

_AT_ONCE = 100
# Nobody of whom a person said how it is to be, and nobody who is slowed already.
_SENDERS_SQL = """
select n.sender_key, count(*) filter (where i.outcome = 'actioned') as upheld,
       count(*) filter (where i.outcome in ('actioned', 'refused')) as judged
from notice_items i join notices n on n.id = i.notice_id
where n.received_at >= $1 and n.capacity = any($4::text[]) and not n.sealed
  and not exists (select 1 from notice_sender_paces p where p.sender_key = n.sender_key
                  and (not p.by_policy or p.until > $3))
group by n.sender_key having count(*) filter (where i.outcome in ('actioned', 'refused')) >= $2
order by n.sender_key limit $5
"""
_PACE_SQL = "select * from notice_sender_paces where sender_key = $1"
_ALL_SQL = "select * from notice_sender_paces where pace = 'slowed' and (until is null or until > $1) order by set_at desc limit $2"


class Pace(StrEnum):
    """How soon a sender's notices are looked at."""

    NORMAL = "normal"
    SLOWED = "slowed"


class SenderPace(msgspec.Struct, frozen=True):
    """What was set for a sender, and why. by_policy: no person set it. until: when it ends by itself."""

    sender_key: str
    pace: Pace
    reason: str
    by_policy: bool
    set_by: int | None
    set_at: Instant
    until: Instant | None
    record_id: str

    def holds_at(self, now: Instant) -> bool:
        """Whether it holds."""
        return self.pace is Pace.SLOWED and (self.until is None or now < self.until)


class PaceRule(NamedTuple):
    """judged: so many items at least; upheld_percent: the upper end of the interval must lie below; 0: nobody by policy."""

    judged: int
    upheld_percent: float
    days: int


def is_abusive(share: Share, rule: PaceRule) -> bool:
    """Whether it is as good as sure that a sender is hardly ever right."""
    return (
        rule.upheld_percent > 0 and share.n >= rule.judged and share.interval[1] * 100 < rule.upheld_percent
    )


async def pace_of(reader: Reader, sender_key: str) -> SenderPace | None:
    """What was set last."""
    row = await reader.fetchrow(_PACE_SQL, sender_key)
    return None if row is None else _pace(row)


async def paces(reader: Reader, *, now: Instant, most: int = 200) -> list[SenderPace]:
    """Who is slowed now."""
    return [_pace(row) for row in await reader.fetch(_ALL_SQL, now, most)]


async def set_pace(
    tx: Tx,
    staff: Staff,
    sender_key: str,
    pace: Pace,
    *,
    reason: str,
    until: Instant | None = None,
    now: Instant,
) -> SenderPace:
    """Set it by hand, for a reason that the sender can be told. Raises RoleLacks, AnswerNotAllowed."""
    staff.require(Permission.MANAGE_NOTICES)
    if not 0 < len(reason.strip()) <= _REASON_CHARACTERS:
        raise AnswerNotAllowed("reason", f"must say why, in at most {_REASON_CHARACTERS} characters")
    if not await tx.fetchval("select 1 from notices where sender_key = $1 limit 1", sender_key):
        raise AnswerNotAllowed("sender", "sent no notice")
    if until is not None and until <= now:
        raise AnswerNotAllowed("until", "must lie in the future")
    return await _set(tx, staff, sender_key, pace, reason=reason, until=until, by_policy=False, now=now)


class _Came(TypedDict):
    notice_id: int


async def slow_new_notice(tx: Tx, payload: bytes, now: Instant) -> None:
    """NoticeReceived: it waits for others where its sender is slowed; the timeline and the page of the sender say so."""
    notice = await lock_notice(tx, CLOCK, msgspec.json.decode(payload, type=_Came)["notice_id"])
    if notice.capacity.value not in SLOWABLE or notice.lane in (_URGENT, SLOW_LANE) or notice.sealed:
        return
    found = await pace_of(tx, notice.sender_key)
    if found is not None and found.holds_at(now):
        await _slow(tx, notice, found, now)


async def pace_by_policy(tx: Tx, rule: PaceRule, *, now: Instant) -> list[SenderPace]:
    """Slow those whom the rule is about and about whom nobody decided; who is new among them. For the clock."""
    if rule.upheld_percent <= 0:
        return []
    made = []
    rows = await tx.fetch(
        _SENDERS_SQL, now - timedelta(days=rule.days), rule.judged, now, sorted(SLOWABLE), _AT_ONCE
    )
    for row in rows:
        share = Share(row["upheld"], row["judged"])
        if is_abusive(share, rule):
            reason = f"{share.k} of {share.n} items that were judged in {rule.days} days were upheld"
            until = now + timedelta(days=rule.days)
            made.append(
                await _set(
                    tx,
                    CLOCK,
                    row["sender_key"],
                    Pace.SLOWED,
                    reason=reason,
                    until=until,
                    by_policy=True,
                    now=now,
                )
            )
    return made


async def _slow(tx: Tx, notice: Notice, pace: SenderPace, now: Instant) -> None:
    public = {"step": "slow", "state": notice.state.value, "basis": notice.preset, "cause": "unfounded"}
    record_id = await ledger.append(
        tx,
        leaf_about(notice, ledger.Kind.NOTICE_STEP, public, {"reason": pace.reason}, pace.record_id),
        now=now,
    )
    await tx.execute(
        "update notices set lane = $2, version = version + 1 where id = $1", notice.id, SLOW_LANE
    )
    await add_event(tx, notice.id, "slowed", CLOCK, now=now, note=pace.reason, record_id=record_id)


async def _set(
    tx: Tx, staff: Staff, sender_key: str, pace: Pace, *, reason: str, until: Instant | None, by_policy: bool, now: Instant
) -> SenderPace:  # fmt: skip
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.NOTICE_STEP, public={"step": "pace", "state": pace.value, "cause": "policy" if by_policy else "staff"},
            private={"sender": sender_key, "reason": reason},
        ),
        now=now,
    )  # fmt: skip
    await tx.execute(
        "insert into notice_sender_paces (sender_key, pace, reason, by_policy, set_by, set_at, until, record_id)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (sender_key) do update set pace = excluded.pace,"
        " reason = excluded.reason, by_policy = excluded.by_policy, set_by = excluded.set_by, set_at = excluded.set_at,"
        " until = excluded.until, record_id = excluded.record_id",
        sender_key, pace.value, reason, by_policy, staff.account_id, now, until, record_id,
    )  # fmt: skip
    return SenderPace(sender_key, pace, reason, by_policy, staff.account_id, now, until, record_id)


def _pace(row: Row) -> SenderPace:
    return SenderPace(**{**dict(row), "pace": Pace(row["pace"])})
