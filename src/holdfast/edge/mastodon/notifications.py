"""Notifications, one by one (the first version of the API)."""

from __future__ import annotations

from typing import Any

import msgspec

from ...social.graph import Viewer
from ...social.notifications import (
    NotificationKind,
    NotificationView,
    Wanted,
    clear_notifications,
    dismiss_notification,
    markers,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .paging import PageQuery, link_header, page
from .render_account import account_raw
from .render_post import post_raw
from .times import iso

routes = RouteTable()

_READ = Access.member("read:notifications")
_WRITE = Access.member("write:notifications")

# What the API calls the kinds. Names that are not here exist in the API, and nothing of that kind happens here yet.
TYPES: dict[str, NotificationKind] = {
    "mention": NotificationKind.MENTION,
    "status": NotificationKind.POST,
    "reblog": NotificationKind.BOOST,
    "favourite": NotificationKind.FAVOURITE,
    "follow": NotificationKind.FOLLOW,
    "follow_request": NotificationKind.FOLLOW_REQUEST,
    "update": NotificationKind.EDIT,
    "quote": NotificationKind.QUOTE,
    "quoted_update": NotificationKind.QUOTED_UPDATE,
    "poll": NotificationKind.POLL,
    "admin.sign_up": NotificationKind.SIGN_UP,
}
_NAMES = {kind: name for name, kind in TYPES.items()}


class NotificationQuery(PageQuery):
    """Which notifications; names of unknown types match nothing."""

    types: list[str] = msgspec.field(default_factory=list)
    exclude_types: list[str] = msgspec.field(default_factory=list)
    account_id: str | None = None


class DismissQuery(msgspec.Struct):
    """The old way to name the notification to dismiss."""

    id: str = ""


@routes.get("/api/v1/notifications", _READ)
async def show_page(call: Call) -> Answer:
    """The member's notifications, newest first."""
    asked, settings = await call.params(NotificationQuery), call.services.settings
    bounds = page(
        asked, call.services.ids, default=settings.notifications_page_size_default,
        maximum=settings.notifications_page_size_max,
    )  # fmt: skip
    viewer = await call.viewer()
    found = await call.services.notifications.page(viewer, bounds, _wanted(call, asked))
    shown = [_entity(call.services, item, viewer) for item in found.items]
    return json_answer(shown, headers=link_header(call, found.scanned, bounds))


@routes.get("/api/v1/notifications/unread_count", _READ)
async def unread_count(call: Call) -> Answer:
    """How many are newer than the marker of notifications, counted up to `limit`."""
    asked = await call.params(NotificationQuery)
    most = min(max(100 if asked.limit is None else asked.limit, 1), call.services.settings.unread_count_max)
    found = await markers(call.services.database, call.actor.account_id, ["notifications"])
    read = found.get("notifications")
    last_read_id = call.services.ids.after(read.last_read_id) if read else None
    count = await call.services.notifications.count_after(
        await call.viewer(), -1 if last_read_id is None else last_read_id, most, _wanted(call, asked)
    )
    return json_answer({"count": count})


@routes.post("/api/v1/notifications/clear", _WRITE)
async def clear(call: Call) -> Answer:
    """Dismiss all."""
    async with call.services.database.transaction() as tx:
        await clear_notifications(tx, call.actor)
    return json_answer({})


@routes.post("/api/v1/notifications/dismiss", _WRITE)
async def dismiss_by_parameter(call: Call) -> Answer:
    """Dismiss one that is named by the parameter `id`; the path is the newer way."""
    asked = await call.params(DismissQuery)
    return await _dismiss(call, call.services.ids.decode(asked.id))


@routes.get("/api/v1/notifications/{id}", _READ)
async def show_one(call: Call) -> Answer:
    """One notification."""
    viewer = await call.viewer()
    found = await call.services.notifications.one(viewer, call.id_segment())
    return json_answer(_entity(call.services, found, viewer))


@routes.post("/api/v1/notifications/{id}/dismiss", _WRITE)
async def dismiss(call: Call) -> Answer:
    """Dismiss one."""
    return await _dismiss(call, call.id_segment())


async def _dismiss(call: Call, notification_id: int | None) -> Answer:
    async with call.services.database.transaction() as tx:
        # No row has the id -1: what we never gave out is answered like what is not there.
        await dismiss_notification(tx, call.actor, -1 if notification_id is None else notification_id)
    return json_answer({})


def _wanted(call: Call, asked: NotificationQuery) -> Wanted:
    kinds = frozenset(TYPES[name] for name in asked.types if name in TYPES) if asked.types else None
    excluded = frozenset(TYPES[name] for name in asked.exclude_types if name in TYPES)
    if not asked.account_id:
        return Wanted(kinds, excluded)
    from_id = call.services.ids.decode(asked.account_id)
    return Wanted(kinds, excluded, -1 if from_id is None else from_id)


def _entity(services: Services, item: NotificationView, viewer: Viewer) -> dict[str, Any]:
    public_id = services.ids.encode(item.id)
    entity: dict[str, Any] = {
        "id": public_id,
        "type": _NAMES[item.kind],
        "created_at": iso(item.created_at),
        "group_key": f"ungrouped-{public_id}",
        "account": account_raw(services, item.author),
    }
    if item.seen is not None:
        entity["status"] = post_raw(services, item.seen, viewer)
    return entity
