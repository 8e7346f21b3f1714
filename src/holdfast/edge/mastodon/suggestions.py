"""Whom to follow: suggestions, and the directory of those who want to be found."""

from __future__ import annotations

from typing import Literal

import msgspec

from ...pure.errors import Invalid
from ...social.accounts import AccountId
from ...social.instance import directory
from ...social.suggestions import Source, Suggestion, dismiss_suggestion, suggestions
from ..answers import Answer, json_answer
from ..budgets import count_reads
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .accounts import shown_account
from .render_account import account_raw, accounts_raw

routes = RouteTable()

# What clients called these before there could be several.
_OLD_NAMES = {
    Source.FEATURED: "staff",
    Source.FRIENDS_OF_FRIENDS: "past_interactions",
    Source.SIMILAR: "past_interactions",
    Source.MOST_FOLLOWED: "global",
}


class LimitQuery(msgspec.Struct):
    """How many."""

    limit: int | None = None


class DirectoryQuery(msgspec.Struct):
    """Which accounts of the directory."""

    offset: int = 0
    limit: int | None = None
    order: Literal["active", "new"] = "active"
    local: bool = False


@routes.get("/api/v1/suggestions", Access.member("read"))
async def show_v1(call: Call) -> Answer:
    """The old form: bare accounts."""
    found = await _suggestions(call)
    return json_answer(await accounts_raw(call.services, [one.account_id for one in found]))


@routes.get("/api/v2/suggestions", Access.member("read"))
async def show(call: Call) -> Answer:
    """Accounts that the member might want to follow, and why."""
    services, found = call.services, await _suggestions(call)
    accounts = await services.accounts.get_many([one.account_id for one in found])
    return json_answer(
        [
            {
                "source": _OLD_NAMES[one.sources[0]],
                "sources": list(one.sources),
                "account": account_raw(services, accounts[one.account_id]),
            }
            for one in found
            if one.account_id in accounts and accounts[one.account_id].shown
        ]
    )


@routes.delete("/api/v1/suggestions/{account_id}", Access.member("read"), limit=Limit.DEFAULT)
async def dismiss(call: Call) -> Answer:
    """Never suggest this account again."""
    target = AccountId((await shown_account(call, "account_id")).id)
    async with call.services.database.transaction() as tx:
        await dismiss_suggestion(tx, call.actor, target, now=call.now)
    return json_answer({})


@routes.get("/api/v1/directory", Access.anyone("read:accounts"))
async def show_directory(call: Call) -> Answer:
    """Accounts that agreed to be listed, without those that the viewer turned away."""
    asked, settings = await call.params(DirectoryQuery), call.services.settings
    if not 0 <= asked.offset <= settings.search_offset_max:
        raise Invalid(f"offset must be between 0 and {settings.search_offset_max}.")
    viewer = await call.viewer()
    turned_away = {*viewer.mutes, *viewer.blocking, *viewer.blocked_by}
    ids = await directory(
        call.services.database, newest_first=asked.order == "new", local=asked.local,
        without=[ident for ident in turned_away if viewer.turns_away(ident, call.now)],
        limit=_bent(call, asked.limit), offset=asked.offset,
    )  # fmt: skip
    await count_reads(call, ids)
    return json_answer(await accounts_raw(call.services, ids))


async def _suggestions(call: Call) -> list[Suggestion]:
    services = call.services
    return await suggestions(
        services.database, call.actor.account_id, featured=services.settings.suggested_accounts,
        limit=_bent(call, (await call.params(LimitQuery)).limit),
    )  # fmt: skip


def _bent(call: Call, limit: int | None) -> int:
    settings = call.services.settings
    wanted = settings.accounts_page_size_default if limit is None else limit
    return min(max(wanted, 1), settings.accounts_page_size_max)
