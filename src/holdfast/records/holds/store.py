"""Every statement that writes legal holds. Holds are never deleted: one that ended says when, and why."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from .errors import HoldNotPlaced, HoldNotThere
from .events import HoldReleased
from .model import PLACING, HoldQuery, Scope, Subject, Terms, check

# A thread is named by any of its posts.
_THERE_SQL = {
    Scope.ACCOUNT: "select id from accounts where id = $1",
    Scope.POST: "select id from posts where id = $1",
    Scope.MEDIA: "select id from media where id = $1",
    Scope.THREAD: "select thread_id from posts where id = $1",
    Scope.REPORT: "select id from reports where id = $1",
    Scope.NOTICE: "select notice_id from notice_subjects where notice_id = $1 limit 1",
}


async def place_hold(tx: Tx, query: HoldQuery, terms: Terms, *, by: int | None, now: Instant) -> int:
    """Keep what the query finds, now and later, from being deleted until the hold is released; the id of the hold.

    Deletions that are under way are waited for; later ones wait for this transaction. Raises HoldNotPlaced.
    """
    check(query, terms, now)
    await tx.execute("select pg_advisory_xact_lock($1)", PLACING)
    there = await tx.fetchval(_THERE_SQL[query.scope], query.id)
    if there is None:
        raise HoldNotPlaced(query.scope.value, "is not there")
    hold_id = new_id(now)
    await tx.execute(
        "insert into legal_holds (id, subject, subject_id, since, before, reason, authority, expires_at, placed_by, placed_at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        hold_id, query.scope.value, there, query.since, query.before, terms.reason.strip(), terms.authority.strip(),
        terms.expires_at, by, now,
    )  # fmt: skip
    return hold_id


async def mark_recorded(tx: Tx, hold_id: int, record_id: str) -> None:
    """Remember the hold's leaf of the ledger."""
    await tx.execute("update legal_holds set record_id = $2 where id = $1", hold_id, record_id)


async def release_hold(tx: Tx, hold_id: int, *, by: int | None, reason: str, now: Instant) -> None:
    """End a hold; what waited for it alone runs after this commits. Raises HoldNotThere."""
    released = await tx.execute(
        "update legal_holds set released_at = $2, released_by = $3, release_reason = $4"
        " where id = $1 and released_at is null",
        hold_id, now, by, reason,
    )  # fmt: skip
    if not released:
        raise HoldNotThere
    tx.emit(HoldReleased(hold_id))


async def lapsed_holds(tx: Tx, now: Instant) -> list[int]:
    """Holds whose time is over and that nobody released yet, locked."""
    rows = await tx.fetch(
        "select id from legal_holds where released_at is null and expires_at <= $1 order by id for update skip locked",
        now,
    )
    return [row[0] for row in rows]


async def name_in_notice(tx: Tx, notice_id: int, subject: Subject, ids: Sequence[int]) -> None:
    """Say what a notice was found to name, so that a hold of the notice keeps it; also while one is in force."""
    await tx.execute(
        "insert into notice_subjects (notice_id, subject, subject_id) select $1, $2, unnest($3::bigint[])"
        " on conflict do nothing",
        notice_id, subject.value, list(ids),
    )  # fmt: skip


async def forget_copies(tx: Tx) -> int:
    """Drop copies of rows that no hold in force is about any more; how many."""
    return await tx.execute(
        "delete from held_copies c where not exists (select 1 from accounts_on_hold h where h.account_id = c.account_id)"
        " and not exists (select 1 from legal_holds h where h.released_at is null and h.subject = 'account'"
        "  and h.subject_id = c.account_id)"
        " and not (c.source = 'polls' and exists (select 1 from posts_on_hold p"
        "  where p.post_id = (c.content->>'post_id')::bigint))"
    )
