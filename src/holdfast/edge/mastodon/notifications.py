"""Notifications, one by one (the first version of the API)."""

from __future__ import annotations

import msgspec

from ...pure.window import Window
from ...social.markers import markers
from ...social.notifications import Wanted, clear_notifications, dismiss_notifications
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .notification_ids import cursor, id_range
from .notification_types import OURS, kinds_named
from .paging import PageQuery, link_header, page
from .render_notification import notification_entity, subjects_of

routes = RouteTable()

READ = Access.member("read:notifications")
WRITE = Access.member("write:notifications")
_UNREAD_DEFAULT = 100


class NotificationQuery(PageQuery):
    """Which notifications; names of unknown types match nothing. `supported_types`: what the app knows, if it says."""

    types: list[str] = msgspec.field(default_factory=list)
    exclude_types: list[str] = msgspec.field(default_factory=list)
    account_id: str | None = None
    include_filtered: bool = False
    supported_types: list[str] | None = None


class DismissQuery(msgspec.Struct):
    """The old way to name the notification to dismiss."""

    id: str = ""


@routes.get("/api/v1/notifications", READ)
async def show_page(call: Call) -> Answer:
    """The member's notifications, newest first."""
    asked = await call.params(NotificationQuery)
    bounds = bounds_of(call, asked)
    viewer = await call.viewer()
    found = await call.services.notifications.page(viewer, bounds, wanted_of(call, asked))
    subjects = await subjects_of(call.services, viewer, found.items)
    shown = [
        notification_entity(call.services, item, viewer, subjects=subjects, supported=asked.supported_types)
        for item in found.items
    ]
    return json_answer(shown, headers=link_header(call, found.scanned, bounds))


@routes.get("/api/v1/notifications/unread_count", READ)
async def unread_count(call: Call) -> Answer:
    """How many are newer than the marker of notifications, counted up to `limit`."""
    asked = await call.params(NotificationQuery)
    count = await call.services.notifications.count_after(
        await call.viewer(), await last_read(call), unread_most(call, asked), wanted_of(call, asked)
    )
    return json_answer({"count": count})


@routes.post("/api/v1/notifications/clear", WRITE)
async def clear(call: Call) -> Answer:
    """Dismiss all."""
    async with call.services.database.transaction() as tx:
        await clear_notifications(tx, call.actor)
    return json_answer({})


@routes.post("/api/v1/notifications/dismiss", WRITE)
async def dismiss_by_parameter(call: Call) -> Answer:
    """Dismiss one that is named by the parameter `id`; the path is the newer way."""
    asked = await call.params(DismissQuery)
    return await _dismiss(call, asked.id)


@routes.get("/api/v1/notifications/{id}", READ)
async def show_one(call: Call) -> Answer:
    """One notification."""
    viewer = await call.viewer()
    supported = (await call.params(NotificationQuery)).supported_types
    first, last = id_range(call.services.ids, call.segment("id"))
    found = await call.services.notifications.one(viewer, first, last)
    subjects = await subjects_of(call.services, viewer, [found])
    return json_answer(
        notification_entity(call.services, found, viewer, subjects=subjects, supported=supported)
    )


@routes.post("/api/v1/notifications/{id}/dismiss", WRITE)
async def dismiss(call: Call) -> Answer:
    """Dismiss one."""
    return await _dismiss(call, call.segment("id"))


async def _dismiss(call: Call, public_id: str) -> Answer:
    which = id_range(call.services.ids, public_id)
    async with call.services.database.transaction() as tx:
        await dismiss_notifications(tx, call.actor, which)
    return json_answer({})


def bounds_of(call: Call, asked: PageQuery) -> Window:
    """The bounds of a page of notifications; cursors may be short ids."""
    settings, ids = call.services.settings, call.services.ids
    asked.max_id = cursor(ids, asked.max_id, newer=False)
    asked.min_id = cursor(ids, asked.min_id, newer=True)
    asked.since_id = cursor(ids, asked.since_id, newer=True)
    return page(
        asked, ids, default=settings.notifications_page_size_default,
        maximum=settings.notifications_page_size_max,
    )  # fmt: skip


def wanted_of(call: Call, asked: NotificationQuery) -> Wanted:
    """Which notifications are asked for."""
    kinds = kinds_named(asked.types) if asked.types else None
    excluded = kinds_named(asked.exclude_types)
    if kinds is None and asked.supported_types is None:
        excluded |= OURS  # an app that says nothing may fall over what it does not know
    from_id = None
    if asked.account_id:
        found = call.services.ids.decode(asked.account_id)
        from_id = -1 if found is None else found
    return Wanted(kinds, excluded, from_id, asked.include_filtered)


async def last_read(call: Call) -> int:
    """The internal id of the last notification that the member has read, by the marker; -1 without one."""
    found = await markers(call.services.database, call.actor.account_id, ["notifications"])
    read = found.get("notifications")
    last_read_id = None
    if read is not None:
        last_read_id = call.services.ids.after(cursor(call.services.ids, read.last_read_id, newer=True) or "")
    return -1 if last_read_id is None else last_read_id


def unread_most(call: Call, asked: PageQuery) -> int:
    """Up to how many are counted."""
    wanted = _UNREAD_DEFAULT if asked.limit is None else asked.limit
    return min(max(wanted, 1), call.services.settings.unread_count_max)
