"""Report-to-kill: posts are planted by new accounts and reported at once and in numbers, so that whoever hosts the place
is told that nobody keeps order here. It is recognised, made one case, and gets no precedence by its noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx

CAMPAIGN: Final = "report_to_kill"
"""The category of its case."""
POST_AGE: Final = timedelta(hours=1)
ACCOUNT_AGE: Final = timedelta(days=3)
WINDOW: Final = timedelta(hours=24)
NOTICES_LEAST: Final = 10
POSTS_LEAST: Final = 5
AUTHORS_LEAST: Final = 3
_READ_MOST: Final = 200

_FRESH_SQL = """
select r.id as report_id, p.id as post_id, p.account_id as author_id
from reports r join report_posts n on n.report_id = r.id join posts p on p.id = n.post_id
join accounts a on a.id = p.account_id
where r.id = $1 and r.created_at - p.created_at < $2 and p.created_at - a.created_at < $3
"""
# Cases that nobody but campaigners speaks for, and that nobody is at work on.
_FOLDABLE_SQL = """
select distinct m.case_id from fresh_notices f
join case_members m on m.subject_kind = 'post' and m.subject_key = f.post_id::text and m.track = 'main' and m.open
join cases c on c.id = m.case_id
where f.at > $1 and c.source in ('report', 'anonymous', 'peer') and (c.lease_until is null or c.lease_until < $2)
  and c.lane >= 'P2' and not exists (select 1 from case_signals s left join fresh_notices o on o.report_id = s.report_id
                  where s.case_id = c.id and o.report_id is null)
order by 1 limit 200
"""


class FreshNotice(msgspec.Struct, frozen=True):
    """A report of a post that was new, by an account that was new."""

    report_id: int
    post_id: int
    author_id: int


class Campaign(msgspec.Struct, frozen=True):
    """What was recognised. case_id: the case that it has, None while it has none. `folds`: cases that are part of it."""

    case_id: int | None
    folds: tuple[int, ...] = ()


def is_campaign(notices: Sequence[FreshNotice]) -> bool:
    """Whether these of one day are a campaign: many reports, of several posts, by several new authors."""
    return (
        len({one.report_id for one in notices}) >= NOTICES_LEAST
        and len({one.post_id for one in notices}) >= POSTS_LEAST
        and len({one.author_id for one in notices}) >= AUTHORS_LEAST
    )


async def note_fresh(tx: Tx, report_id: int, now: Instant) -> Campaign | None:
    """Whether a report that came now is part of a campaign; None for the usual ones, which cost one look-up."""
    fresh = await tx.fetch(_FRESH_SQL, report_id, POST_AGE, ACCOUNT_AGE)
    if not fresh:
        return None
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('report campaigns', 0))")
    await tx.execute(
        "insert into fresh_notices (report_id, post_id, author_id, at) select $1, post_id, author_id, $4"
        " from unnest($2::bigint[], $3::bigint[]) as new (post_id, author_id) on conflict do nothing",
        report_id, [row["post_id"] for row in fresh], [row["author_id"] for row in fresh], now,
    )  # fmt: skip
    if not is_campaign(await _recent(tx, now)):
        return None
    case_id = await _running(tx, now)
    folds: tuple[int, ...] = ()
    if case_id is None:
        folds = tuple(row[0] for row in await tx.fetch(_FOLDABLE_SQL, now - WINDOW, now))
    return Campaign(case_id, folds)


async def keep_campaign(tx: Tx, case_id: int, now: Instant) -> None:
    """It goes on, in this case."""
    await tx.execute(
        "insert into report_campaigns (case_id, seen_at, last_at) values ($1, $2, $2)"
        " on conflict (case_id) do update set last_at = excluded.last_at",
        case_id, now,
    )  # fmt: skip


async def _recent(reader: Reader, now: Instant) -> list[FreshNotice]:
    rows = await reader.fetch(
        "select report_id, post_id, author_id from fresh_notices where at > $1 order by at desc limit $2",
        now - WINDOW, _READ_MOST,
    )  # fmt: skip
    return [FreshNotice(**dict(row)) for row in rows]


async def _running(reader: Reader, now: Instant) -> int | None:
    found: int | None = await reader.fetchval(
        "select g.case_id from report_campaigns g join cases c on c.id = g.case_id"
        " where c.closed_at is null and g.last_at > $1 order by g.case_id desc limit 1",
        now - WINDOW,
    )
    return found
