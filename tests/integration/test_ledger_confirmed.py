"""Our ledger confirmed from outside: witnesses that are asked, that lie, forget or are away; and time stamps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from holdfast.main.outside import Outside, kinds_of
from holdfast.main.witness import Witness as WitnessServer
from holdfast.main.witness import WitnessStore, create_witness
from holdfast.main.witness_peers import WitnessPeers
from holdfast.main.witness_rounds import WitnessAsker, size_seen_by, start_round
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.db import Database
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.guarded_http import GuardedClient
from holdfast.platform.jobs import RunnerLimits
from holdfast.pure.errors import Invalid
from holdfast.pure.evidence import (
    EMPTY_ROOT,
    Algorithm,
    Checkpoint,
    SigningKey,
    open_checkpoint,
    sign_checkpoint,
)
from holdfast.pure.outbound_addresses import read_allowed
from holdfast.pure.witnessing import Submission
from holdfast.records import ledger
from holdfast.records.sequencing import origin_of, signing_key
from holdfast.records.witnesses import (
    ASK_WITNESS,
    Trouble,
    Witness,
    add_witness,
    find_witness,
    follow_setting,
    make_policy,
    witnesses,
)
from tests.support.ledger_rows import publish, record_id
from tests.support.little_log import LittleLog
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = SigningKey("log.example/evidence/1", Algorithm.ED25519, bytes(32))
LOG = LittleLog(KEY, 800)
FORGED = LittleLog(KEY, 800, forked_at=200)


@dataclass
class Listening:
    """A witness at a port: the real one, unless `answer` says what to answer instead."""

    witness: WitnessServer
    store: WitnessStore
    port: int = 0
    answer: tuple[int, bytes] | None = None
    asked: int = 0
    shows: bool = True
    bodies: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if head.startswith("get"):
            known = self.witness.logs()[0]
            note = known.note if self.shows and f"/{known.origin_hash}/" in head else b""
            status = 200 if note else 404
            writer.write(f"HTTP/1.1 {status} So\r\ncontent-length: {len(note)}\r\n\r\n".encode() + note)
            await writer.drain()
            writer.close()
            return
        length = int(head.partition("content-length:")[2].split("\r\n")[0])
        body = await reader.readexactly(length)
        self.asked += 1
        self.bodies.append(body)
        status, said = self.answer or (0, b"")
        if self.answer is None:
            real = self.witness.add_checkpoint(body)
            status, said = real.status, real.body
        writer.write(f"HTTP/1.1 {status} So\r\ncontent-length: {len(said)}\r\n\r\n".encode() + said)
        await writer.drain()
        writer.close()


@dataclass
class World:
    """A site, a witness, and the worker's part that asks it."""

    site: Site
    there: Listening
    clock: FixedClock
    asker: WitnessAsker
    outbound: GuardedClient
    name: str

    @property
    def database(self) -> Database:
        return self.site.services.database

    async def round(self) -> Witness:
        """One round, as the worker makes it; how the witness stands after it."""
        async with self.database.transaction() as tx:
            await start_round(self.site.services.settings, tx, self.clock.now())
        kinds = kinds_of(Outside(self.site.services.settings, self.database, self.clock, self.outbound))
        limits = RunnerLimits(batch=5, lease_seconds=60)
        runner = ErrandRunner(self.database, self.clock, {ASK_WITNESS: kinds[ASK_WITNESS].errand}, limits)
        under_way: set[asyncio.Task[None]] = set()
        await runner._start_due(under_way)
        await asyncio.gather(*under_way)
        return await find_witness(self.database, self.name)

    async def cosignatures(self, size: int) -> list[str]:
        """Who cosigned the checkpoint of a size, verified."""
        stored = await ledger.checkpoint_at(self.database, 1, size)
        assert stored is not None
        key = (await find_witness(self.database, self.name)).key
        return [
            one.key.name for one in open_checkpoint(stored.whole_note, [KEY.verifier], [key]).cosignatures
        ]


@asynccontextmanager
async def listening(path: Path, clock: FixedClock) -> AsyncIterator[Listening]:
    folder = create_witness(path, "witness.example/w1")
    store = WitnessStore(folder.database)
    store.add_log(KEY.verifier.vkey, "", now=NOW)
    there = Listening(WitnessServer(folder, store, clock), store)
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    try:
        yield there
    finally:
        server.close()
        store.close()


@pytest.fixture
async def world(settings: Settings, tmp_path: Path) -> AsyncIterator[World]:
    clock = FixedClock(NOW)
    async with (
        open_site(settings) as site,
        listening(tmp_path / "witness", clock) as there,
        GuardedClient(read_allowed(["80", "443", "1024-65535"], ["127.0.0.1"])) as outbound,
    ):
        database = site.services.database
        async with database.transaction() as tx:
            name = await add_witness(tx, there.witness.vkey, there.url, now=NOW)
        asker = WitnessAsker(site.services.settings, database, clock, outbound)
        yield World(site, there, clock, asker, outbound, name)


async def test_each_new_checkpoint_is_cosigned(world: World) -> None:
    await publish(world.database, LOG, 300)
    first = await world.round()
    assert (first.trouble, first.seen_size, first.seen_at) == (None, 300, NOW)
    assert await world.cosignatures(300) == [world.name]
    await publish(world.database, LOG, 700)
    assert (await world.round()).seen_size == 700
    assert await world.cosignatures(700) == [world.name]
    # Nothing new, nobody asked.
    asked = world.there.asked
    await world.round()
    assert world.there.asked == asked


async def test_a_proof_is_handed_out_with_the_newest_cosigned_checkpoint(world: World) -> None:
    await publish(world.database, LOG, 300)
    await world.round()
    await publish(world.database, LOG, 700)
    proof = await ledger.proof(world.database, record_id(5))
    assert proof is not None
    key = (await find_witness(world.database, world.name)).key
    signed = open_checkpoint(proof.checkpoint, [KEY.verifier], [key])
    assert (signed.checkpoint.size, len(signed.cosignatures)) == (300, 1)


async def test_a_witness_that_has_less_is_caught_up_at_once(world: World) -> None:
    """409: somebody added the witness anew, or it was asked by another worker."""
    await publish(world.database, LOG, 300)
    await world.round()
    async with world.database.transaction() as tx:
        await tx.execute("update ledger_witnesses set seen_size = 0")
    await publish(world.database, LOG, 700)
    assert (await world.round()).seen_size == 700
    assert [body.split(b"\n")[0] for body in world.there.bodies[-2:]] == [b"old 0", b"old 300"]


async def test_another_history_is_an_alarm(world: World) -> None:
    await publish(world.database, LOG, 300)
    await world.round()
    await publish(world.database, FORGED, 700)
    found = await world.round()
    assert (found.trouble, found.alarm) == (Trouble.OTHER_HISTORY, True)
    assert found.seen_size == 300
    assert world.there.store.forgeries()
    # The right history is cosigned again, and the alarm is over.
    await publish(world.database, LOG, 750)
    assert (await world.round()).trouble is None


async def test_a_witness_that_has_more_than_we_have_is_an_alarm(world: World) -> None:
    await publish(world.database, LOG, 700)
    await world.round()
    async with world.database.transaction() as tx:
        await tx.execute("delete from ledger_checkpoints")
        await tx.execute("update ledger_witnesses set seen_size = 0")
    await publish(world.database, LOG, 300)
    found = await world.round()
    assert (found.trouble, found.alarm) == (Trouble.AHEAD, True)
    assert found.trouble_text is not None
    assert "700" in found.trouble_text


async def test_a_witness_that_forgot_is_shown_its_own_signature_and_not_asked_again(world: World) -> None:
    await publish(world.database, LOG, 300)
    await world.round()
    world.there.store._db.execute("update seen set size = 100, root = ?", (LOG.root(100),))
    await publish(world.database, LOG, 700)
    found = await world.round()
    assert (found.trouble, found.alarm) == (Trouble.FORGOT, True)
    # It stopped by itself when it saw its own line on more than it remembered.
    assert world.there.witness.logs()[0].stopped
    asked = world.there.asked
    await world.round()
    assert world.there.asked == asked


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ((404, b"unknown\n"), Trouble.UNKNOWN_LOG),
        ((403, b"no\n"), Trouble.REFUSED),
        ((422, b"no\n"), Trouble.OTHER_HISTORY),
        ((503, b"later\n"), Trouble.UNREACHABLE),
        ((302, b""), Trouble.BAD_ANSWER),
        ((409, b"<html>"), Trouble.BAD_ANSWER),
        ((409, b"0\n"), Trouble.OTHER_HISTORY),
        ((200, b""), Trouble.BAD_ANSWER),
        ((200, "— witness.example/w1 AAAAAAAA\n".encode()), Trouble.BAD_ANSWER),
        ((200, b"x" * 100_000), Trouble.UNREACHABLE),
    ],
)
async def test_any_other_answer_is_told_and_nothing_is_kept(
    world: World, answer: tuple[int, bytes], trouble: Trouble
) -> None:
    await publish(world.database, LOG, 300)
    world.there.answer = answer
    found = await world.round()
    assert (found.trouble, found.seen_size) == (trouble, 0)
    assert await world.database.fetchval("select cosignatures from ledger_checkpoints") == ""
    world.there.answer = None
    assert (await world.round()).trouble is None


async def test_a_cosignature_of_another_hour_is_worth_nothing(world: World) -> None:
    await publish(world.database, LOG, 300)
    world.clock.advance(timedelta(hours=1))
    line = world.there.witness.add_checkpoint
    old_line = line(Submission(0, (), LOG.note(300)).encode()).body
    world.clock.advance(timedelta(hours=2))
    world.there.answer = (200, old_line)
    found = await world.round()
    assert found.trouble is Trouble.BAD_ANSWER
    assert "clock" in (found.trouble_text or "")


async def test_a_private_address_is_asked_only_if_the_operator_says_so(world: World) -> None:
    await publish(world.database, LOG, 300)
    async with GuardedClient() as strict:
        stranger = WitnessAsker(world.site.services.settings, world.database, world.clock, strict)
        await stranger.errand(msgspec.json.encode(world.name))
    found = await find_witness(world.database, world.name)
    assert found.trouble is Trouble.UNREACHABLE
    assert "refused" in (found.trouble_text or "")
    assert world.there.asked == 0


async def test_what_a_witness_has_seen_can_be_asked_without_telling_it_anything(world: World) -> None:
    witness = await find_witness(world.database, world.name)
    empty = sign_checkpoint(Checkpoint(KEY.name, 0, EMPTY_ROOT), KEY).encode()
    assert await size_seen_by(world.outbound, witness, empty) == 0
    await publish(world.database, LOG, 300)
    await world.round()
    assert await size_seen_by(world.outbound, witness, empty) == 300


async def test_the_setting_names_witnesses_too(world: World) -> None:
    key = SigningKey("w.example/2", Algorithm.COSIGNATURE_V1, b"\x07" * 32).verifier.vkey
    for entries, expected in (
        ([f"{key} https://w.example/a/"], {"w.example/2": "https://w.example/a"}),
        ([f"{key} https://w.example/b"], {"w.example/2": "https://w.example/b"}),
        ([], {}),
    ):
        async with world.database.transaction() as tx:
            await follow_setting(tx, entries, now=NOW)
        known = {one.name: one.url for one in await witnesses(world.database)}
        assert known == {world.name: world.there.url, **expected}
    async with world.database.transaction() as tx:
        for entry in (key, f"{key} ftp://x", f"{KEY.verifier.vkey} https://x.example", "x https://x.example"):
            with pytest.raises(Invalid):
                await follow_setting(tx, [entry], now=NOW)


async def test_the_policy_names_log_witnesses_and_how_many(world: World) -> None:
    known = await witnesses(world.database)
    policy = make_policy([KEY.verifier], "https://log.example/e/1", known, "any")
    assert policy.reached({world.name})
    assert not policy.reached(set())
    assert make_policy([KEY.verifier], "https://log.example/e/1", known, "none").reached(set())
    assert make_policy([KEY.verifier], "https://log.example/e/1", [], "all").reached(set())


@pytest.mark.parametrize("shows", [True, False])
async def test_before_anything_is_signed_witnesses_are_asked_what_they_have_seen(
    world: World, shows: bool
) -> None:
    """Issue 6: a restored database learns from a witness, of our make or another, that there was more."""
    world.there.shows = shows
    settings = msgspec.structs.replace(world.site.services.settings, ledger_private_allowed=("127.0.0.1",))
    origin = origin_of(settings.domain, 1)
    key = signing_key(world.database.keyring, origin, 1)
    history = LittleLog(key, 300)
    peers = WitnessPeers(settings, world.database)
    answers = await peers.checkpoints()
    # It does not know this log, and says so: that is an answer.
    assert (answers.seen, answers.silent, answers.named) == ((), (), 1)
    world.there.store._db.execute("delete from logs")
    world.there.store.add_log(key.verifier.vkey, "", now=NOW)
    assert world.there.witness.add_checkpoint(Submission(0, (), history.note(300)).encode()).status == 200
    (seen,) = (await peers.checkpoints()).seen
    assert (seen.source, seen.log) == (world.name, 1)
    if shows:
        assert seen.note is not None
        assert open_checkpoint(seen.note, [key.verifier]).checkpoint.size == 300
    else:
        assert (seen.size, seen.note) == (300, None)
    world.there.answer, world.there.shows = (503, b""), False
    assert (await peers.checkpoints()).silent == (world.name,)
