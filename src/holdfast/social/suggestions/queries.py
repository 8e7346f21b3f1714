"""Reads: candidates of every source. Nobody is suggested who does not want to be found, or who is known already."""

from __future__ import annotations

from ...platform.db import Reader
from ..accounts import find_handles
from .model import Source, Suggestion, merge

LOOKED_AT_MOST = 200
"""Of the member's follows, and of the follows of each of those, the newest so many are looked at."""
RECENT_FOLLOWS = 10

# $1 the member
_WANTED = """
a.state = 0 and a.discoverable and a.limited_at is null and a.moved_to_id is null and a.id <> $1
and not exists (select 1 from follows where follower_id = $1 and followed_id = a.id)
and not exists (select 1 from follow_requests where follower_id = $1 and followed_id = a.id)
and not exists (select 1 from blocks where (account_id = $1 and target_id = a.id) or (account_id = a.id and target_id = $1))
and not exists (select 1 from mutes where account_id = $1 and target_id = a.id)
and not exists (select 1 from domain_blocks where account_id = $1 and domain = a.domain)
and not exists (select 1 from dismissed_suggestions where account_id = $1 and target_id = a.id)
"""

# Who hides their lists is no reason for anybody. $2 how many each, $3 at most
_FRIENDS_SQL = f"""
select a.id from (
  select theirs.followed_id, count(*) as friends
  from (select f.followed_id from follows f join accounts friend on friend.id = f.followed_id
        where f.follower_id = $1 and not friend.hide_collections and friend.state = 0 order by f.id desc limit $2) mine
  cross join lateral (select followed_id from follows where follower_id = mine.followed_id order by id desc limit $2) theirs
  group by 1) known join accounts a on a.id = known.followed_id
where {_WANTED} order by known.friends desc, a.id desc limit $3
"""

# $4 how many of the last follows
_SIMILAR_SQL = f"""
select a.id from (
  select theirs.followed_id, count(*) as shared
  from (select followed_id from follows where follower_id = $1 order by id desc limit $4) mine
  cross join lateral (
    select f.follower_id from follows f join accounts reader on reader.id = f.follower_id
    where f.followed_id = mine.followed_id and f.follower_id <> $1 and not reader.hide_collections and reader.state = 0
    order by f.id desc limit $2 / 4) readers
  cross join lateral (select followed_id from follows where follower_id = readers.follower_id order by id desc limit $2 / 4)
    theirs
  group by 1 having count(*) > 1) known join accounts a on a.id = known.followed_id
where {_WANTED} order by known.shared desc, a.id desc limit $3
"""

# $2 at most
_POPULAR_SQL = f"""
select a.id from account_counts c join accounts a on a.id = c.account_id
where c.followers > 0 and {_WANTED} order by c.followers desc, a.id desc limit $2
"""

_NAMED_SQL = f"select a.id from accounts a where a.id = any($2::bigint[]) and {_WANTED}"


async def suggestions(
    reader: Reader, member_id: int, *, featured: tuple[str, ...], limit: int
) -> list[Suggestion]:
    """Whom this member might want to follow. `featured`: names of accounts of this server, in that order."""
    named: list[int] = []
    if featured:
        names = [name.strip().removeprefix("@").lower() for name in featured]
        ids = await find_handles(reader, names)
        allowed = {row[0] for row in await reader.fetch(_NAMED_SQL, member_id, list(ids.values()))}
        named = [ids[name] for name in names if ids.get(name) in allowed]
    friends = await reader.fetch(_FRIENDS_SQL, member_id, LOOKED_AT_MOST, limit)
    similar = await reader.fetch(_SIMILAR_SQL, member_id, LOOKED_AT_MOST, limit, RECENT_FOLLOWS)
    popular = await reader.fetch(_POPULAR_SQL, member_id, limit)
    return merge(
        (
            (Source.FEATURED, named),
            (Source.FRIENDS_OF_FRIENDS, [row[0] for row in friends]),
            (Source.SIMILAR, [row[0] for row in similar]),
            (Source.MOST_FOLLOWED, [row[0] for row in popular]),
        ),
        limit,
    )
