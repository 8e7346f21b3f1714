"""Accounts that members show on their profiles."""

from __future__ import annotations

from ...social.accounts import AccountId, AccountNotVisible
from ...social.endorsements import endorse_account, endorsed_page, unendorse_account
from ...social.graph import relationships
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .accounts import shown_account
from .paging import PageQuery, accounts_page, link_header
from .render_account import accounts_raw, relationship_json

routes = RouteTable()

_WRITE = Access.member("write:accounts")


@routes.get("/api/v1/endorsements", Access.member("read:accounts"))
async def show_own(call: Call) -> Answer:
    """Whom the member shows on the profile."""
    return await _page(call, call.actor.account_id)


@routes.get("/api/v1/accounts/{id}/endorsements", Access.anyone("read:accounts"))
async def show_of(call: Call) -> Answer:
    """Accounts shown on a profile."""
    return await _page(call, (await shown_account(call)).id)


@routes.post("/api/v1/accounts/{id}/endorse", _WRITE)
async def endorse(call: Call) -> Answer:
    """Show an account, which the member follows, on the profile."""
    return await _set(call, endorsed=True)


@routes.post("/api/v1/accounts/{id}/unendorse", _WRITE)
async def unendorse(call: Call) -> Answer:
    """Show an account on the profile no longer."""
    return await _set(call, endorsed=False)


@routes.post("/api/v1/accounts/{id}/pin", _WRITE)
async def pin(call: Call) -> Answer:
    """The older name of `endorse`."""
    return await _set(call, endorsed=True)


@routes.post("/api/v1/accounts/{id}/unpin", _WRITE)
async def unpin(call: Call) -> Answer:
    """The older name of `unendorse`."""
    return await _set(call, endorsed=False)


async def _set(call: Call, *, endorsed: bool) -> Answer:
    target = AccountId((await shown_account(call)).id)
    async with call.services.database.transaction() as tx:
        if endorsed:
            most = call.services.settings.endorsements_max
            await endorse_account(tx, call.actor, target, most=most, now=call.now)
        else:
            await unendorse_account(tx, call.actor, target)
        found = await relationships(tx, call.actor.account_id, [target])
    if not found:
        raise AccountNotVisible
    return json_answer(relationship_json(call.services, found[0]))


async def _page(call: Call, account_id: int) -> Answer:
    asked = accounts_page(await call.params(PageQuery), call)
    rows = await endorsed_page(call.services.database, account_id, asked)
    return json_answer(
        await accounts_raw(call.services, (target_id for _, target_id in rows)),
        headers=link_header(call, [ident for ident, _ in rows], asked),
    )
