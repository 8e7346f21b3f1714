"""A process that records and sequences until it is killed: `python -m tests.fault.ledger_process DSN DATA STEP NTH`.

Each record's id is printed, after `ack`, once its commit was acknowledged. The process kills itself before the NTH time that the
sequencer takes STEP.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from holdfast.platform.clock import SystemClock
from holdfast.platform.crypto import Keyring
from holdfast.platform.db import Database, PoolLimits
from holdfast.records import ledger
from holdfast.records.ledger import Entry, Kind, Subject
from holdfast.records.sequencing import LedgerFiles, Sequencer, SequencerLimits
from tests.support.ledger_desk import DOMAIN, MASTER

_LIMITS = SequencerLimits(batch_seconds=0.01, checkpoint_seconds=0.02, batch=7, ask_again_seconds=0.05)


async def main(dsn: str, data: Path, step: str, nth: int) -> None:
    """Work until the end."""
    taken = 0

    def watch(name: str) -> None:
        nonlocal taken
        taken += name == step
        if taken >= nth:
            os.kill(os.getpid(), signal.SIGKILL)

    async with await Database.connect(dsn, PoolLimits(size=4)) as database:
        database.keys = lambda: Keyring(MASTER)
        sequencer = Sequencer(database, SystemClock(), LedgerFiles(data), DOMAIN, _LIMITS, watch=watch)
        running = asyncio.create_task(sequencer.run(asyncio.Event()))
        number = 0
        while not running.done():
            number += 1
            entry = Entry(
                kind=Kind.DECISION,
                subject=Subject.account(number % 5),
                private={"reasons": f"number {number}"},
            )
            async with database.transaction() as tx:
                record_id = await ledger.append(tx, entry, now=SystemClock().now())
            sys.stdout.write(f"ack {record_id}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])))
