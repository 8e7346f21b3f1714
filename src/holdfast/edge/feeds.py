"""Who may read the timelines of everybody's posts: one answer for the API, the pages and the streams."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple

from ..platform.config import Settings
from ..pure.errors import NotAuthenticated

Access = Literal["public", "members", "disabled"]


class FeedKind(StrEnum):
    """The newest posts, those with a hashtag, those with a link."""

    LIVE = "live"
    HASHTAG = "hashtag"
    LINK = "link"


class Shown(NamedTuple):
    """Whose posts a feed shows: this server's, other servers'."""

    local: bool
    remote: bool

    @property
    def only_local(self) -> bool:
        """Whether other servers' posts are left out."""
        return not self.remote

    @property
    def only_remote(self) -> bool:
        """Whether this server's posts are left out."""
        return not self.local


def feed_access(settings: Settings, kind: FeedKind, *, local: bool) -> Access:
    """What the settings say of one feed, of this server's posts or of other servers'."""
    said = {
        (FeedKind.LIVE, True): settings.live_feeds_local,
        (FeedKind.LIVE, False): settings.live_feeds_remote,
        (FeedKind.HASHTAG, True): settings.hashtag_feeds_local,
        (FeedKind.HASHTAG, False): settings.hashtag_feeds_remote,
        (FeedKind.LINK, True): settings.link_feeds_local,
        (FeedKind.LINK, False): settings.link_feeds_remote,
    }[kind, local]
    return settings.timelines_access if said == "timelines_access" else said


def open_feed(
    settings: Settings, kind: FeedKind, *, member: bool, local: bool = False, remote: bool = False
) -> Shown | None:
    """Whose of the posts asked for may be shown to this reader; None: the feed is switched off.

    `local`, `remote`: only those; both or neither: all. Raises NotAuthenticated where a part is for members: a
    visitor is told so instead of being shown less.
    """
    asked = {True: local or not remote, False: remote or not local}
    access = {side: feed_access(settings, kind, local=side) for side, wanted in asked.items() if wanted}
    if not member and "members" in access.values():
        raise NotAuthenticated("This method requires an authenticated user")
    shown = Shown(*(access.get(side, "disabled") != "disabled" for side in (True, False)))
    return shown if any(shown) else None
