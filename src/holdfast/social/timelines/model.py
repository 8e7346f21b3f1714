"""Which timelines there are, and the pages of them."""

from __future__ import annotations

import msgspec

from ..posts import Seen


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
    pinned: bool = False
    tagged: str | None = None
