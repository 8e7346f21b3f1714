"""Notifications in groups (the second version of the API)."""

from __future__ import annotations

import msgspec

from ...pure.errors import Invalid
from ...social.notification_groups import Group, Grouping, GroupReader
from ...social.notifications import GROUPED, GroupKey, NotificationView, dismiss_notifications
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .notification_ids import read_group_key
from .notification_types import kinds_named
from .notifications import READ, WRITE, NotificationQuery, bounds_of, last_read, unread_most, wanted_of
from .paging import link_header
from .render_account import account_raw
from .render_notification import grouped_results, subjects_of

routes = RouteTable()

_EXPANSIONS = ("full", "partial_avatars")


class GroupQuery(NotificationQuery):
    """Which groups. `grouped_types`: of what many become one, None for all kinds that can."""

    grouped_types: list[str] | None = None
    expand_accounts: str = "full"


class OneGroupQuery(msgspec.Struct):
    """How one group is shown."""

    supported_types: list[str] | None = None


@routes.get("/api/v2/notifications", READ)
async def show_page(call: Call) -> Answer:
    """The member's groups, newest first."""
    asked, services = await call.params(GroupQuery), call.services
    if asked.expand_accounts not in _EXPANSIONS:
        raise Invalid(
            "expand_accounts must be full or partial_avatars",
            details={"expand_accounts": [("ERR_INCLUSION", "is neither full nor partial_avatars")]},
        )
    bounds, viewer = bounds_of(call, asked), await call.viewer()
    found = await _reader(services).page(viewer, bounds, _grouping(call, asked))
    results = grouped_results(
        services, found.groups, viewer, subjects=await subjects_of(services, viewer, found.groups),
        supported=asked.supported_types, partial=asked.expand_accounts == "partial_avatars", paged=True,
    )  # fmt: skip
    return json_answer(results, headers=link_header(call, found.scanned, bounds))


@routes.get("/api/v2/notifications/unread_count", READ)
async def unread_count(call: Call) -> Answer:
    """How many groups hold something newer than the marker of notifications, counted up to `limit`."""
    asked = await call.params(GroupQuery)
    count = await _reader(call.services).count_after(
        await call.viewer(), await last_read(call), unread_most(call, asked), _grouping(call, asked)
    )
    return json_answer({"count": count})


@routes.get("/api/v2/notifications/{group_key}", READ)
async def show_one(call: Call) -> Answer:
    """One group, with all that it holds."""
    supported = (await call.params(OneGroupQuery)).supported_types
    services, viewer = call.services, await call.viewer()
    group = await _group(call)
    subjects = await subjects_of(services, viewer, [group])
    return json_answer(grouped_results(services, [group], viewer, subjects=subjects, supported=supported))


# The documentation asks for the one scope, Mastodon for the other.
@routes.get(
    "/api/v2/notifications/{group_key}/accounts", Access.member("read:notifications", "write:notifications")
)
async def show_accounts(call: Call) -> Answer:
    """Who stands behind a group, the latest first."""
    services, key = call.services, read_group_key(call.services.ids, call.segment("group_key"))
    if isinstance(key, GroupKey):
        accounts = await _reader(services).accounts(
            await call.viewer(), key, services.settings.notification_group_accounts_max
        )
    else:
        accounts = [(await services.notifications.one(await call.viewer(), *key)).author]
    return json_answer([account_raw(services, account) for account in accounts])


@routes.post("/api/v2/notifications/{group_key}/dismiss", WRITE)
async def dismiss(call: Call) -> Answer:
    """Dismiss all of a group."""
    key = read_group_key(call.services.ids, call.segment("group_key"))
    async with call.services.database.transaction() as tx:
        await dismiss_notifications(tx, call.actor, key)
    return json_answer({})


def _reader(services: Services) -> GroupReader:
    return GroupReader(services.database, services.accounts, services.posts, services.clock)


def _grouping(call: Call, asked: GroupQuery) -> Grouping:
    kinds = GROUPED if asked.grouped_types is None else kinds_named(asked.grouped_types) & GROUPED
    return Grouping(wanted_of(call, asked), kinds)


async def _group(call: Call) -> Group:
    key = read_group_key(call.services.ids, call.segment("group_key"))
    if isinstance(key, GroupKey):
        return await _reader(call.services).one(await call.viewer(), key)
    return _alone(await call.services.notifications.one(await call.viewer(), *key))


def _alone(item: NotificationView) -> Group:
    return Group(
        item.id, None, item.kind, 1, item.id, item.created_at, (item.id, item.id), [item.author], item.seen,
        item.subject_id,
    )  # fmt: skip
