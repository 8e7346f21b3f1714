"""The staff's list of networks whose people may not sign up, or not come at all."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...pure.markup import clean_text
from ...pure.permissions import Permission
from ...social.bans import BanNotAllowed, NetworkSeverity, network_block, network_blocks
from ...trust.boundaries import NetworkTerms, block_network, change_network_block, unblock_network
from ...trust.staff_actions import Staff
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .admin_accounts import staff_page
from .paging import PageQuery, link_header
from .render_admin import network_entity

routes = RouteTable()

_ALL = "/api/v1/admin/ip_blocks"
_READ = Access.staff(Permission.MANAGE_BLOCKS, "admin:read:ip_blocks")
_WRITE = Access.staff(Permission.MANAGE_BLOCKS, "admin:write:ip_blocks")
_LONGEST_SECONDS = 10 * 365 * 86_400


class NetworkForm(msgspec.Struct):
    """A block of a network; `expires_in` in seconds from now, 0 or nothing: until it is removed."""

    ip: str = ""
    severity: str = ""
    comment: str | None = None
    expires_in: int | None = None


def _severity(text: str) -> NetworkSeverity:
    if text not in tuple(NetworkSeverity):
        raise BanNotAllowed("severity", "ERR_INCLUSION", f"is none of {', '.join(NetworkSeverity)}")
    return NetworkSeverity(text)


def _span(seconds: int | None) -> timedelta | None:
    if not seconds:
        return None
    if not 0 < seconds <= _LONGEST_SECONDS:
        raise BanNotAllowed(
            "expires_in", "ERR_INVALID", f"must be a number of seconds up to {_LONGEST_SECONDS}"
        )
    return timedelta(seconds=seconds)


@routes.get(_ALL, _READ)
async def show_page(call: Call) -> Answer:
    """Blocked networks, newest first."""
    bounds = staff_page(call, await call.params(PageQuery))
    found = await network_blocks(call.services.database, bounds)
    return json_answer(
        [network_entity(call.services, block) for block in found],
        headers=link_header(call, [block.id for block in found], bounds),
    )


@routes.get(f"{_ALL}/{{id}}", _READ)
async def show(call: Call) -> Answer:
    """One."""
    return json_answer(
        network_entity(call.services, await network_block(call.services.database, call.id_segment()))
    )


@routes.post(_ALL, _WRITE)
async def create(call: Call) -> Answer:
    """Block a network, which is not one's own where it shuts out."""
    asked = await call.params(NetworkForm)
    span = _span(asked.expires_in)
    terms = NetworkTerms(
        asked.ip,
        _severity(asked.severity),
        clean_text(asked.comment or ""),
        None if span is None else call.now + span,
    )
    async with call.services.database.transaction() as tx:
        made = await block_network(tx, Staff.of(call.actor), terms, own_address=call.client_ip, now=call.now)
    return json_answer(network_entity(call.services, made))


@routes.put(f"{_ALL}/{{id}}", _WRITE)
async def update(call: Call) -> Answer:
    """Set what a block says; what is absent stays."""
    block_id, asked = call.id_segment(), await call.params(NetworkForm)
    async with call.services.database.transaction() as tx:
        before = await network_block(tx, block_id)
        span = _span(asked.expires_in)
        terms = NetworkTerms(
            asked.ip or before.network,
            _severity(asked.severity) if asked.severity else before.severity,
            before.comment if asked.comment is None else clean_text(asked.comment),
            before.expires_at if asked.expires_in is None else None if span is None else call.now + span,
        )
        changed = await change_network_block(
            tx, Staff.of(call.actor), block_id, terms, own_address=call.client_ip, now=call.now
        )
    return json_answer(network_entity(call.services, changed))


@routes.delete(f"{_ALL}/{{id}}", _WRITE, limit=Limit.DEFAULT)
async def delete(call: Call) -> Answer:
    """Block it no longer."""
    block_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        await unblock_network(tx, Staff.of(call.actor), block_id, now=call.now)
    return json_answer({})
