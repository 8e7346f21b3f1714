"""A member names other accounts as the own, and moves to one of them."""

from __future__ import annotations

from ...pure.errors import HoldfastError, LimitReached
from ...social.accounts import Actor
from ...social.moves import add_alias, aliases_of, cancel_move, move_account, move_of, remove_alias
from ..answers import Answer, redirect
from ..call import Call
from ..routes import Access, RouteTable
from .browser import Visit
from .pages import form, page, render
from .settings import reauthenticate

routes = RouteTable()


@routes.get("/settings/move", Access.browser())
@page
async def move_page(call: Call, visit: Visit) -> Answer:
    """Other accounts, and the form."""
    return await _show(call, visit)


@routes.post("/settings/move/aliases", Access.browser())
@form
async def name_alias(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Name another account, so that it may move here."""
    settings = call.services.settings
    try:
        async with call.services.database.transaction() as tx:
            await add_alias(
                tx, Actor(visit.member().account_id), fields.get("handle", ""), domain=settings.domain,
                most=settings.account_aliases_max, now=call.now,
            )  # fmt: skip
    except HoldfastError as error:
        return await _show(call, visit, "handle", error)
    return redirect("/settings/move")


@routes.post("/settings/move/aliases/remove", Access.browser())
@form
async def unname_alias(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Name it no longer."""
    async with call.services.database.transaction() as tx:
        await remove_alias(tx, Actor(visit.member().account_id), fields.get("handle", ""))
    return redirect("/settings/move")


@routes.post("/settings/move", Access.browser())
@form
async def move(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Move, after the password."""
    member, settings = visit.member(), call.services.settings
    try:
        await reauthenticate(call, visit, fields.get("current_password", ""))
    except HoldfastError as error:
        return await _show(call, visit, "current_password", error)
    try:
        async with call.services.database.transaction() as tx:
            await move_account(
                tx, Actor(member.account_id), member.username, fields.get("target", ""),
                domain=settings.domain, cooldown_days=settings.move_cooldown_days, now=call.now,
            )  # fmt: skip
    except HoldfastError as error:
        return await _show(call, visit, "target", error)
    return redirect("/settings/move")


@routes.post("/settings/move/cancel", Access.browser())
@form
async def stay(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """Point nowhere any more."""
    async with call.services.database.transaction() as tx:
        await cancel_move(tx, Actor(visit.member().account_id))
    return redirect("/settings/move")


async def _show(call: Call, visit: Visit, field: str = "", error: HoldfastError | None = None) -> Answer:
    services, account_id = call.services, visit.member().account_id
    target_id, _ = await move_of(services.database, account_id)
    target = await services.accounts.get(target_id) if target_id is not None else None
    status = 200 if error is None else 429 if isinstance(error, LimitReached) else 422
    return render(
        call, visit, "move.html", title="Move to another account", status=status,
        errors={field: error.public} if error else {},
        aliases=await aliases_of(services.database, account_id),
        target=target.acct if target is not None and target.shown else "",
        domain=services.settings.domain, cooldown_days=services.settings.move_cooldown_days,
    )  # fmt: skip
