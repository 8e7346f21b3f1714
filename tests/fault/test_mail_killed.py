"""kill -9 at every step of intake: a mail is refused to the sending server, which tries again, or fully recorded.

HOLDFAST_TEST_MAIL_KILLS says how many lives there are (16 unless told otherwise; the full run has 200).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import smtplib
import sys
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from holdfast.main.notice_mail.reading import NoticeMailReader
from holdfast.main.subscriptions import READ_NOTICE_MAIL
from holdfast.main.wiring import open_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.db import Database
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.jobs import RunnerLimits
from tests.fault.mail_process import settings_of
from tests.support.notice_post import ADDRESS
from tests.support.signed_mail import mail, signed
from tests.support.up_process import ROOT, environment

pytestmark = pytest.mark.fault

LIVES = int(os.environ.get("HOLDFAST_TEST_MAIL_KILLS", "16"))
SEED = 20261124
STEPS = ("handed_over", "checked", "written", "committed", "read", "filed", "recorded")
_PATIENCE_SECONDS = 60.0


class SendingServer:
    """Keeps each mail until it is told 250, as mail servers do, and hands it over again otherwise."""

    def __init__(self) -> None:
        self.waiting: deque[int] = deque()
        self.kept = 0
        self.refused = 0
        self.codes: set[int] = set()
        self._made = 0

    def hand_over(self, port: int) -> None:
        """Mails over one connection after the other until nobody is there."""
        while True:
            if not self.waiting:
                self._made += 1
                self.waiting.append(self._made)
            number = self.waiting[0]
            try:
                with smtplib.LMTP("127.0.0.1", port, timeout=_PATIENCE_SECONDS) as connection:
                    connection.sendmail("a@cloud.example", ADDRESS, self.mail(number))
                    # From here on it is forgotten here.
                    self.waiting.popleft()
                    self.kept += 1
            except smtplib.SMTPServerDisconnected:
                self.refused += 1
            except smtplib.SMTPResponseException as error:
                self.refused += 1
                self.codes.add(error.smtp_code)
            except OSError:
                return

    @staticmethod
    def mail(number: int) -> bytes:
        raw = mail(
            f"Remove https://town.example/@ann/{number}", subject=f"number {number}",
            message_id=f"<{number}@cloud.example>", sender=f"team{number}@cloud.example",
        )  # fmt: skip
        return signed(raw) if number % 3 == 0 else raw


@asynccontextmanager
async def mail_process(dsn: str, data: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fault.mail_process", dsn, str(data), cwd=ROOT, env=environment(None),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        # Its child, too: that holds the other end of the pipe.
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def live(process: asyncio.subprocess.Process, server: SendingServer, step: str, nth: int) -> None:
    """One life until its kill."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{step} {nth}\n".encode())
    said = (await asyncio.wait_for(process.stdout.readline(), _PATIENCE_SECONDS)).decode().split()
    # What an earlier life left may be what kills it before it is open.
    if said[0] == "port":
        await asyncio.to_thread(server.hand_over, int(said[1]))
        said = (await asyncio.wait_for(process.stdout.readline(), _PATIENCE_SECONDS)).decode().split()
    assert said == ["over"]


async def read_the_rest(dsn: str, data: Path) -> Database:
    """Everything that was taken is read, by a process that nobody kills; the leases of the killed ones have ended."""
    settings = settings_of(dsn, data)
    async with open_database(settings, 4) as database:
        async with database.transaction() as tx:
            await tx.execute("update jobs set state = 0, leased_until = null where state = 1")
        reader = NoticeMailReader(settings, database, SystemClock())
        limits = RunnerLimits(attempts=10_000)
        runner = ErrandRunner(database, SystemClock(), {READ_NOTICE_MAIL: reader.errand}, limits)
        async with database.transaction() as tx:
            await tx.execute("update jobs set run_at = now() where kind = $1", READ_NOTICE_MAIL)
        await runner.drain()
        return database


async def test_no_kill_loses_a_mail_or_doubles_it(database_url: str, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    server = SendingServer()
    async with mail_process(database_url, tmp_path) as process:
        for number in range(LIVES):
            # Every step comes up, then whatever chance says.
            step = STEPS[number] if number < len(STEPS) else chance.choice(STEPS)
            await live(process, server, step, chance.randint(1, 6))
    await read_the_rest(database_url, tmp_path)
    async with open_database(settings_of(database_url, tmp_path), 2) as database:
        subjects = [row[0] for row in await database.fetch("select subject from notices")]
        recorded = await database.fetchval(
            "select count(*) from ledger_records where kind = 'notice.received'"
        )
        items = await database.fetchval("select count(*) from notice_items")
        left = await database.fetchval(
            "select count(*) from notice_mails where state = 'waiting' or raw is not null"
        )
    known = Counter(subjects)
    assert {f"number {one}" for one in range(1, server.kept + 1)} <= set(known)
    # A mail that was kept just before the kill is there though its server does not know it yet.
    assert len(known) <= server.kept + 1
    assert max(known.values()) == 1
    assert (recorded, items, left) == (len(known), len(known), 0)
    assert server.refused >= LIVES // 4
    assert all(400 <= code < 500 for code in server.codes)
