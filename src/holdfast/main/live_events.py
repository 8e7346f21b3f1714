"""What streams are told of: the one table from domain events to live events.

Live events hold ids only and go out after the commit (ADR 0007); `social/live/fan_out.py` says who is told, and
`edge/mastodon/streaming_frames.py` in what words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..platform.live import LiveEvent
from ..platform.outbox import Event
from ..social import (
    announcements,
    conversations,
    filters,
    follows,
    hashtags,
    live,
    notifications,
    posts,
    quotes,
)

_RELATED_MOST = 100
"""Hashtags and accounts that a deletion names; more do not fit into one NOTIFY together."""


def _posted(event: posts.PostPublished) -> LiveEvent:
    return LiveEvent(live.POSTED, (event.post_id,))


def _edited(event: posts.PostEdited) -> LiveEvent:
    return LiveEvent(live.EDITED, (event.post_id,))


def _unquoted(event: quotes.QuoteRevoked) -> LiveEvent:
    """What was quoted disappears from open screens as an edit of the post that quoted it does."""
    return LiveEvent(live.EDITED, (event.post_id,))


def _gone(event: posts.PostDeleted) -> LiveEvent:
    return _went(live.GONE, event)


def _hidden(event: posts.PostHidden) -> LiveEvent:
    return _went(live.HIDDEN, event)


def _went(name: str, event: posts.PostDeleted | posts.PostHidden) -> LiveEvent:
    related = (event.tag_ids[:_RELATED_MOST], event.mentioned_ids[:_RELATED_MOST])
    return LiveEvent(name, (event.post_id, event.account_id, event.visibility), related)


def _made(event: notifications.NotificationMade) -> LiveEvent:
    return LiveEvent(live.MADE, (event.notification_id, event.account_id))


def _merged(event: notifications.NotificationsMerged) -> LiveEvent:
    return LiveEvent(live.MERGED, (event.account_id,))


def _conversed(event: conversations.ConversationChanged) -> LiveEvent:
    return LiveEvent(live.CONVERSED, (event.conversation_id, event.account_id))


def _filtered(event: filters.FiltersChanged) -> LiveEvent:
    return LiveEvent(live.FILTERED, (event.account_id,))


def _follows(event: follows.AccountFollowed | follows.FollowAccepted) -> LiveEvent:
    return LiveEvent(live.RELATED, (event.follower_id,))


def _follows_tag(event: hashtags.HashtagFollowed) -> LiveEvent:
    return LiveEvent(live.RELATED, (event.account_id,))


def _announced(event: announcements.AnnouncementPublished) -> LiveEvent:
    return LiveEvent(live.ANNOUNCED, (event.announcement_id,))


def _announcement_reacted(event: announcements.AnnouncementReacted) -> LiveEvent:
    return LiveEvent(live.ANNOUNCEMENT_REACTED, (event.emoji_id,))


def _announcement_gone(event: announcements.AnnouncementRemoved) -> LiveEvent:
    return LiveEvent(live.ANNOUNCEMENT_GONE, (event.announcement_id,))


# Blocks, mutes and ended follows need no line: what they forbid is asked of the relations at every event.
LIVE_EVENTS: dict[type[Event], Callable[[Any], LiveEvent]] = {
    posts.PostPublished: _posted,
    posts.PostEdited: _edited,
    quotes.QuoteRevoked: _unquoted,
    posts.PostDeleted: _gone,
    posts.PostHidden: _hidden,
    notifications.NotificationMade: _made,
    follows.AccountFollowed: _follows,
    follows.FollowAccepted: _follows,
    hashtags.HashtagFollowed: _follows_tag,
    filters.FiltersChanged: _filtered,
    conversations.ConversationChanged: _conversed,
    notifications.NotificationsMerged: _merged,
    announcements.AnnouncementPublished: _announced,
    announcements.AnnouncementReacted: _announcement_reacted,
    announcements.AnnouncementRemoved: _announcement_gone,
}


def live_events_of(event: Event) -> Iterable[LiveEvent]:
    """What streams are told of an event."""
    make = LIVE_EVENTS.get(type(event))
    return () if make is None else (make(event),)
