"""Having checkpoints stamped by an RFC 3161 authority: an errand by the hour, and one for each urgent record."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import structlog
from cryptography import x509

from ..platform.clock import Clock, Instant
from ..platform.db import Database
from ..platform.guarded_http import FetchLimits, GuardedClient
from ..platform.settings import Settings
from ..pure.errors import Invalid, NotFound
from ..records import ledger
from ..records.timestamps import (
    QUERY_TYPE,
    REPLY_MAX_BYTES,
    Reason,
    StampOrder,
    StampRefused,
    check_reply,
    covering_stamp,
    make_request,
    newest_stamp,
    read_certificates,
    record_stamp,
)

log = structlog.get_logger(__name__)

LEASE_SECONDS = 120.0
_LIMITS = FetchLimits(total_seconds=30.0, most_bytes=REPLY_MAX_BYTES, plain_http=True)
_WAIT_FOR_CHECKPOINT = timedelta(seconds=2)


class Stamper:
    """Has checkpoints stamped. `outbound`: a client that may reach what the operator allows an authority to be."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, outbound: GuardedClient) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._outbound = outbound

    async def errand(self, payload: bytes) -> Instant | None:
        """Have a checkpoint stamped; comes back while the record is not in one yet. Raises TimeStampError,
        OutboundFailed: then it is tried again."""
        authority = self._settings.timestamp_authority_url
        order = msgspec.json.decode(payload, type=StampOrder)
        if not authority:
            return None
        try:
            checkpoint = await self._checkpoint(order)
        except NotFound:
            return None
        if checkpoint is None:
            return self._clock.now() + _WAIT_FOR_CHECKPOINT if order.record_id else None
        found = await ledger.log_of(self._database, checkpoint.log)
        if found is None or await self._is_stamped(order, checkpoint, found.origin):
            return None
        note = checkpoint.whole_note
        request = make_request(note)
        reply = await self._outbound.post(
            authority, request.body, headers={"content-type": QUERY_TYPE}, limits=_LIMITS
        )
        if reply.status != 200:
            raise StampRefused(private=f"{authority} answered {reply.status}")
        trusted = await asyncio.to_thread(trusted_certificates, self._settings)
        checked = check_reply(reply.body, note, nonce=request.nonce, trusted=trusted)
        async with self._database.transaction() as tx:
            await record_stamp(
                tx, order, checked, origin=found.origin, size=checkpoint.size, note=note,
                authority=authority, now=self._clock.now(),
            )  # fmt: skip
        return None

    async def _checkpoint(self, order: StampOrder) -> ledger.StoredCheckpoint | None:
        """The newest checkpoint, which must cover the record of the order, if it has one. Raises NotFound."""
        if order.record_id is None:
            return await ledger.latest_checkpoint(self._database)
        record = await ledger.record_of(self._database, order.record_id)
        if record.log is None or record.index is None:
            return None
        newest = await ledger.latest_checkpoint(self._database, record.log)
        return newest if newest is not None and newest.size > record.index else None

    async def _is_stamped(self, order: StampOrder, checkpoint: ledger.StoredCheckpoint, origin: str) -> bool:
        if order.reason is Reason.HOURLY:
            newest = await newest_stamp(self._database, origin)
            return newest is not None and newest.size >= checkpoint.size
        if order.record_id is None:
            return False
        record = await ledger.record_of(self._database, order.record_id)
        return (
            record.index is not None
            and await covering_stamp(self._database, origin, record.index) is not None
        )


def trusted_certificates(settings: Settings) -> list[x509.Certificate]:
    """What stamps are checked against; none where the setting names no file. Raises Invalid."""
    pem = certificates_pem(settings)
    return read_certificates(pem) if pem else []


def certificates_pem(settings: Settings) -> bytes:
    """The file of the setting, as it is; empty without one. Raises Invalid."""
    if settings.timestamp_certificates_file is None:
        return b""
    path = settings.data / settings.timestamp_certificates_file
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path} of timestamp_certificates_file cannot be read: {error.strerror}") from None
