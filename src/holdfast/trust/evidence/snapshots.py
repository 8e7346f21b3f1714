"""Content as it was when the bundle was made: posts with every version, what screening said of them, and their files.

Also what its author deleted, where a legal hold keeps it.
"""

from __future__ import annotations

import hashlib

from ...platform.db import Reader
from ...platform.ids import PublicIds
from ...social.media import extension_of
from .documents import facts_of
from .model import JSON, Document, Scope, encoded

_POSTS_SQL = """
select p.id, p.account_id, a.username, a.domain, p.thread_id, p.in_reply_to_id, p.visibility, p.state, p.sensitive, p.text,
       p.spoiler, p.language, p.created_at, p.edited_at,
       (select jsonb_agg(jsonb_build_object('version', e.version, 'text', e.text, 'spoiler', e.spoiler, 'sensitive',
                e.sensitive, 'options', e.poll_options, 'at', e.created_at) order by e.version)
          from post_edits e where e.post_id = p.id)::text as versions,
       (select jsonb_build_object('options', o.options, 'tally', o.tally, 'voters', o.voters, 'expires_at', o.expires_at)
          from polls o where o.post_id = p.id)::text as poll,
       (select jsonb_agg(jsonb_build_object('action', v.action, 'lane', v.lane, 'rules', v.rules, 'scores', v.scores,
                'evidence', v.evidence, 'version', v.version, 'reason', v.reason, 'at', v.at) order by v.id)
          from post_verdicts v where v.post_id = p.id)::text as screening,
       (select jsonb_agg(jsonb_build_object('file', encode(f.hash, 'hex'), 'type', f.content_type, 'uploaded',
                encode(m.source_sha256, 'hex'), 'description', m.description) order by m.id)
          from media m join media_files f on f.media_id = m.id and f.role = 0 where m.post_id = p.id)::text as files
from posts p join accounts a on a.id = p.account_id where p.id = any($1::bigint[]) order by p.id
"""
_VISIBILITIES = ("public", "unlisted", "private", "direct")
_STATES = ("visible", "held", "withdrawn", "deleted, kept by a legal hold")
_FILES_SQL = """
select distinct on (f.hash) f.hash, f.content_type, f.size_bytes, m.created_at
from media m join media_files f on f.media_id = m.id and f.role = 0
where m.post_id = any($1::bigint[]) order by f.hash
"""
_AT_ONCE = 500


async def snapshots_about(reader: Reader, ids: PublicIds, scope: Scope) -> list[Document]:
    """The posts of a scope that are still there, and their files, named by the SHA-256 of their content."""
    found: list[Document] = []
    for begin in range(0, len(scope.posts), _AT_ONCE):
        part = list(scope.posts[begin : begin + _AT_ONCE])
        found += await _posts(reader, ids, part)
        found += await _files(reader, part)
    return sorted({one.path: one for one in found}.values(), key=lambda one: one.path)


async def _posts(reader: Reader, ids: PublicIds, post_ids: list[int]) -> list[Document]:
    found = []
    for row in await reader.fetch(_POSTS_SQL, post_ids):
        facts = facts_of(
            row, ids, public=("id", "account_id", "thread_id", "in_reply_to_id"),
            raw=("versions", "poll", "screening", "files"),
        )  # fmt: skip
        facts["visibility"], facts["state"] = _VISIBILITIES[row["visibility"]], _STATES[row["state"]]
        content = encoded(facts)
        name = row["username"] + (f"@{row['domain']}" if row["domain"] else "")
        found.append(
            Document(
                f"snapshots/{hashlib.sha256(content).hexdigest()}.json", f"Post {facts['id']} by @{name}", JSON, content,
                "post", row["created_at"],
            )
        )  # fmt: skip
    return found


async def _files(reader: Reader, post_ids: list[int]) -> list[Document]:
    return [
        Document(
            f"snapshots/{row['hash'].hex()}{extension_of(row['content_type'])}", "Upload", row["content_type"], b"",
            "upload", row["created_at"], blob=bytes(row["hash"]), size_bytes=row["size_bytes"],
        )
        for row in await reader.fetch(_FILES_SQL, post_ids)
    ]  # fmt: skip
