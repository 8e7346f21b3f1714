"""Time stamps on checkpoints: from an authority that OpenSSL runs, kept, and verified by OpenSSL as well."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from holdfast.main.jobs_runner import periodic_of
from holdfast.main.time_stamping import Stamper
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings
from holdfast.platform.db import Database
from holdfast.platform.guarded_http import GuardedClient
from holdfast.pure.errors import Invalid
from holdfast.pure.evidence import Algorithm, SigningKey
from holdfast.pure.outbound_addresses import read_allowed
from holdfast.records import timestamps
from holdfast.records.timestamps import (
    STAMP_CHECKPOINT,
    Reason,
    StampNotTrusted,
    StampOrder,
    StampRefused,
    covering_stamp,
    newest_stamp,
    newest_stamps,
    read_certificates,
    stamp_now,
    verify_stamp,
)
from tests.support.ledger_rows import publish, record_id
from tests.support.little_log import LittleLog
from tests.support.site import open_site
from tests.support.time_authority import Authority, make_authority, time_authority

pytestmark = pytest.mark.integration

KEY = SigningKey("log.example/evidence/1", Algorithm.ED25519, bytes(32))
LOG = LittleLog(KEY, 700)
HOURLY = StampOrder(Reason.HOURLY)


@dataclass
class World:
    database: Database
    authority: Authority
    stamper: Stamper
    settings: Settings

    async def run(self, order: StampOrder) -> datetime | None:
        return await self.stamper.errand(msgspec.json.encode(order))

    @property
    async def count(self) -> int:
        return len(await newest_stamps(self.database, KEY.name, 100))


@pytest.fixture
async def world(settings: Settings, tmp_path: Path) -> AsyncIterator[World]:
    async with (
        time_authority(tmp_path / "authority") as authority,
        GuardedClient(read_allowed(["80", "443", "1024-65535"], ["127.0.0.1"])) as outbound,
    ):
        asked = msgspec.structs.replace(
            settings, timestamp_authority_url=authority.url, timestamp_certificates_file=authority.root
        )
        async with open_site(asked) as site:
            database = site.services.database
            yield World(database, authority, Stamper(asked, database, SystemClock(), outbound), asked)


async def test_a_checkpoint_is_stamped_and_openssl_agrees(world: World) -> None:
    await publish(world.database, LOG, 300)
    assert await world.run(HOURLY) is None
    kept = await newest_stamp(world.database, KEY.name)
    assert kept is not None
    assert (kept.size, kept.note, kept.reason) == (300, LOG.note(300), Reason.HOURLY)
    assert abs((datetime.now(UTC) - kept.stamped_at).total_seconds()) < 60
    roots = read_certificates(world.authority.root.read_bytes())
    assert verify_stamp(kept.reply, kept.note, roots) == kept.stamped_at
    assert await asyncio.to_thread(world.authority.verifies, kept.reply, kept.note)
    # And both say no to anything else.
    other = LOG.note(301)
    assert not await asyncio.to_thread(world.authority.verifies, kept.reply, other)
    with pytest.raises(StampNotTrusted):
        verify_stamp(kept.reply, other, roots)


async def test_the_same_checkpoint_is_not_stamped_twice(world: World) -> None:
    await publish(world.database, LOG, 300)
    await world.run(HOURLY)
    await world.run(HOURLY)
    assert (world.authority.asked, await world.count) == (1, 1)
    await publish(world.database, LOG, 301)
    await world.run(HOURLY)
    assert await world.count == 2


async def test_an_urgent_record_waits_for_a_checkpoint_that_covers_it(world: World) -> None:
    await publish(world.database, LOG, 300)
    async with world.database.transaction() as tx:
        await tx.execute(
            "insert into ledger_records (record_id, kind, leaf, recorded_at) values ('01NEW', 'notice.received', 'x', now())"
        )
        await stamp_now(tx, "01NEW", now=datetime.now(UTC))
    payload = await world.database.fetchval("select payload from jobs where kind = $1", STAMP_CHECKPOINT)
    order = msgspec.json.decode(payload, type=StampOrder)
    assert order == StampOrder(Reason.URGENT, "01NEW")
    assert await world.run(order) is not None
    assert world.authority.asked == 0
    async with world.database.transaction() as tx:
        await tx.execute("update ledger_records set log = 1, leaf_index = 300 where record_id = '01NEW'")
    assert await world.run(order) is not None  # in the log, and no checkpoint over it yet
    await publish(world.database, LOG, 301)
    order = StampOrder(Reason.URGENT, record_id(300))
    assert await world.run(order) is None
    found = await covering_stamp(world.database, KEY.name, 300)
    assert found is not None
    assert (found.size, found.record_id, found.reason) == (301, record_id(300), Reason.URGENT)
    await world.run(order)
    assert world.authority.asked == 1
    assert await world.run(StampOrder(Reason.URGENT, "01NOBODY")) is None


async def test_what_is_no_stamp_of_ours_is_not_kept(world: World, tmp_path: Path) -> None:
    await publish(world.database, LOG, 300)
    stranger = make_authority(tmp_path / "stranger")
    query = timestamps.make_request(LOG.note(300)).body
    for answer, error in (
        ((500, b""), StampRefused),
        ((200, b"no"), StampNotTrusted),
        ((200, world.authority.stamp(query)), StampNotTrusted),  # of another request: the nonce
        ((200, stranger.stamp(query)), StampNotTrusted),
    ):
        world.authority.answer = answer
        with pytest.raises(error):
            await world.run(HOURLY)
    assert await world.count == 0


def test_a_stamp_of_another_authority_is_not_trusted(tmp_path: Path) -> None:
    ours, stranger = make_authority(tmp_path / "a"), make_authority(tmp_path / "b")
    request = timestamps.make_request(b"data")
    roots = read_certificates(ours.root.read_bytes())
    with pytest.raises(StampNotTrusted):
        timestamps.check_reply(stranger.stamp(request.body), b"data", nonce=request.nonce, trusted=roots)
    reply = ours.stamp(request.body)
    assert timestamps.check_reply(reply, b"data", nonce=request.nonce, trusted=roots).body == reply
    for place in range(0, len(reply), 3):
        flipped = reply[:place] + bytes([reply[place] ^ 1]) + reply[place + 1 :]
        try:
            changed = timestamps.check_reply(flipped, b"data", nonce=request.nonce, trusted=roots)
        except (StampNotTrusted, StampRefused):
            continue
        # A few bits of the envelope are not signed; the time and what was stamped are.
        assert (
            changed.stamped_at
            == timestamps.check_reply(reply, b"data", nonce=request.nonce, trusted=roots).stamped_at
        )
    with pytest.raises(Invalid):
        read_certificates(b"no certificates")


def test_without_an_authority_nothing_is_ordered(settings: Settings) -> None:
    assert "order_time_stamp" not in {due.name for due in periodic_of(settings)}
    asked = msgspec.structs.replace(settings, timestamp_authority_url="https://tsa.example")
    assert "order_time_stamp" in {due.name for due in periodic_of(asked)}
