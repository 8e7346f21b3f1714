"""Every statement that writes second looks, gold, draws and failures."""

from __future__ import annotations

from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from .model import ErrorClass, Judgement, Look, LookKind, Results


async def insert_look(
    tx: Tx, kind: LookKind, case_id: int, *, lane: str, policy: str | None = None, language: str | None = None,
    first_decision_id: int | None = None, first_reviewer_id: int | None = None, gold_id: int | None = None,
    parent_id: int | None = None, draw_id: int | None = None, tested_id: int | None = None,
    expected: Judgement | None = None, now: Instant,
) -> int:  # fmt: skip
    """A look that waits; its id."""
    look_id = new_id(now)
    await tx.execute(
        "insert into quality_looks (id, kind, case_id, first_decision_id, first_reviewer_id, gold_id, parent_id, draw_id,"
        " lane, policy, language, expected, opened_at, tested_id)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13, $14)",
        look_id, kind.value, case_id, first_decision_id, first_reviewer_id, gold_id, parent_id, draw_id, lane, policy,
        language, None if expected is None else msgspec.json.encode(expected).decode(), now, tested_id,
    )  # fmt: skip
    return look_id


async def set_verdict(
    tx: Tx, look: Look, *, reviewer_id: int | None, verdict: Judgement, note: str, agreed: bool | None, now: Instant
) -> None:  # fmt: skip
    """What the reviewer said."""
    await tx.execute(
        "update quality_looks set reviewer_id = $2, verdict = $3::jsonb, note = $4, agreed = $5, judged_at = $6 where id = $1",
        look.id, reviewer_id, msgspec.json.encode(verdict).decode(), note, agreed, now,
    )  # fmt: skip


async def set_result(
    tx: Tx, look_id: int, *, tested_id: int | None, was_right: bool | None, error: ErrorClass | None
) -> None:
    """Whose work it speaks of, and how."""
    await tx.execute(
        "update quality_looks set tested_id = $2, was_right = $3, error_class = $4 where id = $1",
        look_id, tested_id, was_right, None if error is None else error.value,
    )  # fmt: skip


async def insert_gold(
    tx: Tx, case_id: int, expected: Judgement, *, note: str, by: int | None, now: Instant
) -> int | None:
    """A case with its answer; None when it is gold already. One that was retired is gold again."""
    found: int | None = await tx.fetchval(
        "insert into gold_items (id, case_id, expected, note, chosen_by, chosen_at) values ($1, $2, $3::jsonb, $4, $5, $6)"
        " on conflict (case_id) do update set expected = excluded.expected, note = excluded.note,"
        "  chosen_by = excluded.chosen_by, chosen_at = excluded.chosen_at, retired_at = null"
        " where gold_items.retired_at is not null returning id",
        new_id(now), case_id, msgspec.json.encode(expected).decode(), note, by, now,
    )  # fmt: skip
    return found


async def retire_gold(tx: Tx, gold_id: int, now: Instant) -> bool:
    """Nobody is tested by it any more; whether it was in use."""
    done = await tx.execute(
        "update gold_items set retired_at = $2 where id = $1 and retired_at is null", gold_id, now
    )
    return done > 0


async def insert_draw(
    tx: Tx, kind: str, *, seed: bytes, source: str, tree_size: int | None, log: int | None, from_id: int, until_id: int,
    population: int, drawn: int, now: Instant,
) -> int:  # fmt: skip
    """What was drawn from what, by which seed; its id."""
    draw_id = new_id(now)
    await tx.execute(
        "insert into quality_draws (id, kind, seed, seed_source, tree_size, log, from_id, until_id, population, drawn, at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        draw_id, kind, seed, source, tree_size, log, from_id, until_id, population, drawn, now,
    )  # fmt: skip
    return draw_id


async def set_drawn(tx: Tx, draw_id: int, drawn: int) -> None:
    """How many were drawn in the end."""
    await tx.execute("update quality_draws set drawn = $2 where id = $1", draw_id, drawn)


async def insert_failure(tx: Tx, account_id: int, results: Results, requeued: int, now: Instant) -> None:
    """Somebody's results fell below the bound."""
    await tx.execute(
        "insert into quality_failures (id, account_id, was_right, of_results, highest, requeued, at)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        new_id(now), account_id, results.right, results.of, results.interval[1], requeued, now,
    )  # fmt: skip


async def set_objection(tx: Tx, look_id: int, text: str, now: Instant) -> None:
    """Whom it speaks of does not agree."""
    await tx.execute(
        "update quality_looks set objection = $2, objected_at = $3 where id = $1", look_id, text, now
    )


async def set_answer(
    tx: Tx, look_id: int, *, granted: bool, answer: str, by: int | None, now: Instant
) -> None:
    """What became of an objection; a result whose objection was granted counts no more."""
    await tx.execute(
        "update quality_looks set objection_granted = $2, objection_answer = $3, objection_by = $4, settled_at = $5"
        " where id = $1",
        look_id, granted, answer, by, now,
    )  # fmt: skip


async def keep_fact(tx: Tx, name: str, value: Any) -> None:
    """How far something is."""
    await tx.execute(
        "insert into facts (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
        name, str(value),
    )  # fmt: skip
