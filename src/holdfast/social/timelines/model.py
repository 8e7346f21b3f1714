"""Windows on timelines, and the pages that come of them."""

from __future__ import annotations

import msgspec

from ..posts import Seen

NEWEST = (1 << 63) - 1


class Window(msgspec.Struct, frozen=True):
    """Which part of a timeline is asked for; ids are internal bounds.

    below: only older than this. above: only newer than this. forward: the oldest of those above `above`
    (`min_id`), instead of the newest (`since_id`).
    """

    limit: int = 20
    below: int = NEWEST
    above: int = 0
    forward: bool = False


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
