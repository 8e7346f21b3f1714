"""Reads of effects and strikes, for the staff; a member is told of them by statements of reasons."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader
from .model import Effect
from .store import effect_of

_COLUMNS = "select id, decision_id, subject_kind, subject_key, aspect, value, account_id, until, state, changed from effects"
_OF_DECISION_SQL = f"{_COLUMNS} where decision_id = $1 and id > $2 order by id limit $3"
_OF_ACCOUNT_SQL = f"{_COLUMNS} where decision_id = $1 and account_id = $2 order by id limit $3"


class Strike(msgspec.Struct, frozen=True):
    """What counts against an account. `severity`: 1 to 100. `expires_at` None: until its decision is undone."""

    decision_id: int
    severity: int
    given_at: Instant
    expires_at: Instant | None


class EffectCounts(msgspec.Struct, frozen=True):
    """How far a decision is: effects that wait, that are in force, and how many of those changed something."""

    waiting: int
    in_force: int
    changed: int
    taken_back: int
    nothing: int


async def effects_of(reader: Reader, decision_id: int, *, limit: int, after_id: int = 0) -> list[Effect]:
    """What a decision did or is to do, in its order."""
    return [effect_of(row) for row in await reader.fetch(_OF_DECISION_SQL, decision_id, after_id, limit)]


async def effects_on(reader: Reader, decision_id: int, account_id: int, *, limit: int) -> list[Effect]:
    """What a decision did to an account and to what is its."""
    return [effect_of(row) for row in await reader.fetch(_OF_ACCOUNT_SQL, decision_id, account_id, limit)]


async def effect_counts(reader: Reader, decision_ids: Sequence[int]) -> dict[int, EffectCounts]:
    """How far decisions are; those without effects are left out."""
    rows = await reader.fetch(
        "select decision_id, count(*) filter (where state = 0) as waiting, count(*) filter (where state = 1) as in_force,"
        " count(*) filter (where changed) as changed, count(*) filter (where state in (2, 3, 4)) as taken_back,"
        " count(*) filter (where state = 5) as nothing from effects where decision_id = any($1::bigint[])"
        " and aspect <> 'told' group by 1",
        list(decision_ids),
    )
    return {
        row["decision_id"]: EffectCounts(
            row["waiting"], row["in_force"], row["changed"], row["taken_back"], row["nothing"]
        )
        for row in rows
    }


async def strikes_of(reader: Reader, account_id: int, now: Instant) -> list[Strike]:
    """The strikes that count now, the newest first."""
    rows = await reader.fetch(
        "select name, severity, given_at, expires_at from strikes"
        " where account_id = $1 and (expires_at is null or expires_at > $2) order by given_at desc, id desc",
        account_id, now,
    )  # fmt: skip
    return [Strike(int(row["name"]), row["severity"], row["given_at"], row["expires_at"]) for row in rows]
