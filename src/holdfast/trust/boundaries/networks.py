"""Use cases: what people of a network may not."""

from __future__ import annotations

import ipaddress

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...social.bans import (
    COMMENT_CHARACTERS,
    BanNotAllowed,
    NetworkBlock,
    NetworkSeverity,
    OwnNetwork,
    address_of,
    delete_network_block,
    insert_network_block,
    network_block,
    read_network,
    update_network_block,
)
from ..staff_actions import Staff, Subject, SubjectKind, record_action


class NetworkTerms(msgspec.Struct, frozen=True):
    """What a block of a network says. `expires_at` None: until it is removed."""

    network: str
    severity: NetworkSeverity
    comment: str = ""
    expires_at: Instant | None = None


async def block_network(
    tx: Tx, staff: Staff, terms: NetworkTerms, *, own_address: str | None, now: Instant
) -> NetworkBlock:
    """Block it. `own_address`: where the staff member sits, which must not be shut out.

    Raises RoleLacks, BanNotAllowed, OwnNetwork.
    """
    staff.require(Permission.MANAGE_BLOCKS)
    network = _checked(terms, own_address)
    block_id = await insert_network_block(
        tx, network, terms.severity, comment=terms.comment, expires_at=terms.expires_at, now=now
    )
    await record_action(
        tx, staff, "network.block", Subject(SubjectKind.NETWORK, block_id, network), now=now,
        terms=msgspec.to_builtins(terms),
    )  # fmt: skip
    return await network_block(tx, block_id)


async def change_network_block(
    tx: Tx, staff: Staff, block_id: int, terms: NetworkTerms, *, own_address: str | None, now: Instant
) -> NetworkBlock:
    """Set what it says. Raises RoleLacks, BanNotThere, BanNotAllowed, OwnNetwork."""
    staff.require(Permission.MANAGE_BLOCKS)
    before = await network_block(tx, block_id)
    network = _checked(terms, own_address)
    await update_network_block(
        tx, block_id, network, terms.severity, comment=terms.comment, expires_at=terms.expires_at
    )
    await record_action(
        tx, staff, "network.change", Subject(SubjectKind.NETWORK, block_id, network), now=now,
        before=msgspec.to_builtins(before), terms=msgspec.to_builtins(terms),
    )  # fmt: skip
    return await network_block(tx, block_id)


async def unblock_network(tx: Tx, staff: Staff, block_id: int, *, now: Instant) -> NetworkBlock:
    """Remove a block; what it was. Raises RoleLacks, BanNotThere."""
    staff.require(Permission.MANAGE_BLOCKS)
    before = await network_block(tx, block_id)
    await delete_network_block(tx, block_id)
    await record_action(
        tx, staff, "network.unblock", Subject(SubjectKind.NETWORK, block_id, before.network), now=now,
        before=msgspec.to_builtins(before),
    )  # fmt: skip
    return before


def _checked(terms: NetworkTerms, own_address: str | None) -> str:
    network = read_network(terms.network)
    if len(terms.comment) > COMMENT_CHARACTERS:
        raise BanNotAllowed(
            "comment", "ERR_TOO_LONG", f"is too long (maximum is {COMMENT_CHARACTERS} characters)"
        )
    own = address_of(own_address) if own_address else None
    if own is not None and terms.severity is NetworkSeverity.NO_ACCESS:
        blocked = ipaddress.ip_network(network)
        if own.version == blocked.version and own in blocked:
            raise OwnNetwork
    return network
