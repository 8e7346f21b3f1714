"""A member says whose notifications are wanted, and decides about senders who are kept apart."""

from __future__ import annotations

from typing import Any, Final

from ...pure.window import Window
from ...social.accounts import Actor
from ...social.notification_policies import PolicyChange, Treatment, policy_of, set_policy
from ...social.notification_requests import RequestReader
from ...social.notifications import NotificationNotVisible, settle_requests
from ..answers import Answer, redirect
from ..call import Call
from ..routes import Access, RouteTable
from .browser import Visit
from .pages import form, page, render

routes = RouteTable()

_RULES: Final = (
    ("not_following", "People you do not follow"),
    ("not_followers", "People who do not follow you"),
    ("new_accounts", "New accounts"),
    ("private_mentions", "Private messages from strangers"),
    ("limited_accounts", "Accounts that the moderators limited"),
    ("bots", "Bots"),
)
_TREATMENTS: Final = (("accept", "Tell me"), ("filter", "Keep apart"), ("drop", "Never"))
_SHOWN_MOST: Final = 40


@routes.get("/settings/notifications", Access.browser())
@page
async def choices_page(call: Call, visit: Visit) -> Answer:
    """The rules, and who is kept apart by them."""
    services, account_id = call.services, visit.member().account_id
    chosen = await policy_of(services.database, account_id)
    viewer = await services.relations.viewer(account_id)
    reader = RequestReader(services.database, services.accounts, services.posts, services.clock)
    waiting = await reader.page(viewer, Window(_SHOWN_MOST))
    return render(
        call, visit, "notification_choices.html", title="Notifications", treatments=_TREATMENTS,
        rules=[(name, words, getattr(chosen, name).value) for name, words in _RULES],
        requests=[
            {
                "id": services.ids.encode(row.id), "acct": row.sender.acct,
                "name": row.sender.display_name or row.sender.username, "told": row.told, "since": row.created_at,
            }
            for row in waiting
        ],
    )  # fmt: skip


@routes.post("/settings/notifications", Access.browser())
@form
async def save_choices(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Keep the rules for what happens from now on."""
    known = {one.value for one in Treatment}
    given: dict[str, Any] = {
        name: Treatment(fields[name]) for name, _ in _RULES if fields.get(name, "") in known
    }
    async with call.services.database.transaction() as tx:
        await set_policy(tx, Actor(visit.member().account_id), PolicyChange(**given))
    return redirect("/settings/notifications")


@routes.post("/settings/notifications/requests/{id}/accept", Access.browser())
@form
async def accept(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """Tell what was kept apart, and let the sender through from now on."""
    return await _settle(call, visit, accept=True)


@routes.post("/settings/notifications/requests/{id}/dismiss", Access.browser())
@form
async def dismiss(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """Hide what was kept apart for good."""
    return await _settle(call, visit, accept=False)


async def _settle(call: Call, visit: Visit, *, accept: bool) -> Answer:
    actor = Actor(visit.member().account_id)
    request_id = call.services.ids.decode(call.segment("id"))
    if request_id is None:
        raise NotificationNotVisible
    async with call.services.database.transaction() as tx:
        await settle_requests(tx, actor, [request_id], accept=accept, strict=True)
    return redirect("/settings/notifications")
