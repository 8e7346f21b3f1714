"""Accounts as others see them: one, many, found by name, and who follows whom."""

from __future__ import annotations

import msgspec

from ...pure.errors import Invalid
from ...pure.names import normalise_username
from ...social.accounts import AccountNotVisible, AccountView, find_by_handle, search_accounts
from ...social.graph import (
    FOLLOWERS,
    FOLLOWING,
    Viewer,
    familiar_followers,
    page_of,
    relationships,
)
from ..answers import Answer, json_answer
from ..budgets import count_reads
from ..call import Call
from ..routes import Access, RouteTable
from .paging import PageQuery, accounts_page, link_header
from .render_account import account_raw, accounts_raw, relationship_json

routes = RouteTable()

_ANYONE = Access.anyone("read:accounts")
_MEMBER = Access.member("read:accounts")


class IdsQuery(msgspec.Struct):
    """`id[]=...` or `id=...`."""

    id: list[str] = msgspec.field(default_factory=list)


class LookupQuery(msgspec.Struct):
    """A handle: `name`, `@name` or `name@domain`."""

    acct: str = ""


class SearchQuery(msgspec.Struct):
    """A search for accounts. `resolve` asks other servers, of which there are none."""

    q: str = ""
    limit: int | None = None
    offset: int = 0
    following: bool = False
    resolve: bool = False


@routes.get("/api/v1/accounts", _ANYONE)
async def show_many(call: Call) -> Answer:
    """Those of the accounts asked for that are shown."""
    ids = _ids(call, (await call.params(IdsQuery)).id, call.services.settings.ids_per_request_max)
    await count_reads(call, await call.services.accounts.get_many(ids))
    return json_answer(await accounts_raw(call.services, ids))


@routes.get("/api/v1/accounts/lookup", _ANYONE)
async def lookup(call: Call) -> Answer:
    """An account by its handle."""
    name, domain = split_handle(call, (await call.params(LookupQuery)).acct)
    found = await find_by_handle(call.services.database, name, domain) if name else None
    account = await call.services.accounts.get(found) if found is not None else None
    if account is None or not account.shown:
        raise AccountNotVisible
    await count_reads(call, [account.id])
    return json_answer(account_raw(call.services, account))


@routes.get("/api/v1/accounts/search", _MEMBER)
async def search(call: Call) -> Answer:
    """Accounts whose name begins with the words asked for, exact names first."""
    query = await call.params(SearchQuery)
    settings = call.services.settings
    limit = settings.accounts_page_size_default if query.limit is None else query.limit
    name, domain = split_handle(call, query.q)
    if not name or domain is not None:
        return json_answer([])
    ids = await search_accounts(
        call.services.database, name, limit=min(max(limit, 1), settings.accounts_page_size_max),
        offset=max(query.offset, 0), followed=(await call.viewer()).following, only_followed=query.following,
    )  # fmt: skip
    return json_answer(await accounts_raw(call.services, ids))


@routes.get("/api/v1/accounts/relationships", Access.member("read:follows"))
async def show_relationships(call: Call) -> Answer:
    """How the member stands to each account. Suspended ones are as good as missing, `with_suspended` or not."""
    settings = call.services.settings
    most = max(settings.ids_per_request_max, settings.accounts_page_size_max)
    ids = _ids(call, (await call.params(IdsQuery)).id, most)
    found = await relationships(call.services.database, call.actor.account_id, ids)
    return json_answer([relationship_json(call.services, between) for between in found])


@routes.get("/api/v1/accounts/familiar_followers", Access.member("read:follows"))
async def show_familiar_followers(call: Call) -> Answer:
    """Who of those the member follows also follows each account."""
    services, settings = call.services, call.services.settings
    ids = _ids(call, (await call.params(IdsQuery)).id, settings.ids_per_request_max)
    shown = await services.accounts.get_many(ids)
    ids = [ident for ident in ids if ident in shown and shown[ident].shown]
    found = await familiar_followers(
        services.database, call.actor.account_id, ids, limit=settings.accounts_page_size_default
    )
    return json_answer(
        [
            {"id": services.ids.encode(ident), "accounts": await accounts_raw(services, followers)}
            for ident, followers in found.items()
        ]
    )


@routes.get("/api/v1/accounts/{id}", _ANYONE)
async def show(call: Call) -> Answer:
    """One account. Somebody who blocks the viewer is still shown; the posts are not."""
    return json_answer(account_raw(call.services, await shown_account(call)))


@routes.get("/api/v1/accounts/{id}/followers", _ANYONE)
async def followers(call: Call) -> Answer:
    """Who follows the account."""
    return await _collection(call, FOLLOWERS)


@routes.get("/api/v1/accounts/{id}/following", _ANYONE)
async def following(call: Call) -> Answer:
    """Whom the account follows."""
    return await _collection(call, FOLLOWING)


@routes.get("/api/v1/accounts/{id}/identity_proofs", _MEMBER)
async def identity_proofs(call: Call) -> Answer:
    """Always empty: the API gave these up, but old clients still ask."""
    await shown_account(call)
    return json_answer([])


async def shown_account(call: Call, segment: str = "id") -> AccountView:
    """The account of a path; raises the same NotFound for one that is malformed, missing or hidden."""
    account = await call.services.accounts.get(call.id_segment(segment))
    if account is None or not account.shown:
        raise AccountNotVisible
    await count_reads(call, [account.id])
    return account


def split_handle(call: Call, handle: str) -> tuple[str, str | None]:
    """Name and domain of `@name@domain`; the domain is None when it is this server's."""
    name, _, domain = normalise_username(handle).partition("@")
    return name, None if domain in ("", call.services.settings.domain.lower()) else domain


def _ids(call: Call, public_ids: list[str], most: int) -> list[int]:
    if len(public_ids) > most:
        raise Invalid(
            f"At most {most} ids in one request.", details={"id": [("ERR_TOO_LONG", f"at most {most}")]}
        )
    decoded = (call.services.ids.decode(public_id) for public_id in public_ids)
    return list(dict.fromkeys(ident for ident in decoded if ident is not None))


def _may_list(account: AccountView, viewer: Viewer) -> bool:
    if viewer.account_id == account.id:
        return True
    return not account.hide_collections and account.id not in viewer.blocked_by


async def _collection(call: Call, listing: tuple[str, str]) -> Answer:
    query = await call.params(PageQuery)
    account, viewer = await shown_account(call), await call.viewer()
    if not _may_list(account, viewer):
        return json_answer([])
    asked = accounts_page(query, call)
    hidden: frozenset[int] = frozenset()
    if viewer.account_id != account.id:
        muted = (ident for ident in viewer.mutes if viewer.mutes_now(ident, call.now))
        hidden = viewer.blocking | viewer.blocked_by | frozenset(muted)
    rows = await page_of(call.services.database, listing, account.id, asked, hidden)
    await count_reads(call, (row[1] for row in rows))
    return json_answer(
        await accounts_raw(call.services, (row[1] for row in rows)),
        headers=link_header(call, [row[0] for row in rows], asked),
    )
