"""Reads of bans: for those who set them, for sign-ups, and for federation."""

from __future__ import annotations

import ipaddress

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.window import Window
from .errors import BanNotThere
from .model import (
    BarredMaterial,
    Entry,
    MailboxBlock,
    MailDomainBlock,
    MaterialKind,
    NetworkBlock,
    NetworkSeverity,
    PatternField,
    PatternSeverity,
    ServerAllow,
    ServerBlock,
    ServerPolicy,
    ServerSeverity,
    SignUpPattern,
    address_of,
    looks_like,
    mailbox_hash,
    parents,
    strictest,
)

_SERVER_COLUMNS = """
select id, domain, severity, reject_media, reject_reports, private_comment, public_comment, obfuscate, created_at
from server_blocks
"""
_NETWORK_COLUMNS = (
    "select id, network::text as network, severity, comment, expires_at, created_at from network_blocks"
)
# $1 below, $2 above, $3 forward, $4 limit: the newest down, or the oldest up.
_PAGE = " where id < $1 and id > $2 order by case when $3::boolean then id end, id desc limit $4"
_ONE = " where id = $1"
_ALLOW_COLUMNS = "select id, domain, created_at from server_allows"
_MAIL_COLUMNS = "select id, domain, allow_with_approval, created_at from mail_domain_blocks"
_MAILBOX_COLUMNS = "select id, hash, created_at from mailbox_blocks"

_SERVERS_SQL, _SERVER_SQL = _SERVER_COLUMNS + _PAGE, _SERVER_COLUMNS + _ONE
_ALL_SERVERS_SQL = _SERVER_COLUMNS + " order by domain"
_SERVERS_NAMED_SQL = _SERVER_COLUMNS + " where domain = any($1::text[])"
_ALLOWS_SQL, _ALLOW_SQL = _ALLOW_COLUMNS + _PAGE, _ALLOW_COLUMNS + _ONE
_MAIL_DOMAINS_SQL, _MAIL_DOMAIN_SQL = _MAIL_COLUMNS + _PAGE, _MAIL_COLUMNS + _ONE
_MAILBOXES_SQL, _MAILBOX_SQL = _MAILBOX_COLUMNS + _PAGE, _MAILBOX_COLUMNS + _ONE
_MAILBOX_OF_SQL = _MAILBOX_COLUMNS + " where hash = $1"
_NETWORKS_SQL, _NETWORK_SQL = _NETWORK_COLUMNS + _PAGE, _NETWORK_COLUMNS + _ONE
_NETWORKS_OF_SQL = (
    _NETWORK_COLUMNS + " where network >>= $1::text::inet and (expires_at is null or expires_at > $2)"
)


def _ordered(rows: list[Row], page: Window) -> list[Row]:
    return rows[::-1] if page.forward else rows


def _bounds(page: Window) -> tuple[int, int, bool, int]:
    return page.below, page.above, page.forward, page.limit


def _server(row: Row) -> ServerBlock:
    policy = ServerPolicy(
        ServerSeverity(row["severity"]), row["reject_media"], row["reject_reports"], row["private_comment"],
        row["public_comment"], row["obfuscate"],
    )  # fmt: skip
    return ServerBlock(row["id"], row["domain"], policy, row["created_at"])


def _network(row: Row) -> NetworkBlock:
    values = dict(row)
    values["severity"] = NetworkSeverity(row["severity"])
    return NetworkBlock(**values)


async def server_blocks(reader: Reader, page: Window) -> list[ServerBlock]:
    """One page, newest first."""
    rows = await reader.fetch(_SERVERS_SQL, *_bounds(page))
    return [_server(row) for row in _ordered(rows, page)]


async def server_block(reader: Reader, block_id: int) -> ServerBlock:
    """One; raises BanNotThere."""
    row = await reader.fetchrow(_SERVER_SQL, block_id)
    if row is None:
        raise BanNotThere
    return _server(row)


async def all_server_blocks(reader: Reader) -> list[ServerBlock]:
    """Every block, by name, for a list that people read."""
    return [_server(row) for row in await reader.fetch(_ALL_SERVERS_SQL)]


async def server_policy(reader: Reader, domain: str) -> ServerPolicy | None:
    """What is to be done with a server, by the block of it or of the nearest domain above it; None: nothing.

    Federation asks this before it takes anything from a server, and before it sends anything there.
    """
    rows = await reader.fetch(_SERVERS_NAMED_SQL, parents(domain))
    return _server(max(rows, key=lambda row: len(row["domain"]))).policy if rows else None


async def server_allowed(reader: Reader, domain: str) -> bool:
    """Whether a server is on the list of those that may federate where only those may."""
    return bool(await reader.fetchval("select true from server_allows where domain = $1", domain.lower()))


async def server_allows(reader: Reader, page: Window) -> list[ServerAllow]:
    """One page, newest first."""
    rows = await reader.fetch(_ALLOWS_SQL, *_bounds(page))
    return [ServerAllow(**dict(row)) for row in _ordered(rows, page)]


async def server_allow(reader: Reader, allow_id: int) -> ServerAllow:
    """One; raises BanNotThere."""
    row = await reader.fetchrow(_ALLOW_SQL, allow_id)
    if row is None:
        raise BanNotThere
    return ServerAllow(**dict(row))


async def mail_domain_blocks(reader: Reader, page: Window) -> list[MailDomainBlock]:
    """One page, newest first."""
    rows = await reader.fetch(_MAIL_DOMAINS_SQL, *_bounds(page))
    return [MailDomainBlock(**dict(row)) for row in _ordered(rows, page)]


async def mail_domain_block(reader: Reader, block_id: int) -> MailDomainBlock:
    """One; raises BanNotThere."""
    row = await reader.fetchrow(_MAIL_DOMAIN_SQL, block_id)
    if row is None:
        raise BanNotThere
    return MailDomainBlock(**dict(row))


async def mailbox_blocks(reader: Reader, page: Window) -> list[MailboxBlock]:
    """One page, newest first."""
    rows = await reader.fetch(_MAILBOXES_SQL, *_bounds(page))
    return [MailboxBlock(**dict(row)) for row in _ordered(rows, page)]


async def mailbox_block(reader: Reader, block_id: int) -> MailboxBlock:
    """One; raises BanNotThere."""
    row = await reader.fetchrow(_MAILBOX_SQL, block_id)
    if row is None:
        raise BanNotThere
    return MailboxBlock(**dict(row))


async def mailbox_blocks_of(reader: Reader, email: str) -> list[MailboxBlock]:
    """The blocks that an address would meet: one or none."""
    rows = await reader.fetch(_MAILBOX_OF_SQL, mailbox_hash(email))
    return [MailboxBlock(**dict(row)) for row in rows]


async def network_blocks(reader: Reader, page: Window) -> list[NetworkBlock]:
    """One page, newest first."""
    rows = await reader.fetch(_NETWORKS_SQL, *_bounds(page))
    return [_network(row) for row in _ordered(rows, page)]


async def network_block(reader: Reader, block_id: int) -> NetworkBlock:
    """One; raises BanNotThere."""
    row = await reader.fetchrow(_NETWORK_SQL, block_id)
    if row is None:
        raise BanNotThere
    return _network(row)


async def all_network_blocks(reader: Reader) -> list[NetworkBlock]:
    """Every block of a network, for the readers that keep them in memory."""
    return [_network(row) for row in await reader.fetch(_NETWORK_COLUMNS)]


async def entry_of(
    reader: Reader, *, email: str, ip: str | None, username: str = "", reason: str = "", now: Instant
) -> Entry:
    """What the bans say of somebody who wants to sign up."""
    domain = email.strip().lower().rpartition("@")[2]
    given = {PatternField.USERNAME: username, PatternField.EMAIL: email, PatternField.REASON: reason}
    like = [one for one in await sign_up_patterns(reader) if looks_like(one.pattern, given[one.field])]
    for one in like:
        if one.severity is PatternSeverity.REFUSE:
            return Entry(one.field.value)
    found = await reader.fetch(
        "select allow_with_approval from mail_domain_blocks where domain = any($1::text[])", parents(domain)
    )
    if any(not row["allow_with_approval"] for row in found) or await mailbox_blocks_of(reader, email):
        return Entry("email")
    approval = bool(found) or bool(like)
    address = address_of(ip) if ip else None
    if address is not None:
        rows = await reader.fetch(
            _NETWORKS_OF_SQL, str(address), now,
        )  # fmt: skip
        blocks = [_network(row) for row in rows]
        kept = [(ipaddress.ip_network(block.network), block.severity, block.expires_at) for block in blocks]
        severity = strictest(address, kept, now)
        if severity in (NetworkSeverity.NO_SIGN_UP, NetworkSeverity.NO_ACCESS):
            return Entry("ip")
        approval = approval or severity is NetworkSeverity.APPROVAL
    return Entry(None, approval)


async def sign_up_patterns(reader: Reader) -> list[SignUpPattern]:
    """All of them, the newest first."""
    rows = await reader.fetch(
        "select id, field, pattern, severity, created_at from sign_up_patterns order by id desc"
    )
    return [
        SignUpPattern(
            row["id"], PatternField(row["field"]), row["pattern"], PatternSeverity(row["severity"]), row["created_at"]
        )
        for row in rows
    ]  # fmt: skip


async def barred_material(reader: Reader) -> list[BarredMaterial]:
    """All of it, the newest first."""
    rows = await reader.fetch("select id, kind, value, created_at from barred_material order by id desc")
    return [
        BarredMaterial(row["id"], MaterialKind(row["kind"]), row["value"], row["created_at"]) for row in rows
    ]


async def barred_among(reader: Reader, kind: MaterialKind, values: list[str]) -> set[str]:
    """Those of these that are barred."""
    rows = await reader.fetch(
        "select value from barred_material where kind = $1 and value = any($2::text[])", kind.value, values
    )
    return {row[0] for row in rows}
