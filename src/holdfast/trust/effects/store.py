"""Every statement that writes effects and the values from before them."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from .model import Effect, EffectState, NewEffect, SubjectKind

_WISH_SQL = """
insert into effects (decision_id, subject_kind, subject_key, aspect, value, account_id, until)
select $1, kind, key, aspect, value, account_id, until
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[]) with ordinality
  as new (kind, key, aspect, value, account_id, until, place) order by place
on conflict (decision_id, subject_kind, subject_key, aspect) do nothing
"""
_COLUMNS = "select id, decision_id, subject_kind, subject_key, aspect, value, account_id, until, state, changed from effects"
_WAITING_SQL = f"{_COLUMNS} where decision_id = $1 and state = 0 order by id limit $2 for update"
_IN_FORCE_SQL = f"{_COLUMNS} where decision_id = any($1::bigint[]) and state in (0, 1) order by id desc limit $2 for update"
_ENDED_SQL = f"{_COLUMNS} where state = 1 and until <= $1 order by until, id limit $2 for update skip locked"


def effect_of(row: Row) -> Effect:
    """A row as an effect."""
    return Effect(
        row["id"], row["decision_id"], SubjectKind(row["subject_kind"]), row["subject_key"], row["aspect"], row["value"],
        row["account_id"], row["until"], EffectState(row["state"]), row["changed"],
    )  # fmt: skip


async def wish(tx: Tx, decision_id: int, effects: Sequence[NewEffect]) -> None:
    """What a decision is to do, all by one statement, however much it is."""
    await tx.execute(
        _WISH_SQL, decision_id,
        [one.kind.value for one in effects], [one.key for one in effects], [one.aspect for one in effects],
        [one.value for one in effects], [one.account_id for one in effects], [one.until for one in effects],
    )  # fmt: skip


async def lock_waiting(tx: Tx, decision_id: int, most: int) -> list[Effect]:
    """Effects that are still to be done, in the order in which they were wished."""
    return [effect_of(row) for row in await tx.fetch(_WAITING_SQL, decision_id, most)]


async def lock_in_force(tx: Tx, decision_ids: Sequence[int], most: int) -> list[Effect]:
    """Effects of decisions that are in force or wait, the last first."""
    return [effect_of(row) for row in await tx.fetch(_IN_FORCE_SQL, list(decision_ids), most)]


async def lock_ended(tx: Tx, now: Instant, most: int) -> list[Effect]:
    """Effects whose time is over."""
    return [effect_of(row) for row in await tx.fetch(_ENDED_SQL, now, most)]


async def set_effect(
    tx: Tx, effect_id: int, state: EffectState, *, changed: bool | None = None, now: Instant
) -> None:
    """Where an effect stands now."""
    await tx.execute(
        "update effects set state = $2::smallint, changed = coalesce($3, changed),"
        " applied_at = case when $2::smallint = 1 then $4::timestamptz else applied_at end where id = $1",
        effect_id, state.value, changed, now,
    )  # fmt: skip


async def overtake(tx: Tx, ids: Sequence[int]) -> None:
    """Somebody set the aspect otherwise since: these effects count no longer."""
    await tx.execute("update effects set state = 4 where id = any($1::bigint[])", list(ids))


async def in_force_of(
    tx: Tx, kind: SubjectKind, key: str, aspect: str
) -> tuple[str | None, list[tuple[int, str]]]:
    """The value from before the oldest effect in force, None when there is none, and the effects: (id, value)."""
    rows = await tx.fetch(
        "select id, value from effects where subject_kind = $1 and subject_key = $2 and aspect = $3 and state = 1",
        kind.value, key, aspect,
    )  # fmt: skip
    baseline = await tx.fetchval(
        "select value from effect_baselines where subject_kind = $1 and subject_key = $2 and aspect = $3",
        kind.value, key, aspect,
    )  # fmt: skip
    return baseline, [(row["id"], row["value"]) for row in rows]


async def keep_baseline(tx: Tx, kind: SubjectKind, key: str, aspect: str, value: str) -> None:
    """How it was before the oldest effect in force."""
    await tx.execute(
        "insert into effect_baselines (subject_kind, subject_key, aspect, value) values ($1, $2, $3, $4)"
        " on conflict (subject_kind, subject_key, aspect) do update set value = excluded.value",
        kind.value, key, aspect, value,
    )  # fmt: skip


async def drop_baseline(tx: Tx, kind: SubjectKind, key: str, aspect: str) -> None:
    """No effect is in force any more."""
    await tx.execute(
        "delete from effect_baselines where subject_kind = $1 and subject_key = $2 and aspect = $3",
        kind.value, key, aspect,
    )  # fmt: skip
