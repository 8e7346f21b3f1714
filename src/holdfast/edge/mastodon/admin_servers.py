"""The staff's lists of other servers: which are blocked, which are allowed; and what of it is shown to others."""

from __future__ import annotations

import msgspec

from ...pure.errors import NotAuthenticated, NotFound
from ...pure.markup import clean_text
from ...pure.permissions import Permission
from ...social.bans import (
    COMMENT_CHARACTERS,
    BanNotAllowed,
    ServerPolicy,
    ServerSeverity,
    all_server_blocks,
    server_allow,
    server_allows,
    server_block,
    server_blocks,
)
from ...trust.boundaries import (
    allow_server,
    block_server,
    change_server_block,
    disallow_server,
    unblock_server,
)
from ...trust.staff_actions import Staff
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .admin_accounts import staff_page
from .paging import PageQuery, link_header
from .render_admin import server_allow_entity, server_block_entity

routes = RouteTable()

_BLOCKS, _ALLOWS = "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"
_FEDERATION = Permission.MANAGE_FEDERATION
_READ_BLOCKS = Access.staff(_FEDERATION, "admin:read:domain_blocks")
_WRITE_BLOCKS = Access.staff(_FEDERATION, "admin:write:domain_blocks")
_READ_ALLOWS = Access.staff(_FEDERATION, "admin:read:domain_allows")
_WRITE_ALLOWS = Access.staff(_FEDERATION, "admin:write:domain_allows")


class BlockForm(msgspec.Struct):
    """A block of a server; what is absent is the default of a new one, or stays."""

    domain: str = ""
    severity: str = ""
    reject_media: bool | None = None
    reject_reports: bool | None = None
    private_comment: str | None = None
    public_comment: str | None = None
    obfuscate: bool | None = None


class DomainForm(msgspec.Struct):
    """A domain."""

    domain: str = ""


def _policy(asked: BlockForm, before: ServerPolicy) -> ServerPolicy:
    given = {name: value for name, value in msgspec.structs.asdict(asked).items() if value is not None}
    given.pop("domain")
    for name in ("private_comment", "public_comment"):
        if name in given:
            given[name] = clean_text(given[name])
        if len(given.get(name, "")) > COMMENT_CHARACTERS:
            raise BanNotAllowed(
                name, "ERR_TOO_LONG", f"is too long (maximum is {COMMENT_CHARACTERS} characters)"
            )
    severity = given.pop("severity")
    if severity:
        if severity not in tuple(ServerSeverity):
            names = ", ".join(ServerSeverity)
            raise BanNotAllowed("severity", "ERR_INCLUSION", f"is none of {names}")
        given["severity"] = ServerSeverity(severity)
    return msgspec.structs.replace(before, **given)


@routes.get(_BLOCKS, _READ_BLOCKS)
async def list_blocks(call: Call) -> Answer:
    """Blocked servers, newest first."""
    bounds = staff_page(call, await call.params(PageQuery))
    found = await server_blocks(call.services.database, bounds)
    return json_answer(
        [server_block_entity(call.services, block) for block in found],
        headers=link_header(call, [block.id for block in found], bounds),
    )


@routes.get(f"{_BLOCKS}/{{id}}", _READ_BLOCKS)
async def show_block(call: Call) -> Answer:
    """One."""
    found = await server_block(call.services.database, call.id_segment())
    return json_answer(server_block_entity(call.services, found))


@routes.post(_BLOCKS, _WRITE_BLOCKS)
async def create_block(call: Call) -> Answer:
    """Block a server with all below it."""
    asked = await call.params(BlockForm)
    async with call.services.database.transaction() as tx:
        made = await block_server(
            tx, Staff.of(call.actor), asked.domain, _policy(asked, ServerPolicy()), now=call.now
        )
    return json_answer(server_block_entity(call.services, made))


@routes.put(f"{_BLOCKS}/{{id}}", _WRITE_BLOCKS)
async def update_block(call: Call) -> Answer:
    """Do something else with it."""
    block_id, asked = call.id_segment(), await call.params(BlockForm)
    async with call.services.database.transaction() as tx:
        before = await server_block(tx, block_id)
        changed = await change_server_block(
            tx, Staff.of(call.actor), block_id, _policy(asked, before.policy), now=call.now
        )
    return json_answer(server_block_entity(call.services, changed))


@routes.delete(f"{_BLOCKS}/{{id}}", _WRITE_BLOCKS, limit=Limit.DEFAULT)
async def delete_block(call: Call) -> Answer:
    """Block it no longer."""
    block_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        await unblock_server(tx, Staff.of(call.actor), block_id, now=call.now)
    return json_answer({})


@routes.get(_ALLOWS, _READ_ALLOWS)
async def list_allows(call: Call) -> Answer:
    """Allowed servers, newest first."""
    bounds = staff_page(call, await call.params(PageQuery))
    found = await server_allows(call.services.database, bounds)
    return json_answer(
        [server_allow_entity(call.services, allow) for allow in found],
        headers=link_header(call, [allow.id for allow in found], bounds),
    )


@routes.get(f"{_ALLOWS}/{{id}}", _READ_ALLOWS)
async def show_allow(call: Call) -> Answer:
    """One."""
    found = await server_allow(call.services.database, call.id_segment())
    return json_answer(server_allow_entity(call.services, found))


@routes.post(_ALLOWS, _WRITE_ALLOWS)
async def create_allow(call: Call) -> Answer:
    """Allow a server; one that is allowed already is answered as it is."""
    asked = await call.params(DomainForm)
    async with call.services.database.transaction() as tx:
        made = await allow_server(tx, Staff.of(call.actor), asked.domain, now=call.now)
    return json_answer(server_allow_entity(call.services, made))


@routes.delete(f"{_ALLOWS}/{{id}}", _WRITE_ALLOWS, limit=Limit.DEFAULT)
async def delete_allow(call: Call) -> Answer:
    """Allow it no longer."""
    allow_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        was = await disallow_server(tx, Staff.of(call.actor), allow_id, now=call.now)
    return json_answer(server_allow_entity(call.services, was))


@routes.get("/api/v1/instance/domain_blocks", Access.anyone())
async def shown_blocks(call: Call) -> Answer:
    """Which servers are blocked, as far as the setting `domain_blocks_shown` lets the caller know."""
    settings = call.services.settings
    member = call.token is not None and call.token.account_id is not None
    if settings.domain_blocks_shown == "nobody":
        raise NotFound
    if settings.domain_blocks_shown == "members" and not member:
        raise NotAuthenticated("This method requires an authenticated user")
    reasons = settings.domain_block_reasons_shown
    with_reason = reasons == "everybody" or (reasons == "members" and member)
    return json_answer(
        [
            {
                "domain": block.shown_domain,
                "digest": block.digest,
                "severity": block.policy.severity.value,
                "comment": block.policy.public_comment if with_reason else None,
            }
            for block in await all_server_blocks(call.services.database)
            if block.policy.severity is not ServerSeverity.NOOP
        ]
    )
