"""Reads of posts as rows. What a viewer may see is asked of `PostReader` in reader.py."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row, Tx
from ..cards import CardView
from ..drafts import QuotePolicy, Visibility
from ..media import MediaView, views_of
from ..quotes import QuoteView
from .model import NO_MARKS, Marks, MentionView, PollView, PostState, PostView

# The one statement that loads posts, shared by every surface, so that PostgreSQL plans it once (ADR 0008).
LOAD_SQL = """
select p.id, p.account_id, p.thread_id, p.in_reply_to_id, p.in_reply_to_account_id, p.boost_of_id, p.visibility,
       p.state, p.sensitive, p.text, p.spoiler, p.language, p.created_at, p.edited_at, p.imported,
       p.quote_policy, p.labels, p.limited_reach, p.closed_replies, c.replies, c.boosts, c.favourites, c.quotes, apps.name as app_name, apps.website as app_website,
       (select jsonb_agg(jsonb_build_array(m.account_id, a.username, a.domain, m.silent) order by m.account_id)
          from mentions m join accounts a on a.id = m.account_id where m.post_id = p.id)::text as mentions,
       (select jsonb_agg(jsonb_build_array(t.name, t.display) order by t.name)
          from post_tags pt join tags t on t.id = pt.tag_id where pt.post_id = p.id)::text as tags,
       (select jsonb_build_object('id', id, 'options', options, 'multiple', multiple, 'hide_totals', hide_totals,
               'expires_at', expires_at, 'tally', tally, 'voters', voters)
          from polls where post_id = p.id)::text as poll,
       (select jsonb_build_object('quoted_id', quoted_id, 'state', state) from quotes where post_id = p.id)::text as quote,
       (select to_jsonb(pc) from post_cards l join preview_cards pc on pc.id = l.card_id
          where l.post_id = p.id and pc.state = 1)::text as card,
       (select jsonb_agg(jsonb_build_array(m.id, m.kind, m.state, m.description, m.focus, m.meta, m.blurhash,
            (select name from media_files f where f.media_id = m.id and f.role = 0),
            (select name from media_files f where f.media_id = m.id and f.role = 1)) order by m.position)
          from media m where m.post_id = p.id and m.position is not null)::text as media,
       case when p.state <> 0 then
         (select v.reason from post_verdicts v where v.post_id = p.id order by v.id desc limit 1) end as hold_reason
from posts p left join post_counts c on c.post_id = p.id left join apps on apps.id = p.app_id
where p.id = any($1::bigint[])
"""
# For a list of one PostgreSQL would plan anew each time, which takes longer than reading the post.
LOAD_ONE_SQL = LOAD_SQL.replace("any($1::bigint[])", "$1")
KEEP_ONE_SQL = LOAD_ONE_SQL + "for key share of p"

_mentions = msgspec.json.Decoder(list[MentionView])
_tags = msgspec.json.Decoder(list[tuple[str, str]])
_poll = msgspec.json.Decoder(PollView)
_card = msgspec.json.Decoder(CardView)
_quote = msgspec.json.Decoder(QuoteView)


async def load_posts(reader: Reader, ids: list[int]) -> dict[int, PostView]:
    """Posts by id, whoever looks. For use cases and the reader's cache; surfaces go through `PostReader`."""
    rows = await (reader.fetch(LOAD_ONE_SQL, ids[0]) if len(ids) == 1 else reader.fetch(LOAD_SQL, ids))
    return {row["id"]: _view(row) for row in rows}


async def load_and_keep(tx: Tx, post_id: int) -> PostView | None:
    """A post, whoever looks, and hold off its deletion until this transaction ends: for what writes rows about it, for
    which the deletion would wait, and they for it."""
    row = await tx.fetchrow(KEEP_ONE_SQL, post_id)
    return None if row is None else _view(row)


def _view(row: Row) -> PostView:
    values = dict(row)
    values["visibility"] = Visibility(row["visibility"])
    values["state"] = PostState(row["state"])
    for counter in ("replies", "boosts", "favourites", "quotes"):
        values[counter] = row[counter] or 0
    values["mentions"] = _mentions.decode(row["mentions"]) if row["mentions"] else []
    values["tags"] = _tags.decode(row["tags"]) if row["tags"] else []
    values["poll"] = _poll.decode(row["poll"]) if row["poll"] else None
    values["media"] = views_of(row["media"]) if row["media"] else []
    values["quote_policy"] = QuotePolicy(row["quote_policy"])
    values["quote"] = _quote.decode(row["quote"]) if row["quote"] else None
    values["card"] = _card.decode(row["card"]) if row["card"] else None
    values["labels"] = list(row["labels"])
    values["imported"] = msgspec.json.decode(row["imported"]) if row["imported"] else None
    return PostView(**values)


MARKS_SQL = """
select 1 as what, post_id, null::smallint[] as votes from favourites where account_id = $1 and post_id = any($2::bigint[])
union all select 2, boost_of_id, null from posts where account_id = $1 and boost_of_id = any($2::bigint[])
union all select 3, post_id, null from bookmarks where account_id = $1 and post_id = any($2::bigint[])
union all select 4, post_id, null from pins where account_id = $1 and post_id = any($2::bigint[])
union all select 5, thread_id, null from thread_mutes where account_id = $1 and thread_id = any($3::bigint[])
union all select 6, polls.post_id, v.choices from poll_votes v join polls on polls.id = v.poll_id
  where v.account_id = $1 and polls.post_id = any($2::bigint[])
"""


async def load_marks(reader: Reader, viewer_id: int, posts: list[PostView]) -> dict[int, Marks]:
    """What the viewer did with each of these posts."""
    ids = [post.id for post in posts]
    rows = await reader.fetch(MARKS_SQL, viewer_id, ids, [post.thread_id for post in posts])
    flags: dict[int, set[int]] = {what: set() for what in range(1, 6)}
    votes: dict[int, tuple[int, ...]] = {}
    for what, ident, choices in rows:
        if what == 6:
            votes[ident] = tuple(choices)
        else:
            flags[what].add(ident)
    found = {
        post.id: Marks(
            post.id in flags[1],
            post.id in flags[2],
            post.id in flags[3],
            post.id in flags[4],
            post.thread_id in flags[5],
            votes.get(post.id),
        )
        for post in posts
    }
    # One object for the many that the viewer left alone: that is how rendering knows them.
    return {ident: NO_MARKS if marks == NO_MARKS else marks for ident, marks in found.items()}


_MARKS_OF_MANY_SQL = """
select 1 as what, account_id, post_id, null::smallint[] as votes from favourites
  where post_id = any($2::bigint[]) and account_id = any($1::bigint[])
union all select 2, account_id, boost_of_id, null from posts
  where boost_of_id = any($2::bigint[]) and account_id = any($1::bigint[])
union all select 3, account_id, post_id, null from bookmarks
  where post_id = any($2::bigint[]) and account_id = any($1::bigint[])
union all select 4, account_id, post_id, null from pins
  where post_id = any($2::bigint[]) and account_id = any($1::bigint[])
union all select 5, account_id, thread_id, null from thread_mutes
  where thread_id = any($3::bigint[]) and account_id = any($1::bigint[])
union all select 6, v.account_id, polls.post_id, v.choices from poll_votes v join polls on polls.id = v.poll_id
  where polls.post_id = any($2::bigint[]) and v.account_id = any($1::bigint[])
"""


async def load_marks_of_many(
    reader: Reader, viewer_ids: list[int], posts: list[PostView]
) -> dict[int, dict[int, Marks]]:
    """What each of many viewers did with these posts; viewers and posts without any mark are left out."""
    rows = await reader.fetch(
        _MARKS_OF_MANY_SQL, viewer_ids, [post.id for post in posts], [post.thread_id for post in posts]
    )
    flags: dict[int, set[tuple[int, int]]] = {}
    votes: dict[tuple[int, int], tuple[int, ...]] = {}
    for what, account_id, ident, choices in rows:
        flags.setdefault(account_id, set()).add((what, ident))
        if choices is not None:
            votes[account_id, ident] = tuple(choices)
    return {
        account_id: {
            post.id: Marks(
                (1, post.id) in held,
                (2, post.id) in held,
                (3, post.id) in held,
                (4, post.id) in held,
                (5, post.thread_id) in held,
                votes.get((account_id, post.id)),
            )
            for post in posts
        }
        for account_id, held in flags.items()
    }


async def ancestors(reader: Reader, post_id: int, *, most: int) -> list[int]:
    """Ids of what a post replies to, the first post of the thread first."""
    rows = await reader.fetch(
        "with recursive up (id, parent, n) as ("
        " select id, in_reply_to_id, 0 from posts where id = $1"
        " union all select p.id, p.in_reply_to_id, n + 1 from up join posts p on p.id = up.parent where n < $2)"
        " select id from up where n > 0 order by n desc",
        post_id, most,
    )  # fmt: skip
    return [row[0] for row in rows]


async def descendants(reader: Reader, post_id: int, *, most: int, depth: int) -> list[int]:
    """Ids of the replies to a post and their replies, each reply right after what it replies to."""
    rows = await reader.fetch(
        "with recursive down (id, path) as ("
        " select id, array[id] from posts where in_reply_to_id = $1"
        " union all select p.id, down.path || p.id from down join posts p on p.in_reply_to_id = down.id"
        "  where cardinality(down.path) < $3)"
        " select id from down order by path limit $2",
        post_id, most, depth,
    )  # fmt: skip
    return [row[0] for row in rows]


class VersionMedia(msgspec.Struct, frozen=True, array_like=True):
    """An upload as one version of its post had it."""

    id: int
    description: str
    focus: tuple[float, float] | None


_version_media = msgspec.json.Decoder(list[VersionMedia])


class Version(msgspec.Struct, frozen=True):
    """One version of a post, as its history shows it."""

    text: str
    spoiler: str
    sensitive: bool
    poll_options: list[str] | None
    created_at: Instant
    media: list[VersionMedia] = []

    def media_as_it_was(self, found: Mapping[int, MediaView]) -> list[MediaView]:
        """Its uploads with what it said of them, without those that are gone. `found`: by id, as they are now."""
        return [
            msgspec.structs.replace(found[one.id], description=one.description, focus=one.focus)
            for one in self.media
            if one.id in found
        ]


async def versions(reader: Reader, post_id: int) -> list[Version]:
    """Every version that was shown, oldest first; empty for a post that was never edited."""
    rows = await reader.fetch(
        "select text, spoiler, sensitive, poll_options, created_at, media::text as media from post_edits"
        " where post_id = $1 order by version",
        post_id,
    )
    return [
        Version(**{**dict(row), "media": _version_media.decode(row["media"]) if row["media"] else []})
        for row in rows
    ]


async def post_of_key(reader: Reader, account_id: int, key: str, since: Instant) -> int | None:
    """The post that an Idempotency-Key made, if any since that instant."""
    found: int | None = await reader.fetchval(
        "select post_id from idempotency_keys where account_id = $1 and key = $2 and created_at > $3",
        account_id, key, since,
    )  # fmt: skip
    return found


class HeldPost(msgspec.Struct, frozen=True):
    """A post that waits for a person, with what screening said of its last version."""

    id: int
    username: str
    text: str
    spoiler: str
    created_at: Instant
    lane: str | None
    rules: list[str]


async def held_posts(reader: Reader, *, limit: int) -> list[HeldPost]:
    """Posts that are held: most urgent lane first, then the one that waited longest."""
    rows = await reader.fetch(
        "select p.id, a.username, p.text, p.spoiler, p.created_at, v.lane, coalesce(v.rules, '{}') as rules"
        " from posts p join accounts a on a.id = p.account_id"
        " left join lateral (select lane, rules from post_verdicts where post_id = p.id order by id desc limit 1) v"
        "  on true where p.state = 1 order by v.lane nulls last, p.id limit $1",
        limit,
    )
    return [HeldPost(**dict(row)) for row in rows]
