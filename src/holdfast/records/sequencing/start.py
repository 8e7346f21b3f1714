"""Before anything is signed: ask who has seen this log, and act on the table of `model.py` until it says GO."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from ...platform.clock import Instant
from ...platform.crypto import Keyring
from ...platform.db import Database, Tx
from ...pure.evidence import (
    SEALED_KIND,
    TILE_WIDTH,
    EvidenceInvalid,
    SignedCheckpoint,
    open_checkpoint,
    parse_entry_bundle,
    parse_leaf,
    tile_at,
)
from ..ledger import NUMBER, Entry, Kind, Log, append, latest_checkpoint, logs
from . import store
from .fence import Fence
from .files import LedgerFiles
from .keys import generations, verifier_keys
from .model import Answers as Answered
from .model import Known, Place, Standing, Step, largest, place_of
from .ports import PeerAnswers, Peers, SeenCheckpoint
from .sequence import Edge, load_edge, place_waiting, tile_roots
from .sign import root_at

log = structlog.get_logger(__name__)

FILES = "files"
"""The name under which the own data folder answers."""


@dataclass(frozen=True, slots=True)
class Start:
    """What starting up needs."""

    database: Database
    keyring: Keyring
    files: LedgerFiles
    peers: Peers
    domain: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One round of questions: what the table is asked with, and the signed notes behind it."""

    standing: Standing
    notes: dict[tuple[int, int], tuple[str, SignedCheckpoint]]


async def settle(start: Start, fence: Fence, *, now: Instant) -> Edge | None:
    """The edge to go on with; None when one has to wait. Raises Superseded."""
    place = place_of(await start.files.epoch(), fence.before)
    answers = await start.peers.checkpoints()
    tried = False
    while True:
        edge = await _edge(start)
        asked = await _ask(start, edge, answers, place=place)
        standing = replace(asked.standing, tried=tried)
        step = standing.step
        if step is Step.WAIT and await _permission(start):
            answers = replace(answers, silent=())
            step = replace(standing, answers=Answered.ALL).step
        if step is not Step.GO or (place is Place.MOVED and edge is not None and edge.size):
            log.info("ledger.start", step=step.value, finding=standing.finding.value, place=place.value)
        if step is Step.WAIT:
            return None
        if step is Step.RECOVER:
            tried = not await _recover(start, fence, edge, asked, now=now)
        elif step is Step.CONTINUE:
            await _continue(start, fence, replace(asked, standing=standing), now=now)
            tried = False
        elif edge is None:
            await _open_first(start, fence, now=now)
        else:
            await start.files.keep_epoch(fence.epoch)
            return edge


async def _edge(start: Start) -> Edge | None:
    known = await logs(start.database)
    return await load_edge(start.database, known[-1]) if known else None


async def _permission(start: Start) -> bool:
    async with start.database.transaction() as tx:
        return await store.use_permission(tx)


async def _ask(start: Start, edge: Edge | None, answers: PeerAnswers, *, place: Place) -> Asked:
    """Everything that is known of this log, by us and by others; what is not signed by one of our keys is left out."""
    seen = [*answers.seen, *await _own(start, edge)]
    newest = max((one.number for one in await generations(start.database)), default=1)
    notes: dict[tuple[int, int], tuple[str, SignedCheckpoint]] = {}
    known: list[Known] = []
    for one in seen:
        if one.note is None:
            known.append(Known(one.source, one.log, one.size, None))
            continue
        signed = _opened(start, one, newest)
        if signed is None:
            log.warning("ledger.peer_checkpoint_refused", source=one.source, log=one.log)
            continue
        size, root = signed.checkpoint.size, signed.checkpoint.root
        notes.setdefault((one.log, size), (one.source, signed))
        known.append(Known(one.source, one.log, size, root))
    roots = {}
    if edge is not None:
        for fact in known:
            if fact.log == edge.log.number and 0 < fact.size <= edge.size:
                roots[fact.size] = await root_at(start.database, edge, fact.size)
    if not answers.named:
        answered = Answered.NOBODY_NAMED
    else:
        answered = Answered.SOME_SILENT if answers.silent else Answered.ALL
    standing = Standing(
        edge.log.number if edge else 0, edge.size if edge else 0, tuple(known), roots, answered, place
    )
    return Asked(standing, notes)


async def _own(start: Start, edge: Edge | None) -> list[SeenCheckpoint]:
    """What the own data folder and the own database have."""
    seen = []
    for number in await start.files.logs():
        note = await start.files.checkpoint(number)
        if note is not None:
            seen.append(SeenCheckpoint(FILES, number, 0, note))
    stored = await latest_checkpoint(start.database, edge.log.number) if edge else None
    if stored is not None:
        seen.append(SeenCheckpoint("database", stored.log, stored.size, stored.note.encode()))
    return seen


def origin_of(domain: str, number: int) -> str:
    """How a log of this server is named: `example.org/evidence/1`."""
    return f"{domain}/evidence/{number}"


def _opened(start: Start, seen: SeenCheckpoint, newest: int) -> SignedCheckpoint | None:
    """A checkpoint that one of our keys signed for a log of that number, whatever the domain was then."""
    if seen.note is None:
        return None
    origin = seen.note.partition(b"\n")[0].decode("utf-8", "replace")
    if not origin.endswith(f"/evidence/{seen.log}"):
        return None
    try:
        return open_checkpoint(seen.note, verifier_keys(start.keyring, origin, newest))
    except EvidenceInvalid:
        return None


async def _recover(start: Start, fence: Fence, edge: Edge | None, asked: Asked, *, now: Instant) -> bool:
    """Take the entries up to the largest checkpoint from whoever has them; whether somebody had."""
    target = asked.standing.target
    signed = asked.notes.get((target.log, target.size)) if target else None
    if target is None or signed is None:
        return False
    sources = dict.fromkeys((signed[0], FILES, *(one.source for one in asked.standing.known)))
    for source in sources:
        try:
            async with start.database.transaction() as tx:
                await fence.check(tx)
                await _take_entries(_Taking(start, tx, source, signed[1], target, now), edge)
        except (EvidenceInvalid, LookupError) as error:
            log.info("ledger.tail_not_there", source=source, error=str(error))
            continue
        log.warning("ledger.tail_recovered", source=source, log=target.log, size=target.size)
        return True
    return False


@dataclass(frozen=True, slots=True)
class _Taking:
    """Entries up to `target`, which `signed` vouches for, from one source."""

    start: Start
    tx: Tx
    source: str
    signed: SignedCheckpoint
    target: Known
    now: Instant


async def _take_entries(taking: _Taking, edge: Edge | None) -> None:
    """Append the entries of one source, and raise unless they lead to the signed root.

    Raises LookupError where the source lacks a bundle, EvidenceInvalid where one is not right.
    """
    tx, target = taking.tx, taking.target
    edge = await load_edge(tx, await _log_to_fill(taking, edge))
    begun = edge.size
    counters: dict[str, int] = {}
    nodes: list[tuple[int, int, bytes]] = []
    while edge.size < target.size:
        for leaf in await _bundle_rest(taking, edge):
            parsed = parse_leaf(leaf)
            await store.place_recovered(
                tx, target.log, edge.size, leaf, record_id=parsed.record_id, kind=parsed.kind, at=parsed.at
            )
            nodes.extend(tile_roots(edge.tiled.append(leaf)))
            if parsed.kind != SEALED_KIND:
                counters[parsed.kind] = max(counters.get(parsed.kind, 0), int(parsed.public[NUMBER]))
    if edge.root != target.root:
        raise LookupError("the entries do not lead to the signed root")
    await store.insert_nodes(tx, target.log, nodes)
    await store.set_size(tx, target.log, begun, edge.size)
    await store.keep_counters(tx, counters)
    await _adopt_generation(taking.start, tx, taking.signed, taking.now)
    note = taking.signed.note.encode().decode()
    await store.adopt_checkpoint(tx, target.log, target.size, edge.root, note, now=taking.now)


async def _log_to_fill(taking: _Taking, edge: Edge | None) -> Log:
    """The log that the target is of: the own one, or a newer one that this database has never heard of."""
    number, origin = taking.target.log, taking.signed.checkpoint.origin
    if edge is not None and edge.log.number == number:
        return edge.log
    await store.freeze_logs(taking.tx, now=taking.now)
    await store.insert_log(taking.tx, number, origin, now=taking.now)
    return Log(number, origin, 0, taking.now, None)


async def _bundle_rest(taking: _Taking, edge: Edge) -> Sequence[bytes]:
    """The entries that the log lacks of the bundle at its edge. Raises LookupError, MalformedTile."""
    start, target = taking.start, taking.target
    tile = tile_at(None, edge.size // TILE_WIDTH, target.size)
    for wanted in dict.fromkeys((tile, tile.full)):
        if taking.source == FILES:
            data = await start.files.tile(target.log, wanted)
        else:
            data = await start.peers.bundle(taking.source, target.log, wanted)
        if data is not None:
            entries = parse_entry_bundle(data, wanted.width)
            return entries[edge.size % TILE_WIDTH : tile.width]
    raise LookupError(f"no {tile.path}")


async def _adopt_generation(start: Start, tx: Tx, signed: SignedCheckpoint, now: Instant) -> None:
    """A checkpoint may be signed by a key that this database has not heard of: then it signs from now on."""
    known = await generations(tx)
    newest = known[-1].number if known else 1
    keys = verifier_keys(start.keyring, signed.checkpoint.origin, newest)
    used = max(keys.index(one.key) + 1 for one in signed.signatures if one.key in keys)
    for number in range(newest + 1, used + 1) if known else range(1, used + 1):
        await store.insert_generation(tx, number, now=now)


async def _open_first(start: Start, fence: Fence, *, now: Instant) -> None:
    async with start.database.transaction() as tx:
        await fence.check(tx)
        await store.insert_log(tx, 1, origin_of(start.domain, 1), now=now)
        if not await generations(tx):
            await store.insert_generation(tx, 1, now=now)


async def _continue(start: Start, fence: Fence, asked: Asked, *, now: Instant) -> None:
    """Freeze every log and open the next origin; its first leaf says what was given up, and why."""
    standing = asked.standing
    target = standing.target or largest([Known("", standing.log, standing.size, None)])
    if target is None:
        return
    number = max(standing.log, target.log) + 1
    signed = asked.notes.get((target.log, target.size))
    origin = signed[1].checkpoint.origin if signed else origin_of(start.domain, target.log)
    public = {
        "origin": origin,
        "size": target.size,
        "lost": max(0, target.size - standing.size) if target.log == standing.log else target.size,
        "cause": standing.finding.value,
    }
    if target.root is not None:
        public["root"] = base64.b64encode(target.root).decode()
    async with start.database.transaction() as tx:
        await fence.check(tx)
        await store.freeze_logs(tx, now=now)
        if signed is not None:
            await _adopt_generation(start, tx, signed[1], now)
        elif not await generations(tx):
            await store.insert_generation(tx, 1, now=now)
        await store.insert_log(tx, number, origin_of(start.domain, number), now=now)
        edge = await load_edge(tx, Log(number, origin_of(start.domain, number), 0, now, None))
        await _first_leaf(tx, edge, Entry(kind=Kind.CONTINUATION, public=public), now=now)
    log.error("ledger.continued", origin=origin_of(start.domain, number), after=origin, lost=public["lost"])


async def _first_leaf(tx: Tx, edge: Edge, entry: Entry, *, now: Instant) -> None:
    """A record that takes index 0, before all that wait."""
    record_id = await append(tx, entry, now=now)
    await store.put_first(tx, record_id)
    await place_waiting(tx, edge, limit=1)
