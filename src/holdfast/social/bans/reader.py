"""Whether a network may come here at all, asked at every request: a memory read or two when there is no block.

On one machine a block counts from the next request on; where several machines share a database, within a second.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import timedelta

from ...platform.clock import Instant
from ...platform.db import Database, Reader
from ...platform.stamps import Kind, slot
from .errors import MaterialBarred
from .model import MaterialKind, Network, NetworkSeverity, address_of, link_forms, strictest
from .queries import all_network_blocks, barred_among

_SLOTS = [slot(Kind.BANS)]
# Where stamps are rows of a database, a look is a query: not one for every request.
_LOOK_EVERY = timedelta(seconds=1)


class NetworkReader:
    """The blocks of networks that shut out, kept in memory under the stamp BANS."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stamp: int | None = None
        self._fresh_until: Instant | None = None
        self._blocks: list[tuple[Network, NetworkSeverity, Instant | None]] = []

    async def shut_out(self, ip: str, now: Instant) -> bool:
        """Whether requests from this address are refused."""
        if self._fresh_until is None or now >= self._fresh_until:
            await self._look(now)
        if not self._blocks:
            return False
        address = address_of(ip)
        return address is not None and strictest(address, self._blocks, now) is not None

    async def _look(self, now: Instant) -> None:
        stamps = self._database.stamps
        (stamp,) = await stamps.read(_SLOTS)
        # Where nothing is cached, each stamp is -1 and every look is a fresh one.
        if stamp != self._stamp or stamp == -1:
            self._blocks = [
                (ipaddress.ip_network(block.network), block.severity, block.expires_at)
                for block in await all_network_blocks(self._database)
                if block.severity is NetworkSeverity.NO_ACCESS
            ]
            self._stamp = stamp
        if stamps.in_transaction:
            self._fresh_until = now + _LOOK_EVERY


async def check_material(reader: Reader, urls: Iterable[str], hashes: Iterable[str]) -> None:
    """Raises MaterialBarred when a post with these links and files may not be published."""
    forms = list(dict.fromkeys(form for url in urls for form in link_forms(url)))
    if forms and await barred_among(reader, MaterialKind.LINK, forms):
        raise MaterialBarred("The people who run this server have barred a link in this post")
    files = list(dict.fromkeys(hashes))
    if files and await barred_among(reader, MaterialKind.IMAGE, files):
        raise MaterialBarred("The people who run this server have barred a file of this post")
