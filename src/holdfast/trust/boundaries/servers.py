"""Use cases: which other servers are cut off, kept down, or let in."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...social.bans import (
    ServerAllow,
    ServerBlock,
    ServerPolicy,
    delete_server_allow,
    delete_server_block,
    insert_server_allow,
    insert_server_block,
    read_domain,
    server_allow,
    server_block,
    update_server_block,
)
from ..staff_actions import Staff, Subject, SubjectKind, record_action


async def block_server(
    tx: Tx, staff: Staff, domain: str, policy: ServerPolicy, *, now: Instant
) -> ServerBlock:
    """Block a server with all below it. Raises RoleLacks, BanNotAllowed."""
    staff.require(Permission.MANAGE_FEDERATION)
    name = read_domain(domain)
    block_id = await insert_server_block(tx, name, policy, now)
    await record_action(
        tx, staff, "server.block", _server(block_id, name), now=now, policy=msgspec.to_builtins(policy)
    )
    return await server_block(tx, block_id)


async def change_server_block(
    tx: Tx, staff: Staff, block_id: int, policy: ServerPolicy, *, now: Instant
) -> ServerBlock:
    """Do something else with it. Raises RoleLacks, BanNotThere."""
    staff.require(Permission.MANAGE_FEDERATION)
    before = await server_block(tx, block_id)
    await update_server_block(tx, block_id, policy)
    await record_action(
        tx, staff, "server.change", _server(block_id, before.domain), now=now,
        before=msgspec.to_builtins(before.policy), policy=msgspec.to_builtins(policy),
    )  # fmt: skip
    return await server_block(tx, block_id)


async def unblock_server(tx: Tx, staff: Staff, block_id: int, *, now: Instant) -> ServerBlock:
    """Remove a block; what it was. Raises RoleLacks, BanNotThere."""
    staff.require(Permission.MANAGE_FEDERATION)
    before = await server_block(tx, block_id)
    await delete_server_block(tx, block_id)
    await record_action(
        tx, staff, "server.unblock", _server(block_id, before.domain), now=now,
        before=msgspec.to_builtins(before.policy),
    )  # fmt: skip
    return before


async def allow_server(tx: Tx, staff: Staff, domain: str, *, now: Instant) -> ServerAllow:
    """Let a server in where only some may. Raises RoleLacks, BanNotAllowed."""
    staff.require(Permission.MANAGE_FEDERATION)
    name = read_domain(domain)
    allow_id = await insert_server_allow(tx, name, now)
    await record_action(tx, staff, "server.allow", _server(allow_id, name), now=now)
    return await server_allow(tx, allow_id)


async def disallow_server(tx: Tx, staff: Staff, allow_id: int, *, now: Instant) -> ServerAllow:
    """Let it in no longer; what it was. Raises RoleLacks, BanNotThere."""
    staff.require(Permission.MANAGE_FEDERATION)
    before = await server_allow(tx, allow_id)
    await delete_server_allow(tx, allow_id)
    await record_action(tx, staff, "server.disallow", _server(allow_id, before.domain), now=now)
    return before


def _server(ident: int, domain: str) -> Subject:
    return Subject(SubjectKind.SERVER, ident, domain)
