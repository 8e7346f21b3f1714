"""Who is told what. Every event is read once for all, and every post asks the gate for each who would be told.

The names below are what `main/live_events.py` makes of domain events; `HANDLERS` at the end says who tells them on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import groupby
from typing import Any, Final, NamedTuple

import structlog

from ...platform.db import Database
from ...platform.live import LiveEvent
from ...pure.errors import HoldfastError
from ..graph import Viewer
from ..lists import ListNotVisible, ListReader, answers_shown, lists_holding
from ..notifications import NotificationReader
from ..posts import PostReader, Seen, Visibility
from ..timelines import Place, belongs_at_home, belongs_in_list, places_of
from .connection import LiveConnection
from .model import PUBLIC_EVERYWHERE, Item, Label, Topic, What, public_topics
from .watchers import Watchers

log = structlog.get_logger(__name__)

POSTED: Final = "posted"  # ids: post
EDITED: Final = "edited"  # ids: post
GONE: Final = "gone"  # ids: post, author, visibility; related: hashtags, accounts named
HIDDEN: Final = "hidden"  # as `gone`; its author still sees it
MADE: Final = "made"  # ids: notification, its account
RELATED: Final = "related"  # ids: the account whose relations changed
CONVERSED: Final = "conversed"  # ids: conversation, the account in whose inbox it is
FILTERED: Final = "filtered"  # ids: the account whose filters changed
MERGED: Final = "merged"  # ids: the account whose accepted requests are among its notifications now
ANNOUNCED: Final = "announced"  # ids: announcement
ANNOUNCEMENT_REACTED: Final = "announcement_reacted"  # ids: the one emoji of an announcement that changed
ANNOUNCEMENT_GONE: Final = "announcement_gone"  # ids: announcement

Topics = dict[Topic, dict[tuple[LiveConnection, Label], None]]
_Subscription = tuple[LiveConnection, Label]
_Listeners = dict[_Subscription, Topic]


class FanOutReaders(NamedTuple):
    """What events are read with."""

    posts: PostReader
    notifications: NotificationReader
    lists: ListReader


class FanOut:
    """Tells events to the connections of one hub, which owns `topics` and `watchers`."""

    def __init__(
        self, database: Database, readers: FanOutReaders, watchers: Watchers, topics: Topics
    ) -> None:
        self._database = database
        self._posts = readers.posts
        self._notifications = readers.notifications
        self._lists = readers.lists
        self.watchers = watchers
        self._topics = topics

    async def tell(self, events: Iterable[LiveEvent]) -> None:
        """Tell them in order; neighbours of one name are read together. One that cannot be told is logged and left out."""
        for name, group in groupby(events, key=lambda event: event.name):
            handler = HANDLERS.get(name)
            if handler is None:
                log.warning("live.unknown_event", name=name)
                continue
            try:
                await handler(self, list(group))
            except HoldfastError as error:
                log.info("live.not_told", name=name, error=error.private or error.public)
            except Exception:
                # One bad event must not stop all streams.
                log.exception("live.failed", name=name)

    def following(self, topic: Topic) -> Iterable[tuple[LiveConnection, Label]]:
        """The subscriptions of a topic."""
        return self._topics.get(topic, _NOBODY)

    async def tell_account(self, account_id: int, topic: Topic, event: str, ident: int = 0) -> None:
        """Tell one account's followers of a topic something that the dialect reads for itself."""
        listeners = list(self.following(topic))
        viewer = (await self.watchers.current([account_id])).get(account_id) if listeners else None
        if viewer is not None:
            shared: dict[Any, Any] = {}
            for connection, label in listeners:
                connection.push(label, Item(event, viewer, shared, ident))

    async def tell_everybody(self, event: str, ident: int) -> None:
        """Tell all who follow their own account's stream."""
        accounts = [int(topic.key) for topic in self._topics if topic.what is What.ACCOUNT]
        viewers = await self.watchers.current(accounts)
        shared: dict[Any, Any] = {}
        for account_id, viewer in viewers.items():
            for connection, label in list(self.following(Topic(What.ACCOUNT, account_id))):
                connection.push(label, Item(event, viewer, shared, ident))

    async def tell_posts(self, post_ids: list[int], event: str) -> None:
        """New or edited posts, each to those whose streams it belongs to and who may see it."""
        places = await places_of(self._database, list(dict.fromkeys(post_ids)))
        lists = await self._lists_followed({place.author_id for place in places.values()})
        listeners = {
            place.post_id: self._listeners(place, lists.get(place.author_id, ())) for place in places.values()
        }
        wanted: dict[int, list[int]] = {}
        for post_id, found in listeners.items():
            for account_id in {connection.account_id for connection, _ in found}:
                wanted.setdefault(account_id, []).append(post_id)
        viewers = await self.watchers.current(wanted)
        seen = await self._posts.see_each(viewers.values(), wanted)
        by_post = {account_id: {one.post.id: one for one in found} for account_id, found in seen.items()}
        for post_id in places:
            # Whoever writes to the streams gets a turn between two posts.
            await asyncio.sleep(0)
            shared: dict[Any, Any] = {}
            items: dict[int, Item] = {}
            for (connection, label), topic in listeners[post_id].items():
                account_id = connection.account_id
                shown = by_post.get(account_id, {}).get(post_id)
                if shown is None or not await self._belongs(shown, viewers[account_id], topic):
                    continue
                item = items.get(account_id)
                if item is None:
                    item = items[account_id] = Item(event, viewers[account_id], shared, post_id, shown)
                connection.push(label, item)

    def _listeners(self, place: Place, lists: Iterable[Topic]) -> _Listeners:
        """Who might be told of a post, and as part of what."""
        topics = [Topic(What.HOME, place.author_id)]
        followers = self.watchers.followers(place.author_id).union(*map(self.watchers.followers, place.tags))
        topics += (Topic(What.HOME, account_id) for account_id in followers)
        return {
            one: topic for topic in (*topics, *lists, *public_topics(place)) for one in self.following(topic)
        }

    async def _lists_followed(self, author_ids: set[int]) -> dict[int, list[Topic]]:
        """For each author, the lists that hold it and that somebody follows here."""
        followed = [int(topic.key) for topic in self._topics if topic.what is What.LIST]
        if not followed:
            return {}
        found: dict[int, list[Topic]] = {}
        for list_id, author_id in await lists_holding(self._database, followed, author_ids):
            found.setdefault(author_id, []).append(Topic(What.LIST, list_id))
        return found

    async def _belongs(self, seen: Seen, viewer: Viewer, topic: Topic) -> bool:
        """Whether a post that the viewer may see is one of the topic's for them."""
        if topic.what is What.HOME:
            return belongs_at_home(seen, viewer)
        if topic.what is not What.LIST:
            return True
        try:
            found, members = await self._lists.with_members(viewer.account_id or 0, int(topic.key))
        except ListNotVisible:
            return False
        return belongs_in_list(seen, viewer, answers_shown(found.replies_policy, members, viewer))

    async def tell_gone(self, event: LiveEvent) -> None:
        """A post is gone, for those whose streams it was in; to its author too, unless it is hidden."""
        post_id, author_id, visibility = event.ids
        tag_ids, named = event.related
        hidden = event.name == HIDDEN
        accounts = {author_id, *named}
        if visibility != Visibility.DIRECT:
            accounts |= self.watchers.followers(author_id)
        found: dict[tuple[LiveConnection, Label], None] = {}
        if visibility == Visibility.PUBLIC:
            names = await self._tag_names(tag_ids)
            accounts = accounts.union(*(self.watchers.followers(name) for name in names))
            tags = (Topic(What.TAG, name, local=local) for name in names for local in (False, True))
            for topic in (*PUBLIC_EVERYWHERE, *tags):
                found.update(dict.fromkeys(self.following(topic)))
        for account_id in accounts:
            found.update(dict.fromkeys(self.following(Topic(What.HOME, account_id))))
        viewers = await self.watchers.current({connection.account_id for connection, _ in found})
        shared: dict[Any, Any] = {}
        for connection, label in found:
            viewer = viewers.get(connection.account_id)
            if (
                viewer is None
                or _kept_apart(viewer, author_id)
                or (hidden and connection.account_id == author_id)
            ):
                continue
            connection.push(label, Item("delete", viewer, shared, post_id))
        if hidden:
            await self._show_author(author_id, post_id)

    async def _show_author(self, author_id: int, post_id: int) -> None:
        """A hidden post as its author sees it now."""
        listeners = list(self.following(Topic(What.HOME, author_id)))
        viewer = (await self.watchers.current([author_id])).get(author_id) if listeners else None
        if viewer is None:
            return
        seen: list[Seen] = await self._posts.see(viewer, [post_id])
        for connection, label in listeners:
            for one in seen:
                connection.push(label, Item("status.update", viewer, {}, post_id, one))

    async def _tag_names(self, tag_ids: Iterable[int]) -> list[str]:
        ids = list(tag_ids)
        if not ids:
            return []
        rows = await self._database.fetch("select name from tags where id = any($1::bigint[])", ids)
        return [row[0] for row in rows]

    async def tell_notification(self, notification_id: int, account_id: int) -> None:
        """A notification, to its member, who may by now not be allowed to see it."""
        listeners = list(self.following(Topic(What.NOTIFICATIONS, account_id)))
        viewer = (await self.watchers.current([account_id])).get(account_id) if listeners else None
        if viewer is None:
            return
        found = await self._notifications.one(viewer, notification_id)
        item = Item("notification", viewer, {}, notification_id, notification=found)
        for connection, label in listeners:
            connection.push(label, item)


_NOBODY: dict[tuple[LiveConnection, Label], None] = {}


def _kept_apart(viewer: Viewer, author_id: int) -> bool:
    return author_id in viewer.blocked_by or author_id in viewer.blocking


async def _posted(fan_out: FanOut, events: list[LiveEvent]) -> None:
    await fan_out.tell_posts([event.ids[0] for event in events], "update")


async def _edited(fan_out: FanOut, events: list[LiveEvent]) -> None:
    await fan_out.tell_posts([event.ids[0] for event in events], "status.update")


async def _gone(fan_out: FanOut, events: list[LiveEvent]) -> None:
    for event in events:
        await fan_out.tell_gone(event)


async def _made(fan_out: FanOut, events: list[LiveEvent]) -> None:
    for event in events:
        notification_id, account_id = event.ids
        try:
            await fan_out.tell_notification(notification_id, account_id)
        except HoldfastError as error:
            log.debug("live.notification_not_told", error=error.public)


async def _related(fan_out: FanOut, events: list[LiveEvent]) -> None:
    await fan_out.watchers.current({event.ids[0] for event in events})


async def _conversed(fan_out: FanOut, events: list[LiveEvent]) -> None:
    for event in events:
        conversation_id, account_id = event.ids
        topic = Topic(What.DIRECT, account_id)
        await fan_out.tell_account(account_id, topic, "conversation", conversation_id)


async def _filtered(fan_out: FanOut, events: list[LiveEvent]) -> None:
    for account_id in {event.ids[0] for event in events}:
        await fan_out.tell_account(account_id, Topic(What.ACCOUNT, account_id), "filters_changed")


async def _merged(fan_out: FanOut, events: list[LiveEvent]) -> None:
    for account_id in {event.ids[0] for event in events}:
        topic = Topic(What.NOTIFICATIONS, account_id)
        await fan_out.tell_account(account_id, topic, "notifications_merged")


async def _announced(fan_out: FanOut, events: list[LiveEvent]) -> None:
    for event in events:
        await fan_out.tell_everybody("announcement", event.ids[0])


async def _announcement_reacted(fan_out: FanOut, events: list[LiveEvent]) -> None:
    for event in events:
        await fan_out.tell_everybody("announcement.reaction", event.ids[0])


async def _announcement_gone(fan_out: FanOut, events: list[LiveEvent]) -> None:
    for event in events:
        await fan_out.tell_everybody("announcement.delete", event.ids[0])


HANDLERS: dict[str, Callable[[FanOut, list[LiveEvent]], Awaitable[None]]] = {
    POSTED: _posted,
    EDITED: _edited,
    GONE: _gone,
    HIDDEN: _gone,
    MADE: _made,
    RELATED: _related,
    CONVERSED: _conversed,
    FILTERED: _filtered,
    MERGED: _merged,
    ANNOUNCED: _announced,
    ANNOUNCEMENT_REACTED: _announcement_reacted,
    ANNOUNCEMENT_GONE: _announcement_gone,
}
