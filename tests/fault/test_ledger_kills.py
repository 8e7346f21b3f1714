"""kill -9 at every step between a record and its published checkpoint: no fork, no gap, nothing acknowledged is lost.

HOLDFAST_TEST_LEDGER_KILLS says how many lives there are (12 unless told otherwise; the full run has 200).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from pathlib import Path

import pytest

from holdfast.records import ledger
from holdfast.records.sequencing import FENCE_LOCK
from tests.support.ledger_desk import LedgerDesk, ledger_desk
from tests.support.up_process import ROOT, environment

pytestmark = pytest.mark.fault

LIVES = int(os.environ.get("HOLDFAST_TEST_LEDGER_KILLS", "12"))
SEED = 20260301
STEPS = ("start", "started", "sequence", "sequenced", "sign", "files", "signature", "publish", "signed")


async def live(database_url: str, data: Path, step: str, nth: int) -> list[str]:
    """One life until its kill; the records whose commits were acknowledged."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fault.ledger_process", database_url, str(data), step, str(nth),
        stdout=asyncio.subprocess.PIPE, cwd=ROOT, env=environment(None),
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == -signal.SIGKILL
    return [line[4:] for line in output.decode().splitlines() if line.startswith("ack ")]


async def let_go(desk: LedgerDesk) -> None:
    """Wait until the database has noticed that the killed process is gone."""
    await desk.database.fetchval("select pg_advisory_xact_lock($1)", FENCE_LOCK)


async def test_no_kill_forks_the_log_or_loses_a_record(database_url: str, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    async with ledger_desk(database_url, tmp_path) as desk:
        acknowledged: list[str] = []
        for number in range(LIVES):
            # Every step comes up, then whatever chance says.
            step = STEPS[number] if number < len(STEPS) else chance.choice(STEPS)
            nth = 1 if step.startswith("start") else chance.randint(1, 12)
            acknowledged += await live(database_url, tmp_path, step, nth)
            await desk.audit()
        await let_go(desk)
        await desk.work()
        recorded = await desk.database.fetchval("select count(*) from ledger_records where kind = 'decision'")
        assert await desk.numbers() == list(range(1, recorded + 1))
        indices = await desk.database.fetch("select leaf_index from ledger_records order by leaf_index")
        assert [row[0] for row in indices] == list(range(recorded))
        for record_id in acknowledged:
            await desk.verify(record_id)
        assert len(await ledger.logs(desk.database)) == 1


async def test_a_restored_database_never_signs_a_fork(database_url: str, tmp_path: Path) -> None:
    """Backups of the database come back between lives; the data folder has gone on."""
    chance = random.Random(SEED + 1)
    async with ledger_desk(database_url, tmp_path) as desk:
        backups = [await desk.snapshot()]
        for _ in range(max(4, LIVES // 4)):
            await live(database_url, tmp_path, chance.choice(STEPS[2:]), chance.randint(2, 12))
            await desk.audit()
            await let_go(desk)
            if chance.random() < 0.5:
                backups.append(await desk.snapshot())
            else:
                await desk.restore(chance.choice(backups))
        await desk.work()
        await desk.audit()
