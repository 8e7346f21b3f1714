"""What is in force now, as every request may ask, and what the breaker did."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Database, Reader
from ...platform.stamps import Kind, slot
from .model import BreakerPolicy, Measure, State

_AWAITS_SQL = """
select exists (select 1 from case_members m join cases c on c.id = m.case_id
               where m.subject_kind = 'post' and m.subject_key = $1 and m.open and c.track = 'main' and c.closed_at is null
                 and c.lane = any($2::text[]))
"""


class InForce(msgspec.Struct, frozen=True):
    """The stage that counts now. since None: it never moved."""

    stage: int = 0
    name: str = "none"
    since: Instant | None = None
    measures: frozenset[Measure] = frozenset()
    lane: str | None = None
    paused_until: Instant | None = None


class BreakerStep(msgspec.Struct, frozen=True):
    """One step of the past, for everybody to read."""

    at: Instant
    from_stage: int
    to_stage: int
    name: str
    cause: str
    lane: str | None
    policy: str
    record_id: str


NOTHING = InForce()


class BreakerReader:
    """Keeps what is in force for as long as its stamp says so: a request pays for one look at the stamp.

    on: whether the operator wants it at all; else nothing is ever in force.
    """

    def __init__(self, database: Database, policy: BreakerPolicy, *, on: bool = True) -> None:
        self._database = database
        self._on = on
        self.policy = policy
        self._stamp: int | None = None
        self._kept = NOTHING

    async def now(self) -> InForce:
        """What is in force."""
        if not self._on:
            return NOTHING
        (stamp,) = await self._database.stamps.read((slot(Kind.BREAKER),))
        if stamp != self._stamp:
            self._kept = in_force(self.policy, await state_of(self._database))
            self._stamp = stamp
        return self._kept

    async def awaits_review(self, post_id: int) -> bool:
        """Whether a post waits for an urgent decision."""
        return bool(
            await self._database.fetchval(_AWAITS_SQL, str(post_id), list(self.policy.high_risk_lanes))
        )


def in_force(policy: BreakerPolicy, state: State | None) -> InForce:
    """What a state means under a policy."""
    if state is None:
        return NOTHING
    stage = min(state.stage, len(policy.stages))
    return InForce(
        stage, policy.name_of(stage), state.since if stage else None, policy.measures_at(stage), state.lane,
        state.paused_until,
    )  # fmt: skip


async def state_of(reader: Reader) -> State | None:
    """Where it stands; None when it never looked."""
    row = await reader.fetchrow(
        "select stage, since, pressed_since, calm_since, lane, paused_until from breaker_state"
    )
    return None if row is None else State(**dict(row))


async def breaker_steps(reader: Reader, *, limit: int) -> Sequence[BreakerStep]:
    """What it did, the newest first."""
    rows = await reader.fetch(
        "select at, from_stage, to_stage, name, cause, lane, policy, record_id from breaker_steps"
        " order by id desc limit $1",
        limit,
    )
    return [BreakerStep(**dict(row)) for row in rows]
