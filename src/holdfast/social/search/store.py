"""Every statement that writes the search index."""

from __future__ import annotations

from ...platform.db import Row, Tx
from ...pure.entities import Hashtag, Url, find_entities
from ...pure.names import normalise_hashtag
from ..media import MediaKind
from ..posts import Visibility
from .model import Searchable, vector_of

_TEXTS_SQL = """
select p.id, p.account_id, p.text, p.spoiler, p.visibility, p.limited_reach, p.sensitive, p.language,
       p.in_reply_to_id is not null or p.in_reply_to_account_id is not null as reply,
       array_to_string(polls.options, ' ') as options, polls.id is not null as has_poll,
       array(select m.kind from media m where m.post_id = p.id and m.position is not null) as media,
       coalesce((select string_agg(m.description, ' ') from media m
                 where m.post_id = p.id and m.position is not null), '') as described,
       exists (select 1 from quotes q where q.post_id = p.id and q.state = 1)
         or exists (select 1 from post_cards l join preview_cards c on c.id = l.card_id
                    where l.post_id = p.id and c.state = 1) as embeds
from posts p left join polls on polls.post_id = p.id
where p.id = any($1::bigint[]) and p.state = 0 and p.boost_of_id is null
order by p.id for key share of p
"""
# The lock: a post that somebody deletes right now is waited for, and then it is gone.
_INDEX_SQL = """
insert into post_search (post_id, account_id, public, words)
select id, account_id, public, words::tsvector from unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::text[])
  as new (id, account_id, public, words)
on conflict (post_id) do update set public = excluded.public, words = excluded.words
"""

# An animation without sound is told apart only by those who made it.
_KINDS = {
    MediaKind.IMAGE.value: "image", MediaKind.GIFV.value: "video", MediaKind.VIDEO.value: "video",
    MediaKind.AUDIO.value: "audio",
}  # fmt: skip


async def index_posts(tx: Tx, ids: list[int]) -> int:
    """Make these posts findable as they are now, all by one statement; the number that are.

    Boosts have no words of their own. Posts that are held or withdrawn leave the index.
    """
    posts = [_searchable(row) for row in await tx.fetch(_TEXTS_SQL, ids)]
    found = {post.post_id for post in posts}
    gone = [ident for ident in ids if ident not in found]
    if gone:
        await tx.execute("delete from post_search where post_id = any($1::bigint[])", gone)
    if posts:
        await tx.execute(
            _INDEX_SQL,
            [post.post_id for post in posts], [post.account_id for post in posts], [post.public for post in posts],
            [vector_of(post) for post in posts],
        )  # fmt: skip
    return len(posts)


def _searchable(row: Row) -> Searchable:
    entities = find_entities(row["text"])
    kinds = [_KINDS[kind] for kind in row["media"]] + ["embed"] * row["embeds"]
    return Searchable(
        row["id"], row["account_id"], row["text"], row["spoiler"], f"{row['options'] or ''} {row['described']}".strip(),
        public=row["visibility"] == Visibility.PUBLIC and not row["limited_reach"], reply=row["reply"], sensitive=row["sensitive"],
        language=row["language"], has_poll=row["has_poll"], kinds=tuple(kinds),
        has_link=any(isinstance(one, Url) for one in entities),
        hashtags=tuple(normalise_hashtag(one.value) for one in entities if isinstance(one, Hashtag)),
    )  # fmt: skip
