"""Which timelines there are, the pages of them, and what belongs in which."""

from __future__ import annotations

from collections.abc import Container

import msgspec

from ..graph import Viewer
from ..posts import Seen, Visibility


class Page(msgspec.Struct, frozen=True):
    """Posts, newest first, with the cursors for `Link`: the last and the first id that was looked at."""

    posts: list[Seen]
    oldest_id: int | None
    newest_id: int | None


class Feed(msgspec.Struct, frozen=True):
    """Which public timeline: all or of this server alone, with or without a hashtag."""

    local: bool = False
    remote: bool = False
    only_media: bool = False
    any_tags: tuple[str, ...] = ()
    all_tags: tuple[str, ...] = ()
    no_tags: tuple[str, ...] = ()


class ProfileFeed(msgspec.Struct, frozen=True):
    """Which of an account's posts."""

    account_id: int
    only_media: bool = False
    exclude_replies: bool = False
    exclude_boosts: bool = False
    exclude_direct: bool = False
    pinned: bool = False
    tagged: str | None = None


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
