"""Every statement that writes the search index."""

from __future__ import annotations

from ...platform.db import Row, Tx
from ...pure.search_folding import fold_for_search

# PostgreSQL refuses vectors above 1 MiB; folded text of this length stays below, whatever the script.
INDEXED_CHARACTERS_MOST = 100_000

_TEXTS_SQL = """
select p.id, p.account_id, p.text, p.spoiler, array_to_string(polls.options, ' ') as options
from posts p left join polls on polls.post_id = p.id
where p.id = any($1::bigint[]) and p.state = 0 and p.boost_of_id is null
"""
_INDEX_SQL = """
insert into post_search (post_id, account_id, words)
select id, account_id, to_tsvector('simple', words) from unnest($1::bigint[], $2::bigint[], $3::text[])
  as folded (id, account_id, words)
on conflict (post_id) do update set words = excluded.words
"""


async def index_posts(tx: Tx, ids: list[int]) -> int:
    """Make these posts findable as they are now, all by one statement; the number that are.

    Boosts have no words of their own. Posts that are held or withdrawn leave the index.
    """
    rows = await tx.fetch(_TEXTS_SQL, ids)
    found = {row["id"] for row in rows}
    gone = [ident for ident in ids if ident not in found]
    if gone:
        await tx.execute("delete from post_search where post_id = any($1::bigint[])", gone)
    if rows:
        await tx.execute(
            _INDEX_SQL,
            [row["id"] for row in rows], [row["account_id"] for row in rows], [_words(row) for row in rows],
        )  # fmt: skip
    return len(rows)


def _words(row: Row) -> str:
    parts = (row["spoiler"], row["text"], row["options"] or "")
    return " ".join(fold_for_search(part) for part in parts if part)[:INDEXED_CHARACTERS_MOST]
