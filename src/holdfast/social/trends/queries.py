"""Reads of trends. What makes one is counted here; `refresh.py` keeps what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from ...platform.clock import Instant
from ...platform.db import Reader
from ...platform.ids import RANDOM_BITS, id_at
from ..cards import shown_cards_by_id
from .model import WINDOW, LinkDay, LinkTrend, Trend, TrendKind, TrendLimits, TrendRules

# What may be spread: public posts of people who want to be found, with nothing that anybody objects to. A post that
# screening flagged is out until the staff approves it (one that was held and is visible was released by a person); one
# that an open report names, until that is closed; one that waits for an urgent decision for whatever reason; and all of
# an account that is reported as a whole. $1: the oldest id.
_SPREADABLE = """
spreadable as (
  select p.id, p.account_id from posts p join accounts a on a.id = p.account_id
  where p.id >= $1 and p.visibility = 0 and p.state = 0 and p.boost_of_id is null and not p.sensitive and p.spoiler = ''
    and not p.limited_reach
    and p.imported is null and a.state = 0 and a.discoverable and a.limited_at is null and a.sensitized_at is null
    and (coalesce((select v.action from post_verdicts v where v.post_id = p.id order by v.id desc limit 1), 'allow') <> 'flag'
         or exists (select 1 from trend_reviews t where t.kind = 1 and t.subject_id = p.id and t.allowed))
    and not exists (select 1 from report_posts rp join reports r on r.id = rp.report_id
                    where rp.post_id = p.id and r.resolved_at is null)
    and (not exists (select 1 from case_members m join cases c on c.id = m.case_id where m.subject_kind = 'post'
                     and m.subject_key = p.id::text and m.track = 'main' and m.open and c.lane <= 'P2')
         or exists (select 1 from trend_reviews t where t.kind = 1 and t.subject_id = p.id and t.allowed))
    and not exists (select 1 from reports r where r.target_id = a.id and r.resolved_at is null
                    and not exists (select 1 from report_posts rp where rp.report_id = r.id)))
"""

# Everybody counts once for a thing, by their last use of it, and the less the longer ago that is.
# $2 now as an id, $3 random bits of ids, $4 half-life in milliseconds, $5 fewest people, $6 most rows
_SCORE = """
select subject_id, sum(power(0.5, (($2 - last) >> $3::int)::float8 / $4::float8)) as score, count(*)::int as accounts
from people group by subject_id having count(*) >= $5 order by score desc, subject_id desc limit $6
"""

_TAGS_SQL = f"""
with {_SPREADABLE}, people as (
  select pt.tag_id as subject_id, s.account_id, max(s.id) as last
  from spreadable s join post_tags pt on pt.post_id = s.id group by 1, 2)
{_SCORE}
"""

# Addresses that lead to the same page are one link, under the oldest of their cards.
_LINKS_SQL = f"""
with {_SPREADABLE}, people as (
  select (select min(same.id) from preview_cards same where same.state = 1 and same.final_url = c.final_url) as subject_id,
         s.account_id, max(s.id) as last
  from spreadable s join post_cards l on l.post_id = s.id join preview_cards c on c.id = l.card_id
  where c.state = 1 group by 1, 2)
{_SCORE}
"""

# Who favourites or boosts counts, except the author; of an author's posts, the best one.
_POSTS_SQL = f"""
with {_SPREADABLE}, acts as (
  select f.post_id, f.account_id, f.id as at from favourites f where f.id >= $1
  union all
  select b.boost_of_id, b.account_id, b.id from posts b where b.id >= $1 and b.boost_of_id is not null and b.state = 0),
people as (
  select s.id as subject_id, s.account_id as author_id, acts.account_id, max(acts.at) as last
  from acts join spreadable s on s.id = acts.post_id
  join accounts a on a.id = acts.account_id and a.state = 0 and a.limited_at is null
  where acts.account_id <> s.account_id group by 1, 2, 3),
scored as (
  select subject_id, author_id, sum(power(0.5, (($2 - last) >> $3::int)::float8 / $4::float8)) as score,
         count(*)::int as accounts
  from people group by 1, 2 having count(*) >= $5)
select subject_id, score, accounts from (
  select subject_id, score, accounts, row_number() over (partition by author_id order by score desc, subject_id desc) as place
  from scored) as best
where place = 1 order by score desc, subject_id desc limit $6
"""
_SCORES = {TrendKind.TAG: _TAGS_SQL, TrendKind.POST: _POSTS_SQL, TrendKind.LINK: _LINKS_SQL}


async def scores(
    reader: Reader, kind: TrendKind, limits: TrendLimits, now: Instant
) -> list[tuple[int, float, int]]:
    """(subject, score, people) of what trends now, the best first. Reads the posts of a week."""
    rows = await reader.fetch(
        _SCORES[kind], id_at(now - WINDOW), id_at(now), RANDOM_BITS, limits.half_life_hours * 3_600_000,
        limits.min_accounts, limits.most,
    )  # fmt: skip
    return [(row["subject_id"], row["score"], row["accounts"]) for row in rows]


_RANKED_SQL = """
select t.subject_id, t.score, t.accounts, r.allowed from trends t
left join trend_reviews r on r.kind = t.kind and r.subject_id = t.subject_id
where t.kind = $1 order by t.score desc, t.subject_id desc
"""


async def ranked(reader: Reader, kind: TrendKind) -> list[Trend]:
    """Everything that trends, the best first, whatever the staff said of it. There are at most `trends_max`."""
    return [Trend(**dict(row)) for row in await reader.fetch(_RANKED_SQL, kind.value)]


_STANDS_SQL = """
select t.subject_id, coalesce(n.score, 0) as score, coalesce(n.accounts, 0) as accounts, r.allowed
from unnest($2::bigint[]) as t (subject_id)
left join trends n on n.kind = $1 and n.subject_id = t.subject_id
left join trend_reviews r on r.kind = $1 and r.subject_id = t.subject_id
"""


async def stands(reader: Reader, kind: TrendKind, subject_ids: list[int]) -> dict[int, Trend]:
    """How each of these stands, whether it trends or not."""
    rows = await reader.fetch(_STANDS_SQL, kind.value, subject_ids)
    return {row["subject_id"]: Trend(**dict(row)) for row in rows}


async def reviewed_out(reader: Reader, tag_ids: Iterable[int], rules: TrendRules) -> set[int]:
    """Those of these hashtags that the public is not told of as trends: rejected, or waiting for the staff."""
    found = await stands(reader, TrendKind.TAG, list(tag_ids))
    return {ident for ident, trend in found.items() if not trend.may_show(rules)}


_EXISTS_SQL = {
    TrendKind.TAG: "select exists (select 1 from tags where id = $1)",
    TrendKind.POST: "select exists (select 1 from posts where id = $1 and visibility = 0 and boost_of_id is null)",
    TrendKind.LINK: "select exists (select 1 from preview_cards where id = $1 and state = 1)",
}


async def can_be_reviewed(reader: Reader, kind: TrendKind, subject_id: int) -> bool:
    """Whether there is such a hashtag, public post or shown link."""
    found: bool = await reader.fetchval(_EXISTS_SQL[kind], subject_id)
    return found


_LINK_DAYS_SQL = f"""
with {_SPREADABLE}
select wanted.id as card_id, (to_timestamp((s.id >> $3::int) / 1000.0) at time zone 'UTC')::date as day, count(*) as uses,
       count(distinct s.account_id) as accounts
from preview_cards wanted join preview_cards c on c.final_url = wanted.final_url and c.state = 1
join post_cards l on l.card_id = c.id join spreadable s on s.id = l.post_id
where wanted.id = any($2::bigint[]) group by 1, 2
"""


async def links_of(reader: Reader, trends: list[Trend], now: Instant) -> list[LinkTrend]:
    """Links with their cards and histories, in that order; those whose card is not shown (any more) are left out."""
    cards = await shown_cards_by_id(reader, [trend.subject_id for trend in trends])
    if not cards:
        return []
    days = [now.date() - timedelta(days=back) for back in range(WINDOW.days)]
    oldest = id_at(datetime.combine(days[-1], time.min, UTC))
    rows = await reader.fetch(_LINK_DAYS_SQL, oldest, list(cards), RANDOM_BITS)
    used = {(row["card_id"], row["day"]): (row["uses"], row["accounts"]) for row in rows}
    return [
        LinkTrend(
            trend,
            cards[trend.subject_id],
            [LinkDay(day, *used.get((trend.subject_id, day), (0, 0))) for day in days],
        )
        for trend in trends
        if trend.subject_id in cards
    ]


async def names_of(reader: Reader, tag_ids: list[int]) -> dict[int, str]:
    """Keys of hashtags."""
    rows = await reader.fetch("select id, name from tags where id = any($1::bigint[])", tag_ids)
    return {row["id"]: row["name"] for row in rows}
