"""Ids of timelines. Each statement looks at a bounded number of index entries per account followed (ADR 0008)."""

from __future__ import annotations

import msgspec

from ...platform.db import Reader
from ...pure.window import Window
from ..cards import shown_cards
from .model import Feed, ProfileFeed

# The mention is asked for post by post: `exists` would let PostgreSQL collect all mentions of the viewer first.
# $1 viewer, $2 authors (at home the viewer too), $3 those of them whose boosts are wanted, $4 below, $5 above, $6 limit,
# $7 accounts whose posts may be answered
_HOME_CONDITION = """
      p.state = 0
      and (p.visibility < 3 or p.account_id = $1
           or (select true from mentions m where m.post_id = p.id and m.account_id = $1))
      and (p.boost_of_id is null or p.account_id = any($3::bigint[]))
      and (p.in_reply_to_account_id is null or p.in_reply_to_account_id = p.account_id
           or p.in_reply_to_account_id = any($7::bigint[]))
"""

# One probe per author finds the authors whose latest post is newest. Nothing at or above the latest post of the last of
# them can be missing: that is the frontier, null when no author was left out, and only posts down to it are read.
HOME_SQL = (
    """
with candidates as materialized (
    select a.id, latest.id as latest_id from unnest($2::bigint[]) as a (id)
    cross join lateral (
        select id from posts p where p.account_id = a.id and p.id < $4 and p.id > $5 order by p.id desc limit 1) latest
    order by latest.id desc limit $6),
frontier as materialized (select case when count(*) = $6 then min(latest_id) end as id from candidates)
select null::bigint as id, id as frontier from frontier
union all
(select post.id, null from candidates c cross join lateral (
    select p.id from posts p where p.account_id = c.id and p.id < $4 and p.id > $5
      and p.id >= coalesce((select id from frontier), 0) and """
    + _HOME_CONDITION
    + """
    order by p.id desc limit $6) post
order by post.id desc limit $6)
"""
)

HOME_FORWARD_SQL = (
    """
select post.id from unnest($2::bigint[]) as a (id) cross join lateral (
    select p.id from posts p where p.account_id = a.id and p.id < $4 and p.id > $5 and """
    + _HOME_CONDITION
    + """
    order by p.id limit $6) post
order by post.id limit $6
"""
)


class Ids(msgspec.Struct, frozen=True):
    """Candidate ids in the order of the window (newest first, or oldest first when it goes forward).

    `scanned_to`: everything down to this id was looked at; None when the timeline ends here.
    """

    ids: list[int]
    scanned_to: int | None


class Sources(msgspec.Struct, frozen=True):
    """Whose posts a home or list timeline holds, whose boosts, and whose posts may be answered in it."""

    authors: list[int]
    boosters: list[int]
    answered: list[int]


async def home_ids(reader: Reader, viewer_id: int, sources: Sources, window: Window) -> Ids:
    """One round of the home timeline or a list; with a frontier, fewer than `limit` ids do not mean the end."""
    arguments = (
        viewer_id, sources.authors, sources.boosters, window.below, window.above, window.limit, sources.answered,
    )  # fmt: skip
    if window.forward:
        ids = [row[0] for row in await reader.fetch(HOME_FORWARD_SQL, *arguments)]
        return Ids(ids, ids[-1] if len(ids) == window.limit else None)
    rows = await reader.fetch(HOME_SQL, *arguments)
    frontier = next((row["frontier"] for row in rows if row["id"] is None), None)
    ids = [row["id"] for row in rows if row["id"] is not None]
    if len(ids) == window.limit:
        return Ids(ids, ids[-1])
    return Ids(ids, frontier)


# $1 hashtags, $2 below, $3 above, $4 limit. As many of each hashtag's newest posts as could fill the page are looked at.
FOLLOWED_TAGS_SQL = """
select t.id as tag_id, latest.post_id as id,
       p.visibility = 0 and p.state = 0 and not p.limited_reach and a.state in (0, 4) and a.limited_at is null as open
from unnest($1::bigint[]) as t (id)
cross join lateral (select post_id from post_tags
  where tag_id = t.id and post_id < $2 and post_id > $3 order by post_id desc limit $4) latest
join posts p on p.id = latest.post_id join accounts a on a.id = p.account_id
"""
FOLLOWED_TAGS_FORWARD_SQL = FOLLOWED_TAGS_SQL.replace("order by post_id desc", "order by post_id")


async def followed_tag_ids(reader: Reader, tags: tuple[int, ...], window: Window) -> Ids:
    """One round of what followed hashtags bring home."""
    rows = await reader.fetch(
        FOLLOWED_TAGS_FORWARD_SQL if window.forward else FOLLOWED_TAGS_SQL,
        tags, window.below, window.above, window.limit,
    )  # fmt: skip
    of_tag: dict[int, list[int]] = {}
    for row in rows:
        of_tag.setdefault(row["tag_id"], []).append(row["id"])
    nearest = max if window.forward else min
    ends = [nearest(ids) for ids in of_tag.values() if len(ids) == window.limit]
    return _up_to_nearest({row["id"] for row in rows if row["open"]}, ends, window)


def merged(one: Ids, other: Ids, window: Window) -> Ids:
    """Both rounds as one: it ends where the first of them does, since beyond that the other says nothing."""
    ends = [part.scanned_to for part in (one, other) if part.scanned_to is not None]
    return _up_to_nearest({*one.ids, *other.ids}, ends, window)


def _up_to_nearest(ids: set[int], ends: list[int], window: Window) -> Ids:
    if not ends:
        return Ids(sorted(ids, reverse=not window.forward), None)
    end = min(ends) if window.forward else max(ends)
    near = [ident for ident in ids if (ident <= end if window.forward else ident >= end)]
    return Ids(sorted(near, reverse=not window.forward), end)


# $1 only local, $2 only remote, $3 below, $4 above, $5 limit, $6 forward
PUBLIC_SQL = """
select p.id from posts p join accounts a on a.id = p.account_id
where p.visibility = 0 and p.state = 0 and not p.limited_reach and p.boost_of_id is null and p.id < $3 and p.id > $4
  and (p.in_reply_to_account_id is null or p.in_reply_to_account_id = p.account_id)
  and a.state in (0, 4) and a.limited_at is null and (not $1::boolean or a.domain is null) and (not $2::boolean or a.domain is not null)
order by p.id desc limit $5
"""
PUBLIC_FORWARD_SQL = PUBLIC_SQL.replace("order by p.id desc", "order by p.id")
# By the uploads, so that a community with few of them is not read from end to end.
PUBLIC_MEDIA_SQL = """
select m.post_id from media m join posts p on p.id = m.post_id join accounts a on a.id = p.account_id
where m.position = 1 and m.post_id < $3 and m.post_id > $4
  and p.visibility = 0 and p.state = 0 and not p.limited_reach
  and (p.in_reply_to_account_id is null or p.in_reply_to_account_id = p.account_id)
  and a.state in (0, 4) and a.limited_at is null and (not $1::boolean or a.domain is null) and (not $2::boolean or a.domain is not null)
order by m.post_id desc limit $5
"""
PUBLIC_MEDIA_FORWARD_SQL = PUBLIC_MEDIA_SQL.replace("order by m.post_id desc", "order by m.post_id")


async def public_ids(reader: Reader, feed: Feed, window: Window) -> Ids:
    """One round of the public timeline."""
    if feed.only_media:
        sql = PUBLIC_MEDIA_FORWARD_SQL if window.forward else PUBLIC_MEDIA_SQL
    else:
        sql = PUBLIC_FORWARD_SQL if window.forward else PUBLIC_SQL
    rows = await reader.fetch(sql, feed.local, feed.remote, window.below, window.above, window.limit)
    return _round([row[0] for row in rows], window)


# $1 any of these tags, $2 all of these, $3 none of these, $4 local, $5 remote, $6 below, $7 above, $8 limit,
# $9 only with uploads
TAG_SQL = """
select p.id from posts p join accounts a on a.id = p.account_id
where p.id in (select post_id from post_tags where tag_id = any($1::bigint[]) and post_id < $6 and post_id > $7)
  and p.visibility = 0 and p.state = 0 and not p.limited_reach and p.boost_of_id is null
  and a.state in (0, 4) and a.limited_at is null
  and (not $4::boolean or a.domain is null) and (not $5::boolean or a.domain is not null)
  and (select count(*) from post_tags t where t.post_id = p.id and t.tag_id = any($2::bigint[])) = cardinality($2)
  and not exists (select 1 from post_tags t where t.post_id = p.id and t.tag_id = any($3::bigint[]))
  and (not $9::boolean or exists (select 1 from media m where m.post_id = p.id and m.position is not null))
order by p.id desc limit $8
"""
TAG_FORWARD_SQL = TAG_SQL.replace("order by p.id desc", "order by p.id")


async def tag_ids(reader: Reader, names: tuple[str, ...]) -> dict[str, int]:
    """Ids of hashtags by folded name."""
    # PostgreSQL's text cannot hold NUL: no tag has it.
    wanted = [name for name in names if "\0" not in name]
    rows = await reader.fetch("select name, id from tags where name = any($1::text[])", wanted)
    return {row["name"]: row["id"] for row in rows}


async def tagged_ids(reader: Reader, feed: Feed, window: Window) -> Ids:
    """One round of a hashtag timeline; a tag that nobody used has no posts, and one of `all` empties it."""
    known = await tag_ids(reader, feed.any_tags + feed.all_tags + feed.no_tags)
    wanted = [known[name] for name in feed.any_tags if name in known]
    needed = [known[name] for name in feed.all_tags if name in known]
    if not wanted or len(needed) < len(set(feed.all_tags)):
        return Ids([], None)
    unwanted = [known[name] for name in feed.no_tags if name in known]
    rows = await reader.fetch(
        TAG_FORWARD_SQL if window.forward else TAG_SQL,
        wanted, sorted(set(needed)), unwanted, feed.local, feed.remote, window.below, window.above, window.limit,
        feed.only_media,
    )  # fmt: skip
    return _round([row[0] for row in rows], window)


# $1 cards, $2 below, $3 above, $4 limit
LINK_SQL = """
select p.id from posts p join accounts a on a.id = p.account_id
where p.id in (select post_id from post_cards where card_id = any($1::bigint[]) and post_id < $2 and post_id > $3)
  and p.visibility = 0 and p.state = 0 and not p.limited_reach and p.boost_of_id is null
  and a.state in (0, 4) and a.limited_at is null and a.discoverable
order by p.id desc limit $4
"""
LINK_FORWARD_SQL = LINK_SQL.replace("order by p.id desc", "order by p.id")


async def linking_ids(reader: Reader, url: str, window: Window) -> Ids:
    """One round of a link's timeline."""
    cards = await shown_cards(reader, url)
    if not cards:
        return Ids([], None)
    sql = LINK_FORWARD_SQL if window.forward else LINK_SQL
    rows = await reader.fetch(sql, cards, window.below, window.above, window.limit)
    return _round([row[0] for row in rows], window)


# $1 author, $2 widest visibility without a mention, $3 viewer, $4 no replies, $5 no boosts, $6 tag or null,
# $7 below, $8 above, $9 limit, $10 the author looks, $11 only with uploads
PROFILE_SQL = """
select p.id from posts p
where p.account_id = $1 and p.id < $7 and p.id > $8 and (p.state = 0 or $10::boolean)
  and (p.visibility <= $2 or exists (select 1 from mentions m where m.post_id = p.id and m.account_id = $3))
  and (not $4::boolean or p.in_reply_to_account_id is null or p.in_reply_to_account_id = p.account_id)
  and (not $5::boolean or p.boost_of_id is null)
  and (not $12::boolean or p.visibility <> 3)
  and ($6::bigint is null or exists (select 1 from post_tags t where t.post_id = p.id and t.tag_id = $6))
  and (not $11::boolean or exists (select 1 from media m where m.post_id = p.id and m.position is not null))
order by p.id desc limit $9
"""
PROFILE_FORWARD_SQL = PROFILE_SQL.replace("order by p.id desc", "order by p.id")
PINNED_SQL = "select post_id from pins where account_id = $1 order by id desc"


async def profile_ids(
    reader: Reader, feed: ProfileFeed, window: Window, *, viewer_id: int | None, widest: int
) -> Ids:
    """One round of an account's posts; `widest` is the widest visibility the viewer has without being mentioned."""
    if feed.pinned:
        return Ids([row[0] for row in await reader.fetch(PINNED_SQL, feed.account_id)], None)
    tag_id = (await tag_ids(reader, (feed.tagged,))).get(feed.tagged) if feed.tagged else None
    if feed.tagged and tag_id is None:
        return Ids([], None)
    rows = await reader.fetch(
        PROFILE_FORWARD_SQL if window.forward else PROFILE_SQL,
        feed.account_id, widest, viewer_id, feed.exclude_replies, feed.exclude_boosts, tag_id, window.below,
        window.above, window.limit, viewer_id == feed.account_id, feed.only_media, feed.exclude_direct,
    )  # fmt: skip
    return _round([row[0] for row in rows], window)


def _round(ids: list[int], window: Window) -> Ids:
    return Ids(ids, ids[-1] if len(ids) == window.limit else None)
