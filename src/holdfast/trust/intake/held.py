"""The promise about holds: what a program hides waits in a lane for a person, or returns by itself after a time.

P0 and P1 never return by themselves: when nobody decides in time the staff is paged instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...platform.ids import time_of
from ...social.posts import PostHeld, PostState, decide_post
from .. import cases
from ..staff_actions import CLOCK, Change, Subject, Takedown, record_action
from .flags import take_flagged

NEVER_RETURN: Final = frozenset({"P0", "P1"})
_AT_ONCE: Final = 100
_SETTLING: Final = timedelta(minutes=5)
"""So long the reaction that opens a case, or decides about a copy, has before this does it."""

_HELD_SQL = """
select p.id as post_id, p.account_id, p.language, greatest(v.at, c.opened_at) as since, c.id as case_id,
       coalesce(c.lane, v.lane, 'P3') as lane, v.rules
from posts p
left join case_members m on m.subject_kind = 'post' and m.subject_key = p.id::text and m.track = 'main' and m.open
left join cases c on c.id = m.case_id
left join lateral (select id, lane, rules, at from post_verdicts where post_id = p.id and action = 'hold'
                   order by id desc limit 1) v on true
where p.state = 1 and ($1::bigint is null or p.account_id = $1) and p.id > $2 order by p.id limit $3
"""


class HeldNow(msgspec.Struct, frozen=True):
    """A post that is held. case_id: the open case in which it waits. since: when it was held, or its case opened, whichever came last."""

    post_id: int
    account_id: int
    case_id: int | None
    lane: str
    rules: list[str]
    since: Instant

    def returns_at(self, seconds: Mapping[str, float]) -> Instant | None:
        """When it returns if nobody decides; None: never without a person."""
        if self.lane in NEVER_RETURN or self.lane not in seconds:
            return None
        return self.since + timedelta(seconds=seconds[self.lane])


async def held_now(
    reader: Reader, *, account_id: int | None = None, after_id: int = 0, limit: int = _AT_ONCE
) -> list[HeldNow]:
    """Held posts in the order of their ids: of one author, or of all."""
    return [
        HeldNow(
            row["post_id"], row["account_id"], row["case_id"], row["lane"], list(row["rules"] or ()),
            row["since"] or time_of(row["post_id"]),
        )
        for row in await reader.fetch(_HELD_SQL, account_id, after_id, limit)
    ]  # fmt: skip


async def keep_promise(
    tx: Tx, *, return_seconds: Mapping[str, float], page_after_seconds: float, now: Instant
) -> list[HeldNow]:
    """A periodic action: no held post is without a case, and none stays longer than its lane allows.

    Returns those for which the staff is to be paged now: P0 and P1 that nobody decided in time, each once.
    """
    await tx.execute(
        "delete from overdue_holds o where not exists (select 1 from posts p where p.id = o.post_id and p.state = 1)"
    )
    paged: list[HeldNow] = []
    after_id = 0
    while found := await held_now(tx, after_id=after_id, limit=_AT_ONCE):
        after_id = found[-1].post_id
        for one in found:
            if one.case_id is None and one.since + _SETTLING <= now:
                await _ensure_case(tx, one, now)
            due = one.returns_at(return_seconds)
            if due is not None and due <= now:
                await _return(tx, one, now)
            elif (
                due is None
                and one.since + timedelta(seconds=page_after_seconds) <= now
                and await _page(tx, one, now)
            ):
                paged.append(one)
        if len(found) < _AT_ONCE:
            break
    return paged


async def _ensure_case(tx: Tx, one: HeldNow, now: Instant) -> None:
    await take_flagged(tx, msgspec.json.encode(PostHeld(one.post_id)), now)
    if await cases.open_case_of(tx, "post", str(one.post_id)) is None:
        signal = cases.Signal(
            cases.Source.SCREENING, Subject.post(one.post_id, one.account_id), hidden=True, fresh=True,
            rules=tuple(one.rules),
        )  # fmt: skip
        await cases.open_or_join(tx, signal, now=now)


async def _return(tx: Tx, one: HeldNow, now: Instant) -> None:
    """It is seen again. Its case stays open: somebody looks all the same, later."""
    if await decide_post(tx, one.post_id, PostState.VISIBLE):
        await record_action(
            tx, CLOCK, "post.return", Subject.post(one.post_id, one.account_id), now=now, case_id=one.case_id,
            change=Change(takedown=Takedown.NONE), lane=one.lane,
        )  # fmt: skip


async def _page(tx: Tx, one: HeldNow, now: Instant) -> bool:
    new = await tx.execute(
        "insert into overdue_holds (post_id, lane, paged_at) values ($1, $2, $3) on conflict do nothing",
        one.post_id, one.lane, now,
    )  # fmt: skip
    if not new:
        return False
    await record_action(
        tx,
        CLOCK,
        "post.hold_overdue",
        Subject.post(one.post_id, one.account_id),
        now=now,
        case_id=one.case_id,
        lane=one.lane,
    )
    return True
