"""Reads of groups. Whom the member turned away is left out here, so that counts are right; posts are asked of the gate."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader, Row
from ...pure.window import Window
from ..notifications import GroupKey, NotificationKind
from .model import SAMPLE_ACCOUNTS, Figures, Grouping, Head


class Looking(msgspec.Struct, frozen=True):
    """Who looks: the member, the accounts turned away, and the kinds that are for others."""

    account_id: int
    away: list[int]
    not_told: frozenset[NotificationKind]


# $1 member, $2 accounts turned away, $3 kinds or null, $4 kinds left out, $5 one sender or null, $6 with those kept apart
_MINE = """
    join accounts a on a.id = n.from_id and (a.state in (0, 4) or n.kind in ('sign_up', 'report', 'warning', 'outcome'))
    where n.account_id = $1 and not n.dismissed and n.from_id <> all($2::bigint[])
      and ($3::text[] is null or n.kind = any($3)) and n.kind <> all($4::text[])
      and ($5::bigint is null or n.from_id = $5) and (not n.filtered or $6)
"""
# Kinds that are not grouped now ($7) go one by one. Each step looks for the next that belongs to no group seen so far.
_KEY = """
    case when n.group_hour is not null and n.kind = any($7::text[])
         then n.kind || ' ' || n.group_about || ' ' || n.group_hour end as key
"""
_STEP = f"select n.id, {_KEY} from notifications n {_MINE}"
_NEW = """
    (n.group_hour is null or n.kind <> all($7)
     or n.kind || ' ' || n.group_about || ' ' || n.group_hour <> all(walk.passed))
"""
_HEADS = """
select n.id, n.kind, n.from_id, coalesce(p.boost_of_id, n.post_id) as post_id, n.created_at, n.group_about,
       case when walk.key is not null then n.group_hour end as group_hour, n.subject_id
from walk join notifications n on n.id = walk.id left join posts p on p.id = n.post_id
order by walk.step
"""
_DOWN_SQL = f"""
with recursive walk (step, id, key, passed) as (
    (select 1, first.id, first.key, array_remove(array[first.key], null)
     from ({_STEP} and n.id < $8 and n.id > $9 order by n.id desc limit 1) as first)
    union all
    select walk.step + 1, following.id, following.key,
           case when following.key is null then walk.passed else walk.passed || following.key end
    from walk cross join lateral (
        {_STEP} and n.id < walk.id and n.id > $9 and {_NEW} order by n.id desc limit 1) as following
    where walk.step < $10
)
{_HEADS}
"""
_FORWARD_SQL = f"""
with recursive walk (step, id, key, passed) as (
    (select 1, first.id, first.key, array_remove(array[first.key], null)
     from ({_STEP} and n.id < $8 and n.id > $9 order by n.id limit 1) as first)
    union all
    select walk.step + 1, following.id, following.key,
           case when following.key is null then walk.passed else walk.passed || following.key end
    from walk cross join lateral (
        {_STEP} and n.id > walk.id and n.id < $8 and {_NEW} order by n.id limit 1) as following
    where walk.step < $10
)
{_HEADS}
"""
_OF_GROUP = "n.kind = g.kind and n.group_about = g.about and n.group_hour = g.hour and n.id <= $11"
_FIGURES_SQL = f"""
select g.kind, g.about, g.hour, f.count, f.newest_id, f.latest_at, f.oldest_on_page, f.newest_on_page,
       array(select n.from_id from notifications n {_MINE} and {_OF_GROUP} order by n.id desc limit $12) as from_ids
from unnest($7::text[], $8::bigint[], $9::integer[]) as g (kind, about, hour)
cross join lateral (
    select count(*), max(n.id) as newest_id, max(n.created_at) as latest_at,
           min(n.id) filter (where n.id >= $10) as oldest_on_page, max(n.id) filter (where n.id >= $10) as newest_on_page
    from notifications n {_MINE} and {_OF_GROUP}) as f
where f.count > 0
"""
_ACCOUNTS_SQL = f"""
select n.from_id from notifications n {_MINE} and n.kind = $7 and n.group_about = $8 and n.group_hour = $9
order by n.id desc limit $10
"""
_MEMBER_SQL = f"""
select coalesce(p.boost_of_id, n.post_id) as post_id, n.subject_id
from (select n.* from notifications n {_MINE} and n.kind = $7 and n.group_about = $8 and n.group_hour = $9
      order by n.id desc limit 1) as n
left join posts p on p.id = n.post_id
"""


def _conditions(looking: Looking, grouping: Grouping) -> tuple[object, ...]:
    wanted = grouping.wanted
    return (
        looking.account_id, looking.away, None if wanted.kinds is None else sorted(wanted.kinds),
        sorted(wanted.excluded | looking.not_told), wanted.from_id, wanted.shows_filtered,
    )  # fmt: skip


async def heads(reader: Reader, looking: Looking, grouping: Grouping, page: Window, limit: int) -> list[Head]:
    """The heads of up to `limit` groups within the bounds of `page`; oldest first when it reads forward."""
    rows = await reader.fetch(
        _FORWARD_SQL if page.forward else _DOWN_SQL, *_conditions(looking, grouping), sorted(grouping.kinds),
        page.below, page.above, limit,
    )  # fmt: skip
    return [_head(row) for row in rows]


async def figures(
    reader: Reader, looking: Looking, grouping: Grouping, keys: list[GroupKey], bounds: tuple[int, int]
) -> dict[GroupKey, Figures]:
    """What groups hold, of a page that holds the ids from the first to the second bound."""
    if not keys:
        return {}
    rows = await reader.fetch(
        _FIGURES_SQL, *_conditions(looking, grouping), [key.kind.value for key in keys], [key.about for key in keys],
        [key.hour for key in keys], bounds[0], bounds[1], SAMPLE_ACCOUNTS,
    )  # fmt: skip
    return {
        GroupKey(NotificationKind(row["kind"]), row["about"], row["hour"]): Figures(
            row["count"], row["newest_id"], row["latest_at"], row["oldest_on_page"], row["newest_on_page"],
            tuple(row["from_ids"]),
        )
        for row in rows
    }  # fmt: skip


async def about(
    reader: Reader, looking: Looking, grouping: Grouping, key: GroupKey
) -> tuple[int | None, int | None] | None:
    """The post and the subject of a group; None when it holds nothing."""
    row = await reader.fetchrow(
        _MEMBER_SQL, *_conditions(looking, grouping), key.kind.value, key.about, key.hour
    )
    return None if row is None else (row["post_id"], row["subject_id"])


async def senders(
    reader: Reader, looking: Looking, grouping: Grouping, key: GroupKey, most: int
) -> list[int]:
    """Whose notifications make a group, the latest first."""
    rows = await reader.fetch(
        _ACCOUNTS_SQL, *_conditions(looking, grouping), key.kind.value, key.about, key.hour, most
    )
    return list(dict.fromkeys(row[0] for row in rows))


def _head(row: Row) -> Head:
    kind, hour = NotificationKind(row["kind"]), row["group_hour"]
    group = None if hour is None else GroupKey(kind, row["group_about"], hour)
    return Head(row["id"], kind, row["from_id"], row["post_id"], row["created_at"], group, row["subject_id"])
