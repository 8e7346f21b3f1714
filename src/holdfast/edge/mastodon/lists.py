"""Lists of the Mastodon API, who is in them, and in which ones an account is."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import NotFound
from ...social.lists import (
    ListChange,
    ListLimits,
    ListView,
    add_list_members,
    create_list,
    delete_list,
    edit_list,
    list_members_page,
    lists_of,
    lists_with,
    one_list,
    remove_list_members,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .accounts import shown_account
from .paging import PageQuery, accounts_page, link_header
from .render_account import accounts_raw

routes = RouteTable()

_READ, _WRITE = Access.member("read:lists"), Access.member("write:lists")


class _ListForm(msgspec.Struct):
    title: str | None = None
    replies_policy: str | None = None
    exclusive: bool | None = None


class _MembersForm(msgspec.Struct):
    account_ids: list[str] = msgspec.field(default_factory=list)


@routes.get("/api/v1/lists", _READ)
async def show_lists(call: Call) -> Answer:
    """The member's lists."""
    found = await lists_of(call.services.database, call.actor.account_id)
    return json_answer([_entity(call, one) for one in found])


@routes.post("/api/v1/lists", _WRITE)
async def post_list(call: Call) -> Answer:
    """A new list: `title`, `replies_policy`, `exclusive`."""
    change = await _change(call)
    async with call.services.database.transaction() as tx:
        one = await create_list(tx, call.actor, change, limits=_limits(call), now=call.now)
    return json_answer(_entity(call, one))


@routes.get("/api/v1/lists/{id}", _READ)
async def show_list(call: Call) -> Answer:
    """One of the member's lists."""
    one = await one_list(call.services.database, call.actor.account_id, call.id_segment())
    return json_answer(_entity(call, one))


@routes.put("/api/v1/lists/{id}", _WRITE)
async def put_list(call: Call) -> Answer:
    """Change the title, the replies shown, or whether the home timeline leaves its members out."""
    change = await _change(call)
    async with call.services.database.transaction() as tx:
        one = await edit_list(tx, call.actor, call.id_segment(), change, limits=_limits(call))
    return json_answer(_entity(call, one))


@routes.delete("/api/v1/lists/{id}", _WRITE, limit=Limit.DEFAULT)
async def remove_list(call: Call) -> Answer:
    """Delete a list."""
    async with call.services.database.transaction() as tx:
        await delete_list(tx, call.actor, call.id_segment())
    return json_answer({})


@routes.get("/api/v1/lists/{id}/accounts", _READ)
async def members(call: Call) -> Answer:
    """Who is in the list, the last added first; all of them with `limit=0`."""
    query = await call.params(PageQuery)
    asked, everybody = accounts_page(query, call), query.limit == 0
    rows = await list_members_page(
        call.services.database, call.actor.account_id, call.id_segment(), asked, everybody=everybody
    )
    return json_answer(
        await accounts_raw(call.services, (account_id for _, account_id in rows)),
        headers=[] if everybody else link_header(call, [ident for ident, _ in rows], asked),
    )


@routes.post("/api/v1/lists/{id}/accounts", _WRITE)
async def add_members(call: Call) -> Answer:
    """Add accounts that the member follows, or has asked to follow."""
    list_id, ids = call.id_segment(), await _account_ids(call)
    if None in ids:
        raise NotFound
    async with call.services.database.transaction() as tx:
        await add_list_members(
            tx, call.actor, list_id, [ident for ident in ids if ident is not None], limits=_limits(call),
            now=call.now,
        )  # fmt: skip
    return json_answer({})


@routes.delete("/api/v1/lists/{id}/accounts", _WRITE, limit=Limit.DEFAULT)
async def remove_members(call: Call) -> Answer:
    """Take accounts out, named by the query or by a body."""
    list_id, ids = call.id_segment(), await _account_ids(call)
    async with call.services.database.transaction() as tx:
        await remove_list_members(tx, call.actor, list_id, [ident for ident in ids if ident is not None])
    return json_answer({})


@routes.get("/api/v1/accounts/{id}/lists", _READ)
async def lists_of_account(call: Call) -> Answer:
    """Which of the member's lists hold the account."""
    account = await shown_account(call)
    found = await lists_with(call.services.database, call.actor.account_id, account.id)
    return json_answer([_entity(call, one) for one in found])


async def _account_ids(call: Call) -> list[int | None]:
    form = await call.params(_MembersForm)
    return [call.services.ids.decode(public) for public in form.account_ids]


async def _change(call: Call) -> ListChange:
    form = await call.params(_ListForm)
    return ListChange(form.title, form.replies_policy or None, form.exclusive)


def _limits(call: Call) -> ListLimits:
    settings = call.services.settings
    return ListLimits(settings.lists_max, settings.list_members_max, settings.list_title_max_characters)


def _entity(call: Call, one: ListView) -> dict[str, Any]:
    return {
        "id": call.services.ids.encode(one.id),
        "title": one.title,
        "replies_policy": one.replies_policy,
        "exclusive": one.exclusive,
    }
