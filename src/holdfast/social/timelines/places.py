"""Where new posts belong: the timelines' own rules, asked of single posts, for streams."""

from __future__ import annotations

from collections.abc import Container

import msgspec

from ...platform.db import Reader
from ..graph import Viewer
from ..posts import Seen, Visibility


class Place(msgspec.Struct, frozen=True):
    """Where a post that can be seen belongs. `public`: in the public timelines; `tags`: in these hashtags' timelines."""

    post_id: int
    author_id: int
    local: bool
    public: bool
    media: bool
    tags: tuple[str, ...]


# The conditions are those of PUBLIC_SQL and TAG_SQL in queries.py: change them together.
_PLACES_SQL = """
select p.id, p.account_id, a.domain is null as local,
       p.visibility = 0 and p.boost_of_id is null and a.state in (0, 4) and a.limited_at is null as open,
       p.in_reply_to_account_id is null or p.in_reply_to_account_id = p.account_id as not_to_others,
       exists (select 1 from media m where m.post_id = p.id and m.position is not null) as media,
       case when p.visibility = 0 and p.boost_of_id is null then
         array(select t.name from post_tags pt join tags t on t.id = pt.tag_id where pt.post_id = p.id) end as tags
from posts p join accounts a on a.id = p.account_id
where p.id = any($1::bigint[]) and p.state = 0
"""


async def places_of(reader: Reader, post_ids: list[int]) -> dict[int, Place]:
    """Where these posts belong; held, withdrawn and missing ones are left out."""
    return {
        row["id"]: Place(
            row["id"],
            row["account_id"],
            row["local"],
            row["open"] and row["not_to_others"],
            row["media"],
            tuple(row["tags"] or ()) if row["open"] else (),
        )
        for row in await reader.fetch(_PLACES_SQL, post_ids)
    }


def belongs_at_home(seen: Seen, viewer: Viewer) -> bool:
    """Whether the viewer's home timeline shows the post; what the gate and `wants_to_see` decide was decided before."""
    apart = seen.post.account_id in viewer.listed_apart and seen.post.account_id != viewer.account_id
    return (not apart and _belongs(seen, viewer, viewer.following)) or comes_by_tag(seen, viewer)


def belongs_in_list(seen: Seen, viewer: Viewer, answered: Container[int]) -> bool:
    """Whether a list of the viewer's that holds the author shows the post. `answered`: what `answers_shown` says."""
    return _belongs(seen, viewer, answered)


def _belongs(seen: Seen, viewer: Viewer, answered: Container[int]) -> bool:
    """The condition of HOME_SQL in queries.py for one post: change them together."""
    post, me = seen.post, viewer.account_id
    answers = post.in_reply_to_account_id
    if answers is not None and answers not in (post.account_id, me) and answers not in answered:
        return False
    if post.account_id == me:
        return True
    following = viewer.following.get(post.account_id)
    if following is None:
        return False
    if post.boost_of_id is not None and not following.show_boosts:
        return False
    if post.visibility is Visibility.DIRECT and all(one.account_id != me for one in post.mentions):
        return False
    return reads_language(seen, viewer)


def comes_by_tag(seen: Seen, viewer: Viewer) -> bool:
    """Whether a hashtag that the viewer follows brings the post home, whoever wrote it."""
    post = seen.post
    return (
        bool(viewer.followed_tags)
        and post.visibility is Visibility.PUBLIC
        and post.boost_of_id is None
        and not seen.author.limited
        and any(name in viewer.followed_tags for name, _ in post.tags)
    )


def reads_language(seen: Seen, viewer: Viewer) -> bool:
    """Whether the viewer wants this account's posts in the language of this one; a post without one is always wanted."""
    following = viewer.following.get(seen.post.account_id)
    language = (seen.boosted or seen).post.language
    return not (following and following.languages and language and language not in following.languages)
