"""What a member does to other accounts, and the lists of whom it was done to."""

from __future__ import annotations

import msgspec

from ...platform.db import Tx
from ...pure.errors import Invalid
from ...social.accounts import AccountId, AccountNotVisible
from ...social.blocks import (
    add_domain_block,
    block_account,
    mute_account,
    remove_domain_block,
    set_account_note,
    unblock_account,
    unmute_account,
)
from ...social.follows import (
    authorise_request,
    follow_account,
    reject_request,
    remove_follower,
    unfollow_account,
)
from ...social.graph import (
    BLOCKED,
    MUTED,
    REQUESTS,
    FollowOptions,
    blocked_domains,
    page_of,
    relationships,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .accounts import shown_account
from .paging import PageQuery, accounts_page, link_header
from .render_account import accounts_raw, muted_account_raw, relationship_json

routes = RouteTable()

_WRITE_FOLLOWS = Access.member("write:follows")
_WRITE_BLOCKS = Access.member("write:blocks")
_WRITE_MUTES = Access.member("write:mutes")
_READ_BLOCKS = Access.member("read:blocks")


class FollowForm(msgspec.Struct):
    """How to follow; what is absent stays as it is, or is the default of a new follow."""

    reblogs: bool | None = None
    notify: bool | None = None
    languages: list[str] | None | msgspec.UnsetType = msgspec.UNSET


class MuteForm(msgspec.Struct):
    """How to mute; `duration` in seconds, 0 until undone."""

    notifications: bool = True
    duration: int = 0


class NoteForm(msgspec.Struct):
    """A private note."""

    comment: str | None = None


class DomainForm(msgspec.Struct):
    """A domain, from the query or from a body, that of a DELETE too."""

    domain: str = ""


@routes.post("/api/v1/accounts/{id}/follow", _WRITE_FOLLOWS, limit=Limit.FOLLOW)
async def follow(call: Call) -> Answer:
    """Follow, or ask to, or change how."""
    form = await call.params(FollowForm)
    options = FollowOptions(
        show_boosts=msgspec.UNSET if form.reblogs is None else form.reblogs,
        notify=msgspec.UNSET if form.notify is None else form.notify,
        languages=form.languages,
    )
    target = await _target(call)
    async with call.services.database.transaction() as tx:
        await follow_account(tx, call.actor, target, options, now=call.now)
        return await _relationship(call, tx, target)


@routes.post("/api/v1/accounts/{id}/unfollow", _WRITE_FOLLOWS)
async def unfollow(call: Call) -> Answer:
    """Stop following, or take the request back."""
    target = await _target(call)
    async with call.services.database.transaction() as tx:
        await unfollow_account(tx, call.actor, target)
        return await _relationship(call, tx, target)


@routes.post("/api/v1/accounts/{id}/remove_from_followers", _WRITE_FOLLOWS)
async def remove_from_followers(call: Call) -> Answer:
    """Make the account stop following the member."""
    target = await _target(call)
    async with call.services.database.transaction() as tx:
        await remove_follower(tx, call.actor, target)
        return await _relationship(call, tx, target)


@routes.post("/api/v1/accounts/{id}/block", _WRITE_BLOCKS)
async def block(call: Call) -> Answer:
    """Block."""
    target = await _target(call)
    async with call.services.database.transaction() as tx:
        await block_account(tx, call.actor, target, now=call.now)
        return await _relationship(call, tx, target)


@routes.post("/api/v1/accounts/{id}/unblock", _WRITE_BLOCKS)
async def unblock(call: Call) -> Answer:
    """Take a block back."""
    target = await _target(call)
    async with call.services.database.transaction() as tx:
        await unblock_account(tx, call.actor, target)
        return await _relationship(call, tx, target)


@routes.post("/api/v1/accounts/{id}/mute", _WRITE_MUTES)
async def mute(call: Call) -> Answer:
    """Mute."""
    form = await call.params(MuteForm)
    target = await _target(call)
    async with call.services.database.transaction() as tx:
        await mute_account(
            tx, call.actor, target, notifications=form.notifications, duration_seconds=form.duration, now=call.now
        )  # fmt: skip
        return await _relationship(call, tx, target)


@routes.post("/api/v1/accounts/{id}/unmute", _WRITE_MUTES)
async def unmute(call: Call) -> Answer:
    """Take a mute back."""
    target = await _target(call)
    async with call.services.database.transaction() as tx:
        await unmute_account(tx, call.actor, target)
        return await _relationship(call, tx, target)


@routes.post("/api/v1/accounts/{id}/note", Access.member("write:accounts"))
async def note(call: Call) -> Answer:
    """Set the private note about the account; without a comment, remove it."""
    form = await call.params(NoteForm)
    target = await _target(call)
    limit = call.services.settings.note_max_characters
    async with call.services.database.transaction() as tx:
        await set_account_note(tx, call.actor, target, form.comment or "", max_characters=limit)
        return await _relationship(call, tx, target)


@routes.get("/api/v1/follow_requests", Access.member("read:follows"))
async def follow_requests(call: Call) -> Answer:
    """Who waits for the member's answer."""
    return await _listing(call, REQUESTS)


@routes.post("/api/v1/follow_requests/{account_id}/authorize", _WRITE_FOLLOWS)
async def authorise_follow_request(call: Call) -> Answer:
    """Let somebody follow who asked the member."""
    target = await _target(call, "account_id")
    async with call.services.database.transaction() as tx:
        await authorise_request(tx, call.actor, target, now=call.now)
        return await _relationship(call, tx, target)


@routes.post("/api/v1/follow_requests/{account_id}/reject", _WRITE_FOLLOWS)
async def reject_follow_request(call: Call) -> Answer:
    """Turn down somebody who asked the member."""
    target = await _target(call, "account_id")
    async with call.services.database.transaction() as tx:
        await reject_request(tx, call.actor, target)
        return await _relationship(call, tx, target)


@routes.get("/api/v1/blocks", _READ_BLOCKS)
async def blocks(call: Call) -> Answer:
    """Whom the member blocks."""
    return await _listing(call, BLOCKED)


@routes.get("/api/v1/mutes", Access.member("read:mutes"))
async def mutes(call: Call) -> Answer:
    """Whom the member mutes, and until when."""
    asked = accounts_page(await call.params(PageQuery), call)
    services = call.services
    rows = await page_of(services.database, MUTED, call.actor.account_id, asked)
    found = await services.accounts.get_many(row[1] for row in rows)
    shown = [(found[row[1]], row[2]) for row in rows if row[1] in found and found[row[1]].shown]
    return json_answer(
        [muted_account_raw(services, account, expires_at) for account, expires_at in shown],
        headers=link_header(call, [row[0] for row in rows], asked),
    )


@routes.get("/api/v1/domain_blocks", _READ_BLOCKS)
async def domain_blocks(call: Call) -> Answer:
    """Which servers the member blocks."""
    asked = accounts_page(await call.params(PageQuery), call)
    rows = await blocked_domains(call.services.database, call.actor.account_id, asked)
    return json_answer(
        [domain for _, domain in rows], headers=link_header(call, [row[0] for row in rows], asked)
    )


@routes.post("/api/v1/domain_blocks", _WRITE_BLOCKS)
async def post_domain_block(call: Call) -> Answer:
    """Block a server."""
    domain = await _domain(call)
    async with call.services.database.transaction() as tx:
        await add_domain_block(tx, call.actor, domain, now=call.now)
    return json_answer({})


@routes.delete("/api/v1/domain_blocks", _WRITE_BLOCKS, limit=Limit.DEFAULT)
async def delete_domain_block(call: Call) -> Answer:
    """Take the block of a server back."""
    domain = await _domain(call)
    async with call.services.database.transaction() as tx:
        await remove_domain_block(tx, call.actor, domain)
    return json_answer({})


async def _target(call: Call, segment: str = "id") -> AccountId:
    return AccountId((await shown_account(call, segment)).id)


async def _domain(call: Call) -> str:
    domain = (await call.params(DomainForm)).domain.strip()
    if not domain:
        raise Invalid(
            "Validation failed: domain can't be blank", details={"domain": [("ERR_BLANK", "can't be blank")]}
        )
    return domain


async def _relationship(call: Call, tx: Tx, target: AccountId) -> Answer:
    # Read inside the transaction: the answer is what this command made of it.
    found = await relationships(tx, call.actor.account_id, [target])
    if not found:
        raise AccountNotVisible
    return json_answer(relationship_json(call.services, found[0]))


async def _listing(call: Call, listing: tuple[str, str]) -> Answer:
    asked = accounts_page(await call.params(PageQuery), call)
    rows = await page_of(call.services.database, listing, call.actor.account_id, asked)
    return json_answer(
        await accounts_raw(call.services, (row[1] for row in rows)),
        headers=link_header(call, [row[0] for row in rows], asked),
    )
