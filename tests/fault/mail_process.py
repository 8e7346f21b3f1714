"""Takes and reads mails for the notice desk until it is killed: `python -m tests.fault.mail_process DSN DATA`.

Each line of its input, `STEP NTH`, is one life: a child of its own that says its port, and kills itself before the NTH time that
it takes STEP. Forked, because a life is shorter than the imports. The line `over` follows each.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import structlog

from holdfast.main.notice_mail.process import take_mails
from holdfast.main.notice_mail.reading import NoticeMailReader
from holdfast.main.subscriptions import READ_NOTICE_MAIL
from holdfast.main.wiring import open_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.jobs import RunnerLimits
from holdfast.platform.text_records import FakeTextRecords
from tests.support.notice_post import with_mail
from tests.support.signed_mail import KEY_NAME, key_record

# Longer than any mail takes here, and short enough that the next life goes on with what a killed one left.
_LIMITS = RunnerLimits(batch=2, concurrency=2, lease_seconds=1.0, attempts=10_000, poll_seconds=0.02)


def settings_of(dsn: str, data: Path) -> Settings:
    """The same for the process and for whoever looks at what it left."""
    loaded = load_settings({"data": str(data), "database_url": dsn, "master_key": "5a" * 32}, environment={})
    return with_mail(loaded, notice_mail_hour_max=1_000_000)


async def live(settings: Settings, step: str, nth: int) -> None:
    """One life."""
    taken = 0

    def watch(name: str) -> None:
        nonlocal taken
        taken += name == step
        if taken >= nth:
            os.kill(os.getpid(), signal.SIGKILL)

    opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    records = FakeTextRecords({KEY_NAME: key_record()})
    taking = asyncio.create_task(
        take_mails(settings, asyncio.Event(), records=records, watch=watch, opened=opened)
    )
    async with open_database(settings, 4) as database:
        clock = SystemClock()
        reader = NoticeMailReader(settings, database, clock, watch=watch)
        runner = ErrandRunner(database, clock, {READ_NOTICE_MAIL: reader.errand}, _LIMITS)
        waited: set[asyncio.Future[Any]] = {taking, opened}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        if not taking.done():
            sys.stdout.write(f"port {opened.result()}\n")
            sys.stdout.flush()
        await asyncio.gather(taking, runner.run(asyncio.Event()))


def main(dsn: str, data: Path) -> None:
    """Lives, one after the other."""
    # The output is for ports.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    settings = settings_of(dsn, data)
    (data / "run").mkdir(parents=True, exist_ok=True)
    for line in sys.stdin:
        step, nth = line.split()
        child = os.fork()
        if child == 0:
            try:
                asyncio.run(live(settings, step, int(nth)))
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        sys.stdout.write("over\n" if os.WIFSIGNALED(status) else "broken\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
