"""What paths that delete ask: what is held, and what waits for a release."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.db import Reader, Tx
from .model import Subject

_ON_HOLD_SQL = {
    Subject.ACCOUNT: "select account_id, hold_id from accounts_on_hold where account_id = any($1::bigint[])",
    Subject.POST: "select post_id, hold_id from posts_on_hold where post_id = any($1::bigint[])",
    Subject.MEDIA: "select media_id, hold_id from media_on_hold where media_id = any($1::bigint[])",
}


async def held(reader: Reader, subject: Subject, ids: Sequence[int]) -> frozenset[int]:
    """Those of these ids that a legal hold keeps. An account is held when the whole of it is.

    What is held is hidden like everything deleted, and stays; say so with `park`, so that it goes when it may.
    """
    if not ids:
        return frozenset()
    return frozenset(row[0] for row in await reader.fetch(_ON_HOLD_SQL[subject], list(ids)))


async def park(tx: Tx, subject: Subject, ids: Sequence[int], *, asked_by: str) -> frozenset[int]:
    """Refuse the erasure of those that are held, record by which holds, and return them; the others may go.

    A thing that waits already goes on waiting, for the holds of now.
    """
    reasons: dict[int, list[int]] = {}
    for ident, hold_id in await tx.fetch(_ON_HOLD_SQL[subject], list(ids)) if ids else []:
        reasons.setdefault(ident, []).append(hold_id)
    for ident, hold_ids in reasons.items():
        await park_for(tx, subject, ident, hold_ids, asked_by=asked_by)
    return frozenset(reasons)


async def park_for(tx: Tx, subject: Subject, ident: int, hold_ids: Sequence[int], *, asked_by: str) -> None:
    """Record that an erasure waits for these holds."""
    await tx.execute(
        "insert into held_erasures (subject, subject_id, hold_ids, asked_by) values ($1, $2, $3, $4)"
        " on conflict (subject, subject_id) where ran_at is null do update set hold_ids = excluded.hold_ids",
        subject.value, ident, sorted(set(hold_ids)), asked_by,
    )  # fmt: skip


_RELEASED_SQL = {
    Subject.ACCOUNT: "select e.subject_id from held_erasures e where e.ran_at is null and e.subject = 'account'"
    " and e.hold_ids @> array[$1::bigint] and e.subject_id > $2"
    " and not exists (select 1 from accounts_on_hold h where h.account_id = e.subject_id)"
    " order by e.subject_id limit $3",
    Subject.POST: "select e.subject_id from held_erasures e where e.ran_at is null and e.subject = 'post'"
    " and e.hold_ids @> array[$1::bigint] and e.subject_id > $2"
    " and not exists (select 1 from posts_on_hold h where h.post_id = e.subject_id)"
    " order by e.subject_id limit $3",
    Subject.MEDIA: "select e.subject_id from held_erasures e where e.ran_at is null and e.subject = 'media'"
    " and e.hold_ids @> array[$1::bigint] and e.subject_id > $2"
    " and not exists (select 1 from media_on_hold h where h.media_id = e.subject_id)"
    " order by e.subject_id limit $3",
}


async def released_erasures(
    reader: Reader, subject: Subject, hold_id: int, *, after: int = 0, limit: int
) -> list[int]:
    """What waited for a hold that was released, and is kept by no other, in the order of ids."""
    return [row[0] for row in await reader.fetch(_RELEASED_SQL[subject], hold_id, after, limit)]


async def ran(tx: Tx, subject: Subject, ids: Sequence[int]) -> None:
    """What waited is erased now."""
    await tx.execute(
        "update held_erasures set ran_at = now() where ran_at is null and subject = $1 and subject_id = any($2::bigint[])",
        subject.value, list(ids),
    )  # fmt: skip
