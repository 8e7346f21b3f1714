"""Every statement that writes items."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.notices import ItemOutcome
from .model import NewItem, NoticeItem, Target

_COLUMNS = (
    "notice_id", "n", "as_given", "url", "readings", "marks", "alleged", "found", "subject_id", "account_id", "resolved_at",
    "snapshot_sha256", "record_id", "duplicate_of", "before_notice_id", "before_n",
)  # fmt: skip


class Settled(msgspec.Struct, frozen=True):
    """The outcome of one item; None takes it back."""

    n: int
    outcome: ItemOutcome | None
    decision_id: int | None = None
    reason: str = ""


async def insert_items(
    tx: Tx, notice_id: int, items: Sequence[tuple[NewItem, bytes | None]], *, now: Instant
) -> None:
    """All of one notice at once; each with the SHA-256 of its snapshot."""
    rows = [
        (
            notice_id, one.n, one.cited.as_given, one.target.url, list(one.cited.readings), list(one.cited.marks),
            one.cited.alleged, one.target.found.value, one.target.subject_id, one.target.account_id,
            now if one.target.key is not None else None, digest, one.record_id, one.duplicate_of,
            one.before[0] if one.before else None, one.before[1] if one.before else None,
        )
        for one, digest in items
    ]  # fmt: skip
    await tx.copy("notice_items", _COLUMNS, rows)


async def set_target(
    tx: Tx, item: NoticeItem, target: Target, *, by: int | None, digest: bytes | None, record_id: str, now: Instant
) -> None:  # fmt: skip
    """A person said what it is, or that it is nothing here."""
    await tx.execute(
        "update notice_items set url = $3, found = $4, subject_id = $5, account_id = $6, resolved_by = $7, resolved_at = $8,"
        " snapshot_sha256 = $9, record_id = $10, case_id = null, duplicate_of = $11 where notice_id = $1 and n = $2",
        item.notice_id, item.n, target.url, target.found.value, target.subject_id, target.account_id, by, now, digest,
        record_id, item.duplicate_of,
    )  # fmt: skip


async def set_cases(tx: Tx, notice_id: int, cases: Sequence[tuple[int, int]]) -> None:
    """The case of each item by number; those that repeat it have the same."""
    await tx.execute(
        "update notice_items i set case_id = c.case_id from unnest($2::int[], $3::bigint[]) as c (n, case_id)"
        " where i.notice_id = $1 and (i.n = c.n or i.duplicate_of = c.n)",
        notice_id, [one[0] for one in cases], [one[1] for one in cases],
    )  # fmt: skip


async def set_outcomes(
    tx: Tx, notice_id: int, settled: Sequence[Settled], *, by: int | None, now: Instant
) -> None:
    """Give outcomes, or take them back."""
    await tx.execute(
        "update notice_items i set outcome = s.outcome, decision_id = s.decision_id, reason = s.reason,"
        " settled_by = case when s.outcome is null then null else $6::bigint end,"
        " settled_at = case when s.outcome is null then null else $7::timestamptz end,"
        " actioned_at = case when s.outcome = 'actioned' then $7::timestamptz end,"
        " first_seen_at = coalesce(i.first_seen_at, case when $6::bigint is null then null else $7::timestamptz end)"
        " from unnest($2::int[], $3::text[], $4::bigint[], $5::text[]) as s (n, outcome, decision_id, reason)"
        " where i.notice_id = $1 and i.n = s.n",
        notice_id, [one.n for one in settled], [None if one.outcome is None else one.outcome.value for one in settled],
        [one.decision_id for one in settled], [one.reason for one in settled], by, now,
    )  # fmt: skip


async def mark_seen(tx: Tx, notice_id: int, numbers: Sequence[int], *, now: Instant) -> None:
    """A person looked at them for the first time."""
    await tx.execute(
        "update notice_items set first_seen_at = $3 where notice_id = $1 and n = any($2::int[]) and first_seen_at is null",
        notice_id, list(numbers), now,
    )  # fmt: skip
