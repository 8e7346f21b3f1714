"""Numbers per day, counted from the tables when they are asked for."""

from __future__ import annotations

from typing import Final

from ...platform.db import Reader
from ...platform.ids import id_at
from ...pure.errors import Invalid
from .model import Measure, Period

# Each answers (day, value) with day null for the whole period. $1 and $2: the period, its end not included; $3 and
# $4: the same as ids, which are made of time; $5: a tag's id or a domain, as text.
_ACTIVE_SQL = """
select day, count(distinct account_id) from (
  select account_id, (created_at at time zone 'UTC')::date as day from posts where id >= $3 and id < $4
  union all select account_id, (to_timestamp((id >> 21) / 1000.0) at time zone 'UTC')::date from favourites
    where id >= $3 and id < $4
  union all select account_id, (last_used_at at time zone 'UTC')::date from sessions
    where last_used_at >= $1 and last_used_at < $2
  union all select account_id, last_used_on from access_tokens
    where account_id is not null and last_used_on >= ($1 at time zone 'UTC')::date
      and last_used_on < ($2 at time zone 'UTC')::date) seen
join users using (account_id) where $5::text is null group by grouping sets ((day), ())
"""
_NEW_SQL = """
select (created_at at time zone 'UTC')::date as day, count(*) from users
where created_at >= $1 and created_at < $2 and $3::bigint < $4::bigint and $5::text is null
group by grouping sets ((1), ())
"""
_INTERACTIONS_SQL = """
select day, count(*) from (
  select (to_timestamp((f.id >> 21) / 1000.0) at time zone 'UTC')::date as day from favourites f
    join posts p on p.id = f.post_id join accounts a on a.id = p.account_id
    where f.id >= $3 and f.id < $4 and a.domain is null
  union all select (b.created_at at time zone 'UTC')::date from posts b
    join posts p on p.id = coalesce(b.boost_of_id, b.in_reply_to_id) join accounts a on a.id = p.account_id
    where b.id >= $3 and b.id < $4 and a.domain is null and b.account_id <> p.account_id) done
where $1::timestamptz < $2::timestamptz and $5::text is null group by grouping sets ((day), ())
"""
_OPENED_SQL = """
select (created_at at time zone 'UTC')::date as day, count(*) from reports
where created_at >= $1 and created_at < $2 and $3::bigint < $4::bigint and $5::text is null
group by grouping sets ((1), ())
"""
_RESOLVED_SQL = """
select (resolved_at at time zone 'UTC')::date as day, count(*) from reports
where resolved_at >= $1 and resolved_at < $2 and $3::bigint < $4::bigint and $5::text is null
group by grouping sets ((1), ())
"""
_TAG_USES_SQL = """
select (p.created_at at time zone 'UTC')::date as day, count(*) from post_tags t join posts p on p.id = t.post_id
where t.tag_id = $5::text::bigint and t.post_id >= $3 and t.post_id < $4 and p.state = 0
  and $1::timestamptz < $2::timestamptz
group by grouping sets ((1), ())
"""
_TAG_ACCOUNTS_SQL = _TAG_USES_SQL.replace("count(*)", "count(distinct p.account_id)")
_TAG_SERVERS_SQL = """
select (p.created_at at time zone 'UTC')::date as day, count(distinct coalesce(a.domain, ''))
from post_tags t join posts p on p.id = t.post_id join accounts a on a.id = p.account_id
where t.tag_id = $5::text::bigint and t.post_id >= $3 and t.post_id < $4 and p.state = 0
  and $1::timestamptz < $2::timestamptz
group by grouping sets ((1), ())
"""
_SERVER_ACCOUNTS_SQL = """
select (created_at at time zone 'UTC')::date as day, count(*) from accounts
where domain = $5 and created_at >= $1 and created_at < $2 and $3::bigint < $4::bigint
group by grouping sets ((1), ())
"""
_SERVER_POSTS_SQL = """
select (p.created_at at time zone 'UTC')::date as day, count(*) from posts p join accounts a on a.id = p.account_id
where a.domain = $5 and p.id >= $3 and p.id < $4 and $1::timestamptz < $2::timestamptz
group by grouping sets ((1), ())
"""
_SERVER_MEDIA_SQL = """
select (m.created_at at time zone 'UTC')::date as day, sum(m.size_bytes)::bigint
from media m join accounts a on a.id = m.account_id
where a.domain = $5 and m.id >= $3 and m.id < $4 and $1::timestamptz < $2::timestamptz
group by grouping sets ((1), ())
"""
_SERVER_REPORTS_SQL = """
select (r.created_at at time zone 'UTC')::date as day, count(*) from reports r join accounts a on a.id = r.target_id
where a.domain = $5 and r.created_at >= $1 and r.created_at < $2 and $3::bigint < $4::bigint
group by grouping sets ((1), ())
"""
_SERVER_FOLLOWS_SQL = """
select (to_timestamp((f.id >> 21) / 1000.0) at time zone 'UTC')::date as day, count(*)
from follows f join accounts a on a.id = f.followed_id
where a.domain = $5 and f.id >= $3 and f.id < $4 and $1::timestamptz < $2::timestamptz
group by grouping sets ((1), ())
"""
_SERVER_FOLLOWERS_SQL = _SERVER_FOLLOWS_SQL.replace("f.followed_id", "f.follower_id")

ABOUT_ALL: Final = {
    "active_users": _ACTIVE_SQL,
    "new_users": _NEW_SQL,
    "interactions": _INTERACTIONS_SQL,
    "opened_reports": _OPENED_SQL,
    "resolved_reports": _RESOLVED_SQL,
}
ABOUT_A_TAG: Final = {
    "tag_accounts": _TAG_ACCOUNTS_SQL,
    "tag_uses": _TAG_USES_SQL,
    "tag_servers": _TAG_SERVERS_SQL,
}
ABOUT_A_SERVER: Final = {
    "instance_accounts": _SERVER_ACCOUNTS_SQL,
    "instance_statuses": _SERVER_POSTS_SQL,
    "instance_media_attachments": _SERVER_MEDIA_SQL,
    "instance_reports": _SERVER_REPORTS_SQL,
    "instance_follows": _SERVER_FOLLOWS_SQL,
    "instance_followers": _SERVER_FOLLOWERS_SQL,
}
IN_BYTES: Final = frozenset({"instance_media_attachments"})
"""Which measures count bytes; the others count things."""
_SQL = {**ABOUT_ALL, **ABOUT_A_TAG, **ABOUT_A_SERVER}


async def measure(reader: Reader, key: str, span: Period, subject: str | None) -> Measure:
    """One of the measures above. `subject`: a tag's id, or a domain, for those that are about one. Raises Invalid."""
    if key not in _SQL:
        raise Invalid(f"keys: {key[:40]!r} is none of {', '.join(sorted(_SQL))}")
    about = None if key in ABOUT_ALL else subject or ("-1" if key in ABOUT_A_TAG else "")
    now, before = await _count(reader, key, span, about), await _count(reader, key, span.before, about)
    by_day = {day: now.get(day, 0) for day in span.days}
    return Measure(key, by_day, now.get(None, 0), before.get(None, 0))


async def _count(reader: Reader, key: str, span: Period, about: str | None) -> dict[object, int]:
    rows = await reader.fetch(_SQL[key], span.begins, span.ends, id_at(span.begins), id_at(span.ends), about)
    # A sum over nothing is null.
    return {row[0]: row[1] or 0 for row in rows}
