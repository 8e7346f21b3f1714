"""Reads of figures, directory and contact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ...platform.clock import Instant
from ...platform.db import Reader
from ...platform.ids import id_at
from ..accounts import SHOWN_STATES
from .model import Activity, Usage, weeks

_SHOWN = [state.value for state in SHOWN_STATES]

_USAGE_SQL = """
with seen as (
    select account_id, max(last_seen) as last_seen from (
        select account_id, last_used_on::timestamp at time zone 'UTC' as last_seen from access_tokens
          where last_used_on is not null and account_id is not null
        union all select account_id, last_used_at from sessions) as uses
    group by account_id)
select (select count(*) from accounts where domain is null and state = any($3::smallint[])) as users,
       (select count(*) from seen where last_seen >= $1) as active_month,
       (select count(*) from seen where last_seen >= $2) as active_half_year,
       (select coalesce(sum(c.posts), 0)::bigint from account_counts c join accounts a on a.id = c.account_id
         where a.domain is null) as posts,
       (select count(distinct domain) from accounts where domain is not null) as domains
"""


async def usage(reader: Reader, now: Instant) -> Usage:
    """The figures as they are now; counts whole tables, so ask `InstanceReader`."""
    row = await reader.fetchrow(_USAGE_SQL, now - timedelta(days=30), now - timedelta(days=180), _SHOWN)
    return Usage(**dict(row)) if row else Usage(0, 0, 0, 0, 0)


# Posts that were imported were not written here, and nobody signed in for them.
_ACTIVITY_SQL = """
with written as (
    select date_trunc('week', created_at at time zone 'UTC')::date as week, account_id, count(*) as posts
    from posts where id >= $1 and state = 0 and boost_of_id is null and imported is null group by 1, 2)
select 'posts' as what, week, sum(posts)::bigint as number from written group by week
union all
select 'logins', week, count(distinct account_id) from (
    select week, account_id from written
    union all select date_trunc('week', last_used_on)::date, account_id from access_tokens
      where last_used_on >= $2 and account_id is not null
    union all select date_trunc('week', last_used_at at time zone 'UTC')::date, account_id from sessions
      where last_used_at >= $3) as seen
  group by week
union all
select 'registrations', date_trunc('week', created_at at time zone 'UTC')::date, count(*) from users
  where created_at >= $3 group by 2
"""


async def activity(reader: Reader, now: Instant) -> list[Activity]:
    """The last twelve weeks, this one first; ask `InstanceReader`."""
    mondays = weeks(now)
    oldest = datetime.combine(mondays[-1], datetime.min.time(), UTC)
    rows = await reader.fetch(_ACTIVITY_SQL, id_at(oldest), mondays[-1], oldest)
    found = {(row["what"], row["week"]): row["number"] for row in rows}
    return [
        Activity(week, *(found.get((what, week), 0) for what in ("posts", "logins", "registrations")))
        for week in mondays
    ]


async def peers(reader: Reader) -> list[str]:
    """Names of other servers that accounts known here live on."""
    rows = await reader.fetch("select distinct domain from accounts where domain is not null order by domain")
    return [row[0] for row in rows]


async def first_owner(reader: Reader) -> int | None:
    """The owner who was here first, if any can sign in."""
    found: int | None = await reader.fetchval(
        "select u.account_id from users u join accounts a on a.id = u.account_id"
        " where u.role = 'owner' and a.state = 0 order by u.created_at, u.account_id limit 1"
    )
    return found


async def staff(reader: Reader) -> list[int]:
    """Those who run the place: owners, admins, moderators; of each, who was here first."""
    rows = await reader.fetch(
        "select u.account_id from users u join accounts a on a.id = u.account_id"
        " where u.role <> 'member' and a.state = 0"
        " order by array_position(array['owner', 'admin', 'moderator'], u.role), u.created_at, u.account_id"
    )
    return [row[0] for row in rows]


_DIRECTORY_BY_ACTIVITY_SQL = """
select a.id from accounts a join account_counts c on c.account_id = a.id
where a.discoverable and a.limited_at is null and a.state = any($1::smallint[]) and (a.domain is null or not $2)
  and a.id <> all($3::bigint[]) and c.last_post_on is not null
order by c.last_post_on desc, a.id desc limit $4 offset $5
"""
_DIRECTORY_BY_AGE_SQL = """
select a.id from accounts a
where a.discoverable and a.limited_at is null and a.state = any($1::smallint[]) and (a.domain is null or not $2)
  and a.id <> all($3::bigint[])
order by a.id desc limit $4 offset $5
"""


async def directory(
    reader: Reader, *, newest_first: bool, local: bool, without: list[int], limit: int, offset: int
) -> list[int]:
    """Ids of accounts that agreed to be listed, without those that the staff limited: the newest, or those that posted last; none of `without`."""
    arguments = (_SHOWN, local, without, limit, offset)
    if newest_first:
        rows = await reader.fetch(_DIRECTORY_BY_AGE_SQL, *arguments)
    else:
        rows = await reader.fetch(_DIRECTORY_BY_ACTIVITY_SQL, *arguments)
    return [row[0] for row in rows]
