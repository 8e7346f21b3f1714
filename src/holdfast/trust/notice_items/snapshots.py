"""Reads: content as it is now, in one form for the ledger: what a notice was about can be shown when it is gone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...platform.ids import PublicIds
from ...pure.canonical_json import encode_canonical
from .model import Found, Target

_POSTS_SQL = """
select p.id, p.account_id, a.username, a.domain, a.display_name, p.thread_id, p.in_reply_to_id, p.boost_of_id, p.visibility,
       p.state, p.sensitive, p.text, p.spoiler, p.language, p.created_at, p.edited_at,
       (select jsonb_agg(jsonb_build_object('version', e.version, 'text', e.text, 'spoiler', e.spoiler,
                'at', e.created_at) order by e.version) from post_edits e where e.post_id = p.id)::text as versions,
       (select jsonb_build_object('options', o.options) from polls o where o.post_id = p.id)::text as poll,
       (select jsonb_agg(jsonb_build_object('file_sha256', encode(f.hash, 'hex'), 'type', f.content_type, 'name', f.name,
                'uploaded_sha256', encode(m.source_sha256, 'hex'), 'description', m.description) order by m.id)
          from media m join media_files f on f.media_id = m.id and f.role = 0 where m.post_id = p.id)::text as files
from posts p join accounts a on a.id = p.account_id where p.id = any($1::bigint[])
"""
_ACCOUNTS_SQL = """
select a.id, a.username, a.domain, a.display_name, a.note, a.fields::text as fields, a.state, a.bot, a.created_at, a.avatar,
       a.header, coalesce(c.followers, 0) as followers, coalesce(c.posts, 0) as posts
from accounts a left join account_counts c on c.account_id = a.id where a.id = any($1::bigint[])
"""
_MEDIA_SQL = """
select m.id, m.account_id, a.username, a.domain, m.post_id, m.description, m.created_at, f.name, f.content_type,
       encode(f.hash, 'hex') as file_sha256, encode(m.source_sha256, 'hex') as uploaded_sha256
from media m join accounts a on a.id = m.account_id left join media_files f on f.media_id = m.id and f.role = 0
where m.id = any($1::bigint[])
"""
_VISIBILITIES = ("public", "unlisted", "private", "direct")
_POST_STATES = ("visible", "held", "withdrawn", "deleted, kept by a legal hold")
_ACCOUNT_STATES = ("active", "pending", "suspended", "deleted", "unclaimed", "being deleted")
_STATEMENTS = {Found.POST: _POSTS_SQL, Found.ACCOUNT: _ACCOUNTS_SQL, Found.MEDIA: _MEDIA_SQL}
_IDS = ("id", "account_id", "thread_id", "in_reply_to_id", "boost_of_id", "post_id")
_RAW = ("versions", "poll", "files", "fields")


async def snapshots(
    reader: Reader, ids: PublicIds, targets: Collection[Target]
) -> dict[tuple[Found, int], bytes]:
    """Canonical JSON of each post, account and file, by what it is; one statement for each kind."""
    found: dict[tuple[Found, int], bytes] = {}
    for kind, sql in _STATEMENTS.items():
        wanted = sorted({one.subject_id for one in targets if one.found is kind and one.subject_id})
        for row in await reader.fetch(sql, wanted) if wanted else ():
            found[kind, row["id"]] = encode_canonical(_facts(kind, row, ids))
    return found


def _facts(kind: Found, row: Row, ids: PublicIds) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": kind.value}
    for name, value in dict(row).items():
        if name in _IDS:
            facts[name] = None if value is None else ids.encode(value)
        elif name in _RAW:
            facts[name] = None if value is None else msgspec.json.decode(value)
        elif name == "state":
            facts[name] = (_POST_STATES if kind is Found.POST else _ACCOUNT_STATES)[value]
        elif name == "visibility":
            facts[name] = _VISIBILITIES[value]
        else:
            facts[name] = _written(value)
    return facts


def _written(value: Instant | str | int | bool | None) -> str | int | bool | None:
    return value.isoformat() if isinstance(value, Instant) else value
