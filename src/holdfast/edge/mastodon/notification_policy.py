"""Whose notifications a member wants, and the requests of those whose notifications are kept apart."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import Invalid
from ...social.graph import Viewer
from ...social.notification_policies import NotificationPolicy, PolicyChange, Treatment, policy_of, set_policy
from ...social.notification_requests import RequestReader, RequestView
from ...social.notifications import settle_requests
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import RouteTable
from .notifications import READ, WRITE
from .paging import PageQuery, link_header, page
from .render_account import account_raw
from .render_post import post_raw
from .times import iso

routes = RouteTable()


class PolicyForm(msgspec.Struct):
    """What the second version takes: accept, filter or drop."""

    for_not_following: str | None = None
    for_not_followers: str | None = None
    for_new_accounts: str | None = None
    for_private_mentions: str | None = None
    for_limited_accounts: str | None = None
    for_bots: str | None = None


class OldPolicyForm(msgspec.Struct):
    """What the first version takes: whether to keep apart."""

    filter_not_following: bool | None = None
    filter_not_followers: bool | None = None
    filter_new_accounts: bool | None = None
    filter_private_mentions: bool | None = None


class RequestIds(msgspec.Struct):
    """Several requests."""

    id: list[str] = msgspec.field(default_factory=list)


@routes.get("/api/v2/notifications/policy", READ)
async def show_policy(call: Call) -> Answer:
    """The member's policy, and how much is kept apart by it."""
    policy = await policy_of(call.services.database, call.actor.account_id)
    return json_answer(await _policy_entity(call, policy))


@routes.patch("/api/v2/notifications/policy", WRITE)
async def change_policy(call: Call) -> Answer:
    """Change it for what happens from now on."""
    form = await call.params(PolicyForm)
    change = PolicyChange(
        **{name: _treatment(f"for_{name}", getattr(form, f"for_{name}")) for name in _NAMES}
    )
    async with call.services.database.transaction() as tx:
        policy = await set_policy(tx, call.actor, change)
    return json_answer(await _policy_entity(call, policy))


@routes.get("/api/v1/notifications/policy", READ)
async def show_old_policy(call: Call) -> Answer:
    """The same, as its first version says it: what is dropped counts as kept apart."""
    policy = await policy_of(call.services.database, call.actor.account_id)
    return json_answer(await _old_policy_entity(call, policy))


@routes.add("PUT", "/api/v1/notifications/policy", WRITE)
@routes.patch("/api/v1/notifications/policy", WRITE)
async def change_old_policy(call: Call) -> Answer:
    """Change what the first version knows."""
    form = await call.params(OldPolicyForm)
    treatments = {None: None, True: Treatment.FILTER, False: Treatment.ACCEPT}
    change = PolicyChange(**{name: treatments[getattr(form, f"filter_{name}")] for name in _OLD_NAMES})
    async with call.services.database.transaction() as tx:
        policy = await set_policy(tx, call.actor, change)
    return json_answer(await _old_policy_entity(call, policy))


@routes.get("/api/v1/notifications/requests", READ)
async def show_requests(call: Call) -> Answer:
    """Who is kept apart, the newest first."""
    asked, services = await call.params(PageQuery), call.services
    bounds = page(
        asked, services.ids, default=services.settings.notifications_page_size_default,
        maximum=services.settings.notifications_page_size_max,
    )  # fmt: skip
    viewer = await call.viewer()
    found = await _reader(services).page(viewer, bounds)
    return json_answer(
        [_request_entity(services, row, viewer) for row in found],
        headers=link_header(call, [row.id for row in found], bounds),
    )


@routes.get("/api/v1/notifications/requests/merged", READ)
async def show_merged(call: Call) -> Answer:
    """Whether what was accepted is among the notifications: it is, as soon as it is accepted."""
    return json_answer({"merged": True})


@routes.post("/api/v1/notifications/requests/accept", WRITE)
async def accept_many(call: Call) -> Answer:
    """Accept several; those that are not there are passed over."""
    return await _settle_many(call, accept=True)


@routes.post("/api/v1/notifications/requests/dismiss", WRITE)
async def dismiss_many(call: Call) -> Answer:
    """Dismiss several; those that are not there are passed over."""
    return await _settle_many(call, accept=False)


@routes.get("/api/v1/notifications/requests/{id}", READ)
async def show_request(call: Call) -> Answer:
    """One request."""
    viewer = await call.viewer()
    found = await _reader(call.services).one(viewer, call.id_segment())
    return json_answer(_request_entity(call.services, found, viewer))


@routes.post("/api/v1/notifications/requests/{id}/accept", WRITE)
async def accept_one(call: Call) -> Answer:
    """What is kept apart of a sender is told, and what comes later too."""
    return await _settle_one(call, accept=True)


@routes.post("/api/v1/notifications/requests/{id}/dismiss", WRITE)
async def dismiss_one(call: Call) -> Answer:
    """What is kept apart of a sender is hidden for good; what comes later is kept apart again."""
    return await _settle_one(call, accept=False)


_OLD_NAMES = ("not_following", "not_followers", "new_accounts", "private_mentions")
_NAMES = (*_OLD_NAMES, "limited_accounts", "bots")


def _treatment(field: str, text: str | None) -> Treatment | None:
    if not text:
        return None
    try:
        return Treatment(text)
    except ValueError:
        raise Invalid(
            f"{field} must be accept, filter or drop",
            details={field: [("ERR_INCLUSION", "is none of accept, filter, drop")]},
        ) from None


async def _settle_one(call: Call, *, accept: bool) -> Answer:
    async with call.services.database.transaction() as tx:
        await settle_requests(tx, call.actor, [call.id_segment()], accept=accept, strict=True)
    return json_answer({})


async def _settle_many(call: Call, *, accept: bool) -> Answer:
    names, most = (await call.params(RequestIds)).id, call.services.settings.notifications_page_size_max
    if len(names) > most:
        raise Invalid(f"id lists more than {most} requests; send them in parts.")
    ids = [ident for name in names if (ident := call.services.ids.decode(name)) is not None]
    async with call.services.database.transaction() as tx:
        await settle_requests(tx, call.actor, ids, accept=accept, strict=False)
    return json_answer({})


def _reader(services: Services) -> RequestReader:
    return RequestReader(services.database, services.accounts, services.posts, services.clock)


async def _summary(call: Call) -> dict[str, int]:
    viewer: Viewer = await call.viewer()
    requests, told = await _reader(call.services).summary(viewer)
    return {"pending_requests_count": requests, "pending_notifications_count": told}


async def _policy_entity(call: Call, policy: NotificationPolicy) -> dict[str, Any]:
    entity: dict[str, Any] = {f"for_{name}": getattr(policy, name).value for name in _NAMES}
    return {**entity, "summary": await _summary(call)}


async def _old_policy_entity(call: Call, policy: NotificationPolicy) -> dict[str, Any]:
    entity: dict[str, Any] = {
        f"filter_{name}": getattr(policy, name) is not Treatment.ACCEPT for name in _OLD_NAMES
    }
    return {**entity, "summary": await _summary(call)}


def _request_entity(services: Services, row: RequestView, viewer: Viewer) -> dict[str, Any]:
    return {
        "id": services.ids.encode(row.id),
        "created_at": iso(row.created_at),
        "updated_at": iso(row.updated_at),
        "notifications_count": str(row.told),
        "account": account_raw(services, row.sender),
        "last_status": None if row.last is None else post_raw(services, row.last, viewer),
    }
