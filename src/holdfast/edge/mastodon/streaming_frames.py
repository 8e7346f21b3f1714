"""What streams are told, in the words of the Mastodon API: the same renderers as everywhere, then a frame around it.

A frame is made once for all who are told the same bytes; what depends on who looks is in those bytes already.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
import structlog

from ...pure.errors import HoldfastError
from ...social.announcements import one_announcement, one_reaction
from ...social.conversations import one_conversation
from ...social.live import Item, Label
from ..ports import Services
from .announcements import announcement_entity, reaction_entity
from .conversations import conversation_entities
from .notification_types import OURS
from .render_notification import notification_entity, subjects_of
from .render_post import post_raw

log = structlog.get_logger(__name__)
_encode = msgspec.json.Encoder().encode
_ANNOUNCEMENT = "announcement"  # beside the frames that are kept there


class Frame:
    """One event as it goes out: `payload` None where the API sends none."""

    __slots__ = ("_event", "_messages", "_sse", "payload")

    def __init__(self, event: str, payload: bytes | None) -> None:
        self._event = event
        self.payload = payload
        self._messages: dict[Label, str] = {}
        self._sse: bytes | None = None

    def message(self, label: Label) -> str:
        """For a WebSocket: JSON whose payload is a text."""
        made = self._messages.get(label)
        if made is None:
            whole: dict[str, object] = {"stream": label, "event": self._event}
            if self.payload is not None:
                whole["payload"] = self.payload.decode()
            made = self._messages[label] = _encode(whole).decode()
        return made

    @property
    def sse(self) -> bytes:
        """For an event stream: two lines and an empty one."""
        if self._sse is None:
            # What has no payload says so in words: a message without data is thrown away by whoever reads the stream.
            data = b"undefined" if self.payload is None else self.payload
            self._sse = b"event: %b\ndata: %b\n\n" % (self._event.encode(), data)
        return self._sse


async def frame_of(services: Services, item: Item) -> Frame | None:
    """The frame of an item; None when by now there is nothing to tell."""
    event = _event_of(item)
    render = RENDERERS.get(event, _nothing)
    try:
        await services.emojis.look()
        payload = await render(services, item)
    except HoldfastError as error:
        # What cannot be read now is not told; the stream goes on.
        log.info("stream.not_rendered", name=event, error=error.private or error.public)
        return None
    if payload is None and render is not _nothing:
        return None
    key = (event, payload)
    frame: Frame | None = item.shared.get(key)
    if frame is None:
        frame = item.shared[key] = Frame(event, payload)
    return frame


def _event_of(item: Item) -> str:
    """Apps cannot say here which types they know, so what only this server has makes them load the list, as they may."""
    ours = item.notification is not None and item.notification.kind in OURS
    return "notifications_merged" if ours else item.event


async def _post(services: Services, item: Item) -> bytes | None:
    return None if item.seen is None else bytes(post_raw(services, item.seen, item.viewer))


async def _ident(services: Services, item: Item) -> bytes | None:
    return services.ids.encode(item.ident).encode()


async def _notification(services: Services, item: Item) -> bytes | None:
    found = item.notification
    if found is None:
        return None
    subjects = await subjects_of(services, item.viewer, [found])
    return _encode(notification_entity(services, found, item.viewer, subjects=subjects))


async def _conversation(services: Services, item: Item) -> bytes | None:
    account_id = item.viewer.account_id
    found = await one_conversation(services.database, account_id or 0, item.ident)
    [entity] = await conversation_entities(services, [found], item.viewer)
    return _encode(entity)


async def _announcement(services: Services, item: Item) -> bytes | None:
    """As everybody reads it, so that it is made once for all who are told."""
    made: bytes | None = item.shared.get(_ANNOUNCEMENT)
    if made is None:
        found = await one_announcement(services.database, None, item.ident, now=services.clock.now())
        made = item.shared[_ANNOUNCEMENT] = _encode(await announcement_entity(services, found, told=False))
    return made


async def _announcement_reaction(services: Services, item: Item) -> bytes | None:
    made: bytes | None = item.shared.get(_ANNOUNCEMENT)
    if made is None:
        found = await one_reaction(services.database, item.ident)
        if found is None:
            return None
        entity = {
            **reaction_entity(services, found, told=False),
            "announcement_id": services.ids.encode(found.announcement_id),
        }
        made = item.shared[_ANNOUNCEMENT] = _encode(entity)
    return made


async def _nothing(_services: Services, _item: Item) -> bytes | None:
    return None


async def _one(_services: Services, _item: Item) -> bytes | None:
    return b"1"


# Events that are not here carry no payload.
RENDERERS: dict[str, Callable[[Services, Item], Awaitable[bytes | None]]] = {
    "update": _post,
    "status.update": _post,
    "delete": _ident,
    "notification": _notification,
    "conversation": _conversation,
    "notifications_merged": _one,
    "announcement": _announcement,
    "announcement.reaction": _announcement_reaction,
    "announcement.delete": _ident,
}
