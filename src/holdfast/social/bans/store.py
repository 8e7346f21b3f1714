"""Every statement that writes bans. Whoever calls these says why, in a record of the staff's actions."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx, UniqueViolation
from ...platform.ids import new_id
from ...platform.stamps import Kind
from .errors import BanNotAllowed
from .model import MaterialKind, NetworkSeverity, PatternField, PatternSeverity, ServerPolicy

_TAKEN = ("ERR_TAKEN", "is blocked already")


def _touch(tx: Tx) -> None:
    tx.touch(Kind.BANS)


async def insert_server_block(tx: Tx, domain: str, policy: ServerPolicy, now: Instant) -> int:
    """A new block of a server; its id. Raises BanNotAllowed when there is one."""
    block_id = new_id(now)
    try:
        async with tx.attempt():
            await tx.execute(
                "insert into server_blocks (id, domain, severity, reject_media, reject_reports, private_comment,"
                " public_comment, obfuscate, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                block_id, domain, policy.severity.value, policy.reject_media, policy.reject_reports,
                policy.private_comment, policy.public_comment, policy.obfuscate, now,
            )  # fmt: skip
    except UniqueViolation as error:
        raise BanNotAllowed("domain", *_TAKEN) from error
    _touch(tx)
    return block_id


async def update_server_block(tx: Tx, block_id: int, policy: ServerPolicy) -> None:
    """Set what is done with a server."""
    await tx.execute(
        "update server_blocks set severity = $2, reject_media = $3, reject_reports = $4, private_comment = $5,"
        " public_comment = $6, obfuscate = $7 where id = $1",
        block_id, policy.severity.value, policy.reject_media, policy.reject_reports, policy.private_comment,
        policy.public_comment, policy.obfuscate,
    )  # fmt: skip
    _touch(tx)


async def delete_server_block(tx: Tx, block_id: int) -> None:
    """Remove a block of a server."""
    await tx.execute("delete from server_blocks where id = $1", block_id)
    _touch(tx)


async def insert_server_allow(tx: Tx, domain: str, now: Instant) -> int:
    """Allow a server; the id of the row, also when it was allowed before."""
    allow_id: int = await tx.fetchval(
        "insert into server_allows as s (id, domain, created_at) values ($1, $2, $3)"
        " on conflict (domain) do update set domain = s.domain returning id",
        new_id(now), domain, now,
    )  # fmt: skip
    _touch(tx)
    return allow_id


async def delete_server_allow(tx: Tx, allow_id: int) -> None:
    """A server is allowed no longer."""
    await tx.execute("delete from server_allows where id = $1", allow_id)
    _touch(tx)


async def insert_mail_domain_block(tx: Tx, domain: str, *, allow_with_approval: bool, now: Instant) -> int:
    """Block a mail domain; its id. Raises BanNotAllowed when there is one."""
    block_id = new_id(now)
    try:
        async with tx.attempt():
            await tx.execute(
                "insert into mail_domain_blocks (id, domain, allow_with_approval, created_at) values ($1, $2, $3, $4)",
                block_id, domain, allow_with_approval, now,
            )  # fmt: skip
    except UniqueViolation as error:
        raise BanNotAllowed("domain", *_TAKEN) from error
    return block_id


async def delete_mail_domain_block(tx: Tx, block_id: int) -> None:
    """Remove a block of a mail domain."""
    await tx.execute("delete from mail_domain_blocks where id = $1", block_id)


async def insert_mailbox_block(tx: Tx, hashed: str, *, account_id: int | None, now: Instant) -> int:
    """Block a mailbox; its id. Raises BanNotAllowed when there is one."""
    block_id = new_id(now)
    try:
        async with tx.attempt():
            await tx.execute(
                "insert into mailbox_blocks (id, hash, account_id, created_at) values ($1, $2, $3, $4)",
                block_id, hashed, account_id, now,
            )  # fmt: skip
    except UniqueViolation as error:
        raise BanNotAllowed("canonical_email_hash", *_TAKEN) from error
    return block_id


async def delete_mailbox_block(tx: Tx, block_id: int) -> None:
    """Remove a block of a mailbox."""
    await tx.execute("delete from mailbox_blocks where id = $1", block_id)


async def insert_network_block(
    tx: Tx, network: str, severity: NetworkSeverity, *, comment: str, expires_at: Instant | None, now: Instant
) -> int:
    """Block a network; its id. Raises BanNotAllowed when there is a block of the same."""
    block_id = new_id(now)
    try:
        async with tx.attempt():
            await tx.execute(
                "insert into network_blocks (id, network, severity, comment, expires_at, created_at)"
                " values ($1, $2::text::cidr, $3, $4, $5, $6)",
                block_id, network, severity.value, comment, expires_at, now,
            )  # fmt: skip
    except UniqueViolation as error:
        raise BanNotAllowed("ip", *_TAKEN) from error
    _touch(tx)
    return block_id


async def update_network_block(
    tx: Tx,
    block_id: int,
    network: str,
    severity: NetworkSeverity,
    *,
    comment: str,
    expires_at: Instant | None,
) -> None:
    """Set what a block of a network says. Raises BanNotAllowed when there is another of the same network."""
    try:
        async with tx.attempt():
            await tx.execute(
                "update network_blocks set network = $2::text::cidr, severity = $3, comment = $4, expires_at = $5"
                " where id = $1",
                block_id, network, severity.value, comment, expires_at,
            )  # fmt: skip
    except UniqueViolation as error:
        raise BanNotAllowed("ip", *_TAKEN) from error
    _touch(tx)


async def delete_network_block(tx: Tx, block_id: int) -> None:
    """Remove a block of a network."""
    await tx.execute("delete from network_blocks where id = $1", block_id)
    _touch(tx)


async def forget_ended_network_blocks(tx: Tx, now: Instant) -> None:
    """Remove blocks whose time is over; a periodic action of the workers."""
    if await tx.execute("delete from network_blocks where expires_at <= $1", now):
        _touch(tx)


async def set_sign_up_pattern(
    tx: Tx, field: PatternField, pattern: str, severity: PatternSeverity | None, now: Instant
) -> PatternSeverity | None:
    """Set what becomes of sign-ups like this, None for nothing; what it was before."""
    before = await tx.fetchval(
        "select severity from sign_up_patterns where field = $1 and pattern = $2", field.value, pattern
    )
    if severity is None:
        await tx.execute(
            "delete from sign_up_patterns where field = $1 and pattern = $2", field.value, pattern
        )
    else:
        await tx.execute(
            "insert into sign_up_patterns (id, field, pattern, severity, created_at) values ($1, $2, $3, $4, $5)"
            " on conflict (field, pattern) do update set severity = excluded.severity",
            new_id(now), field.value, pattern, severity.value, now,
        )  # fmt: skip
    return None if before is None else PatternSeverity(before)


async def set_barred(tx: Tx, kind: MaterialKind, value: str, *, barred: bool, now: Instant) -> bool:
    """Bar a link or a file from every post, or let it in again; whether that changed anything."""
    if barred:
        changed = await tx.execute(
            "insert into barred_material (id, kind, value, created_at) values ($1, $2, $3, $4)"
            " on conflict (kind, value) do nothing",
            new_id(now), kind.value, value, now,
        )  # fmt: skip
    else:
        changed = await tx.execute(
            "delete from barred_material where kind = $1 and value = $2", kind.value, value
        )
    _touch(tx)
    return changed > 0
