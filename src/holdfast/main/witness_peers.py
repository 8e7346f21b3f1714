"""Witnesses as those who may have seen more of our log than our own database (records/sequencing/ports.py).

After a crash or a relaunch nothing is signed before they were asked. A witness of ours shows what it cosigned; any
other tells the size when it is sent a checkpoint of the empty log, which contradicts no history.
"""

from __future__ import annotations

import asyncio
import hashlib

import structlog

from ..platform.clock import SystemClock
from ..platform.db import Database
from ..platform.guarded_http import FetchLimits, GuardedClient, OutboundFailed, guarded_client
from ..platform.settings import Settings
from ..pure.errors import Invalid
from ..pure.evidence import EMPTY_ROOT, Checkpoint, Tile, parse_note, sign_checkpoint
from ..pure.witnessing import MalformedAnswer
from ..records.ledger import logs
from ..records.sequencing import PeerAnswers, SeenCheckpoint, generations, origin_of, signing_key
from ..records.witnesses import Witness, follow_setting, witnesses
from .witness_rounds import NotKnownThere, size_seen_by

log = structlog.get_logger(__name__)

_LIMITS = FetchLimits(total_seconds=10.0, most_bytes=1 << 20, plain_http=True)
# Origins beyond the newest of this database that a witness is asked about: a relaunch opens one at a time.
_ORIGINS_AHEAD = 2


class WitnessPeers:
    """Asks the witnesses of the setting and of the database."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    async def checkpoints(self) -> PeerAnswers:
        """What each has seen of the newest origin that it knows."""
        await self._follow_setting()
        named = await witnesses(self._database)
        async with guarded_client(
            self._settings, private_allowed=self._settings.ledger_private_allowed
        ) as outbound:
            found = await asyncio.gather(*(self._ask(outbound, one) for one in named))
        silent = [one.name for one, seen in zip(named, found, strict=True) if seen is None]
        if silent:
            log.warning("witness.silent", names=silent)
        return PeerAnswers(tuple(one for seen in found for one in seen or ()), tuple(silent), len(named))

    async def bundle(self, source: str, log: int, tile: Tile) -> bytes | None:
        """Witnesses keep no entries."""
        return None

    async def _follow_setting(self) -> None:
        try:
            async with self._database.transaction() as tx:
                await follow_setting(tx, self._settings.ledger_witnesses, now=SystemClock().now())
        except Invalid as error:
            log.error("witness.setting", why=error.public)

    async def _ask(self, outbound: GuardedClient, witness: Witness) -> list[SeenCheckpoint] | None:
        """None: it is silent."""
        known = await logs(self._database)
        newest = known[-1].number if known else 1
        seen = []
        try:
            for number in range(newest, newest + 1 + _ORIGINS_AHEAD):
                one = await self._shown(outbound, witness, number) or await self._told(
                    outbound, witness, number
                )
                if one is None:
                    break
                seen.append(one)
        except (OutboundFailed, MalformedAnswer) as error:
            log.info("witness.not_asked", name=witness.name, why=error.private or error.public)
            return None
        return [one for one in seen if one.size or one.note]

    async def _shown(self, outbound: GuardedClient, witness: Witness, number: int) -> SeenCheckpoint | None:
        """What it shows of a log, if it shows anything."""
        path = hashlib.sha256(origin_of(self._settings.domain, number).encode()).hexdigest()
        reply = await outbound.get(f"{witness.url}/{path}/checkpoint", limits=_LIMITS)
        if reply.status != 200:
            return None
        try:
            parse_note(reply.body)
        except Invalid:
            return None
        return SeenCheckpoint(witness.name, number, 0, reply.body)

    async def _told(self, outbound: GuardedClient, witness: Witness, number: int) -> SeenCheckpoint | None:
        """The size that it tells; None where it does not know the log."""
        origin = origin_of(self._settings.domain, number)
        generation = max((one.number for one in await generations(self._database)), default=1)
        # A witness may not have been told of the newest key yet.
        for of in range(generation, 0, -1):
            key = signing_key(self._database.keyring, origin, of)
            empty = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), key).encode()
            try:
                return SeenCheckpoint(
                    witness.name, number, await size_seen_by(outbound, witness, empty), None
                )
            except NotKnownThere:
                continue
        return None
