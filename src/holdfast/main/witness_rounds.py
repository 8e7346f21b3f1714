"""Asking witnesses for cosignatures: an errand for each of them, after each new checkpoint (C2SP tlog-witness).

A witness that has seen less than we thought is caught up in the same errand. One that has seen more, or another history,
or forgot what it had cosigned, is an alarm: it is said in the log, on /transparency/ledger, and kept with the witness.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog

from ..platform.clock import Clock, Instant
from ..platform.db import Database, Tx
from ..platform.guarded_http import FetchLimits, GuardedClient, OutboundFailed, Reply
from ..platform.settings import Settings
from ..pure.errors import Invalid, NotFound
from ..pure.evidence import EvidenceInvalid, parse_note, verify_note
from ..pure.witnessing import (
    ADD_CHECKPOINT,
    MAX_ANSWER_BYTES,
    MalformedAnswer,
    Submission,
    parse_cosignatures,
    parse_size,
)
from ..records import ledger
from ..records.witnesses import (
    ALARMS,
    Trouble,
    Witness,
    find_witness,
    follow_setting,
    queue_rounds,
    record_asked,
    record_cosigned,
    record_trouble,
)

log = structlog.get_logger(__name__)

LEASE_SECONDS = 120.0
_LIMITS = FetchLimits(total_seconds=15.0, most_bytes=MAX_ANSWER_BYTES, plain_http=True)
_HEADERS = {"content-type": "text/plain; charset=utf-8"}
# A witness that has less than we thought is caught up at once, and once more if somebody else was faster.
_TRIES = 3
CLOCK_SLACK = timedelta(minutes=5)
"""So far a witness's clock may be from ours; a cosignature is worth what its time is worth."""


class NotKnownThere(NotFound):
    """The witness does not know the log, or not this key of it."""


@dataclass(frozen=True)
class Cosigned:
    """A line that a witness wrote under a checkpoint, verified."""

    checkpoint: ledger.StoredCheckpoint
    line: str
    time_unix: int


@dataclass(frozen=True)
class Refused:
    """Why there is none."""

    trouble: Trouble
    text: str


class WitnessAsker:
    """Asks witnesses. `outbound`: a client that may reach what the operator allows witnesses to be."""

    def __init__(self, settings: Settings, database: Database, clock: Clock, outbound: GuardedClient) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._outbound = outbound

    async def errand(self, payload: bytes) -> Instant | None:
        """Ask one witness for the newest checkpoint, and keep what it says. Never fails: the next round asks again."""
        try:
            witness = await find_witness(self._database, msgspec.json.decode(payload, type=str))
        except NotFound:
            return None
        checkpoint = await ledger.latest_checkpoint(self._database)
        origin = await self._origin(checkpoint)
        if checkpoint is None or origin is None or witness.has_seen(origin) >= checkpoint.size:
            return None
        async with self._database.transaction() as tx:
            await record_asked(tx, witness.name, now=self._clock.now())
        found = await self.ask(witness, checkpoint, origin)
        async with self._database.transaction() as tx:
            await self._record(tx, witness, origin, found)
        return None

    async def ask(
        self, witness: Witness, checkpoint: ledger.StoredCheckpoint, origin: str
    ) -> Cosigned | Refused:  # fmt: skip
        """Have a checkpoint cosigned."""
        old = min(witness.has_seen(origin), checkpoint.size)
        for _ in range(_TRIES):
            try:
                reply = await self._send(witness, checkpoint, old)
            except OutboundFailed as error:
                return Refused(Trouble.UNREACHABLE, f"{error.trouble}: {error.private}")
            if reply.status == 200:
                return self._read(witness, checkpoint, reply)
            if reply.status != 409:
                return _refusal(reply)
            try:
                size = parse_size(reply.body)
            except MalformedAnswer as error:
                return Refused(Trouble.BAD_ANSWER, error.public)
            if size < witness.has_seen(origin):
                await self._remind(witness, checkpoint, size)
                said = f"it has seen {size} records, but cosigned {witness.has_seen(origin)} before"
                return Refused(Trouble.FORGOT, said)
            if size > checkpoint.size:
                newer = await ledger.latest_checkpoint(self._database, checkpoint.log)
                if newer is None or newer.size < size:
                    return Refused(Trouble.AHEAD, f"it has cosigned {size} records, and we have fewer")
                checkpoint = newer
            elif size == old:
                # The size was right, so it is the root that it does not like (tlog-witness before 1.1).
                return Refused(Trouble.OTHER_HISTORY, f"it has another root for {size} records")
            old = size
        return Refused(Trouble.BAD_ANSWER, "it names another size each time")

    async def _send(self, witness: Witness, checkpoint: ledger.StoredCheckpoint, old: int) -> Reply:
        proof = await ledger.consistency(self._database, checkpoint.log, old, checkpoint.size)
        body = Submission(old, tuple(proof), checkpoint.note.encode()).encode()
        return await self._outbound.post(witness.url + ADD_CHECKPOINT, body, headers=_HEADERS, limits=_LIMITS)

    async def _remind(self, witness: Witness, checkpoint: ledger.StoredCheckpoint, size: int) -> None:
        """Show a witness what it signed and forgot, so that it can stop by itself."""
        seen = await ledger.checkpoint_at(self._database, checkpoint.log, witness.seen_size)
        if seen is None or not seen.cosignatures:
            return
        proof = await ledger.consistency(self._database, seen.log, size, seen.size)
        body = Submission(size, tuple(proof), seen.whole_note).encode()
        try:
            await self._outbound.post(witness.url + ADD_CHECKPOINT, body, headers=_HEADERS, limits=_LIMITS)
        except OutboundFailed as error:
            log.info("witness.not_reminded", name=witness.name, why=error.trouble)

    def _read(
        self, witness: Witness, checkpoint: ledger.StoredCheckpoint, reply: Reply
    ) -> Cosigned | Refused:  # fmt: skip
        try:
            given = parse_cosignatures(reply.body)
            note = parse_note(checkpoint.note.encode()).with_signatures(given)
            key = witness.key
            (verified,) = verify_note(note, [key])
        except (EvidenceInvalid, MalformedAnswer) as error:
            return Refused(Trouble.BAD_ANSWER, error.public)
        line = next(one.line for one in note.signatures if (one.name, one.key_id) == (key.name, key.key_id))
        time_unix = verified.time_unix or 0
        apart = abs(time_unix - self._clock.now().timestamp())
        if apart > CLOCK_SLACK.total_seconds():
            return Refused(Trouble.BAD_ANSWER, f"its clock is {apart:.0f} seconds from ours")
        return Cosigned(checkpoint, line, time_unix)

    async def _record(self, tx: Tx, witness: Witness, origin: str, found: Cosigned | Refused) -> None:
        if isinstance(found, Cosigned):
            await record_cosigned(
                tx, witness.name, found.checkpoint, origin, found.line, time_unix=found.time_unix
            )
            return
        new = await record_trouble(tx, witness.name, found.trouble, found.text, now=self._clock.now())
        if found.trouble in ALARMS:
            log.error("witness.alarm", name=witness.name, trouble=found.trouble.value, why=found.text)
        elif new:
            log.warning("witness.trouble", name=witness.name, trouble=found.trouble.value, why=found.text)

    async def _origin(self, checkpoint: ledger.StoredCheckpoint | None) -> str | None:
        found = await ledger.log_of(self._database, checkpoint.log) if checkpoint else None
        return found.origin if found else None


async def start_round(settings: Settings, tx: Tx, now: Instant) -> None:
    """Follow the setting, and ask everybody who has not seen the newest checkpoint. A periodic action."""
    try:
        await follow_setting(tx, settings.ledger_witnesses, now=now)
    except Invalid as error:
        log.error("witness.setting", why=error.public)
    await queue_rounds(tx, now=now)


async def size_seen_by(outbound: GuardedClient, witness: Witness, empty: bytes) -> int:
    """How many records of a log a witness has seen, without telling it anything.

    empty: a checkpoint of that log of size 0, signed by it: every history begins with it, so it can contradict
    none, and whoever has seen more answers with the size. Raises OutboundFailed, NotKnownThere, MalformedAnswer.
    """
    body = Submission(0, (), empty).encode()
    reply = await outbound.post(witness.url + ADD_CHECKPOINT, body, headers=_HEADERS, limits=_LIMITS)
    if reply.status == 200:
        return 0
    if reply.status == 409:
        return parse_size(reply.body)
    if reply.status in (403, 404):
        raise NotKnownThere(private=witness.name)
    raise MalformedAnswer(f"{witness.name} answered {reply.status}")


def _refusal(reply: Reply) -> Refused:
    text = reply.body[:200].decode("utf-8", "replace").strip()
    said = f"answered {reply.status}: {text}"
    if reply.status == 422:
        return Refused(Trouble.OTHER_HISTORY, said)
    if reply.status == 404:
        return Refused(Trouble.UNKNOWN_LOG, said)
    if reply.status in (400, 401, 403, 413):
        return Refused(Trouble.REFUSED, said)
    if reply.status == 429 or reply.status >= 500:
        return Refused(Trouble.UNREACHABLE, said)
    return Refused(Trouble.BAD_ANSWER, said)
