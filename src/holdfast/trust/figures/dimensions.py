"""What there is most of: languages, apps, servers; and what the software is and takes."""

from __future__ import annotations

import platform
from typing import Final

from ... import __version__
from ...platform.db import Reader
from ...platform.ids import id_at
from ...pure.errors import Invalid
from .model import Period, Share

# Each answers (key, value). $1 and $2: the period as ids; $3: how many; $4: a tag's id or a domain, as text.
_LANGUAGES_SQL = """
select u.locale as key, count(*) from users u where u.account_id in (select account_id from posts where id >= $1 and id < $2)
and $4::text is null group by 1 order by 2 desc, 1 limit $3
"""
_SOURCES_SQL = """
select coalesce(apps.name, 'browser') as key, count(*) from users u left join apps on apps.id = u.created_by_app_id
where u.account_id >= $1 and u.account_id < $2 and $4::text is null group by 1 order by 2 desc, 1 limit $3
"""
_SERVERS_SQL = """
select coalesce(a.domain, '') as key, count(*) from posts p join accounts a on a.id = p.account_id
where p.id >= $1 and p.id < $2 and $4::text is null group by 1 order by 2 desc, 1 limit $3
"""
_TAG_SERVERS_SQL = """
select coalesce(a.domain, '') as key, count(*) from post_tags t join posts p on p.id = t.post_id
join accounts a on a.id = p.account_id
where t.tag_id = $4::text::bigint and t.post_id >= $1 and t.post_id < $2 and p.state = 0
group by 1 order by 2 desc, 1 limit $3
"""
_TAG_LANGUAGES_SQL = """
select coalesce(p.language, 'und') as key, count(*) from post_tags t join posts p on p.id = t.post_id
where t.tag_id = $4::text::bigint and t.post_id >= $1 and t.post_id < $2 and p.state = 0
group by 1 order by 2 desc, 1 limit $3
"""
_SERVER_ACCOUNTS_SQL = """
select a.username as key, coalesce(c.followers, 0) from accounts a left join account_counts c on c.account_id = a.id
where a.domain = $4 and a.state in (0, 4) and $1::bigint < $2::bigint order by 2 desc, 1 limit $3
"""
_SERVER_LANGUAGES_SQL = """
select coalesce(p.language, 'und') as key, count(*) from posts p join accounts a on a.id = p.account_id
where a.domain = $4 and p.id >= $1 and p.id < $2 group by 1 order by 2 desc, 1 limit $3
"""
ABOUT_A_TAG: Final = {"tag_servers": _TAG_SERVERS_SQL, "tag_languages": _TAG_LANGUAGES_SQL}
ABOUT_A_SERVER: Final = {
    "instance_accounts": _SERVER_ACCOUNTS_SQL,
    "instance_languages": _SERVER_LANGUAGES_SQL,
}
_SQL = {
    "languages": _LANGUAGES_SQL,
    "sources": _SOURCES_SQL,
    "servers": _SERVERS_SQL,
    **ABOUT_A_TAG,
    **ABOUT_A_SERVER,
}
_ITSELF = ("software_versions", "space_usage")


async def dimension(
    reader: Reader, key: str, span: Period, *, limit: int, subject: str | None, own_domain: str
) -> list[Share]:
    """The kinds of one dimension, the largest first. Raises Invalid."""
    if key == "software_versions":
        return await _versions(reader)
    if key == "space_usage":
        size = await reader.fetchval("select pg_database_size(current_database())")
        return [Share("postgresql", "PostgreSQL", str(size), "bytes")]
    if key not in _SQL:
        raise Invalid(f"keys: {key[:40]!r} is none of {', '.join(sorted((*_SQL, *_ITSELF)))}")
    about = (
        subject or ("-1" if key in ABOUT_A_TAG else "") if key in {**ABOUT_A_TAG, **ABOUT_A_SERVER} else None
    )
    rows = await reader.fetch(_SQL[key], id_at(span.begins), id_at(span.ends), limit, about)
    # An account without a domain is of this server.
    return [Share(row[0] or own_domain, row[0] or own_domain, str(row[1])) for row in rows]


async def _versions(reader: Reader) -> list[Share]:
    postgres = str(await reader.fetchval("select current_setting('server_version')")).split()[0]
    return [
        Share("holdfast", "Holdfast", __version__),
        Share("postgresql", "PostgreSQL", postgres),
        Share("python", "Python", platform.python_version()),
    ]
