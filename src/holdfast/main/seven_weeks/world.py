"""The place where it happens: a database, a clock that moves when told to, members and their posts, mail in and out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from holdfast.main.answer_mail import AnswerMailer
from holdfast.main.jobs_runner import Due, periodic_of
from holdfast.main.ledger_work import limits_of
from holdfast.main.notice_mail.reading import NoticeMailReader
from holdfast.main.notice_mail.receipts import ReceiptSender
from holdfast.main.notice_mail.taking import MailTaker
from holdfast.main.statement_mail import StatementMailer
from holdfast.main.subscriptions import (
    ERRANDS,
    HANDLERS,
    MAIL_ANSWER,
    MAIL_STATEMENT,
    READ_NOTICE_MAIL,
    SEND_RECEIPT,
)
from holdfast.platform.clock import FixedClock, Instant
from holdfast.platform.config import Settings
from holdfast.platform.db import Database
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.ids import PublicIds
from holdfast.platform.jobs import JobRunner, RunnerLimits, run_due
from holdfast.platform.mail import KeptMailer
from holdfast.platform.text_records import FakeTextRecords
from holdfast.records.sequencing import LedgerFiles, Sequencer, fence
from holdfast.screening import Screen
from holdfast.social.accounts import AccountReader, Actor, NewAccount, create_account
from holdfast.social.drafts import Draft, PostLimits
from holdfast.social.graph import RelationsReader
from holdfast.social.posts import PostReader, prepare, publish_post
from holdfast.trust.reports import Category, NewReport, ReportLimits, file_report

from .mails import Signer
from .model import HOST, START, STORE, Options

_BATCH = 50
_WAITS_SQL = "select exists (select 1 from ledger_records where leaf_index is null)"
_YEAR = timedelta(days=365)
# What the replay needs of the clock's work; the rest is of no use to it.
_PERIODIC = frozenset(
    {
        "sample_backlog", "reorder_cases", "draw_sample", "draw_second_looks", "end_effects", "watch_backlog",
        "demote_overturned", "watch_notice_clocks",
    }
)  # fmt: skip
_ERRAND_LIMITS = RunnerLimits(
    batch=20, concurrency=1, lease_seconds=60, attempts=3, first_retry_seconds=1, poll_seconds=0.1
)


class World:
    """Everything around the team."""

    def __init__(self, settings: Settings, database: Database, options: Options) -> None:
        self.settings, self.database, self.options = settings, database, options
        self.clock = FixedClock(START)
        reactions = database.reactions
        # The database's own clock knows nothing of the simulated one.
        database.reactions = lambda event: [
            job if job.run_at is not None else msgspec.structs.replace(job, run_at=self.now)
            for job in reactions(event)
        ]
        self.mailer = KeptMailer()
        self.host, self.store = Signer(HOST), Signer(STORE)
        self.records = FakeTextRecords({**self.host.records(), **self.store.records()})
        self.ids = PublicIds(database.keyring.derive("public ids"))
        self.members: list[int] = []
        self.names: list[str] = []
        self.team: list[int] = []
        self.admin = 0
        self._taker = MailTaker(settings, database, self.clock, self.records)
        self._jobs = JobRunner(database, self.clock, HANDLERS, elsewhere=ERRANDS)
        self._errands = ErrandRunner(
            database, self.clock,
            {
                READ_NOTICE_MAIL: NoticeMailReader(settings, database, self.clock).errand,
                SEND_RECEIPT: ReceiptSender(settings, database, self.clock, self.mailer).errand,
                MAIL_ANSWER: AnswerMailer(settings, database, self.clock, self.mailer).errand,
                MAIL_STATEMENT: StatementMailer(settings, database, self.clock, self.mailer).errand,
            },
            _ERRAND_LIMITS,
        )  # fmt: skip
        self._periodic = [one for one in periodic_of(settings) if _wanted(one)]
        self._sequencer = Sequencer(
            database, self.clock, LedgerFiles(settings.data), settings.domain, limits_of(settings)
        )
        self._reader = PostReader(database, AccountReader(database), self.clock)

    @property
    def now(self) -> Instant:
        """The simulated time."""
        return self.clock.now()

    async def settle(self) -> None:
        """Run every job that is due, and what that leads to."""
        while await self._jobs.drain() + await self._errands.drain():
            continue

    async def tick(self) -> None:
        """What the clock does, what follows from it, and a signed checkpoint over all of it."""
        for due in self._periodic:
            await run_due(self.database, self.clock, due.name, due.every, due.action)
        await self.settle()
        await self.sign()

    async def sign(self) -> None:
        """Give what was recorded its places, and sign."""
        async with fence(self.database, "seven weeks", now=self.now) as held:
            if held is None or not await self._sequencer.begin(held):
                return
            while await self.database.fetchval(_WAITS_SQL):
                await self._sequencer.step(held)
            await self._sequencer.sign(held)

    async def people(self) -> None:
        """Members, the team, and somebody who may hand data out."""
        self.names = [f"m{number}" for number in range(self.options.members)]
        rows = [
            *((name, "member") for name in self.names),
            *((f"team{n}", "moderator") for n in range(self.options.team)),
        ]
        for name, role in [*rows, ("keeper", "admin")]:
            async with self.database.transaction() as tx:
                new = NewAccount(name, f"{name}@members.example", None, role=role, by_operator=True)
                made = await create_account(tx, new, registrations="open", now=self.now - _YEAR)
            if role == "member":
                self.members.append(made)
            elif role == "moderator":
                self.team.append(made)
            else:
                self.admin = made
        await self.settle()

    async def publish(self, texts: Sequence[str], *, author: int) -> list[int]:
        """Posts of now, as they were before anything screened them; authors take turns from this one on."""
        made: list[int] = []
        reader, screen = AccountReader(self.database), Screen([])
        for start in range(0, len(texts), _BATCH):
            async with self.database.transaction() as tx:
                for at, text in enumerate(texts[start : start + _BATCH], start):
                    who = await reader.get(self.members[(author + at) % len(self.members)])
                    if who is None:
                        continue
                    ready = prepare(
                        Draft(text, language="en"),
                        who,
                        parent=None,
                        screen=screen,
                        limits=PostLimits(),
                        now=self.now,
                    )
                    made.append(
                        await publish_post(tx, Actor(who.id), ready, limits=PostLimits(), now=self.now)
                    )
        return made

    def author_of(self, author: int, at: int) -> str:
        """The name of whoever wrote the post at that place of `publish`."""
        return self.names[(author + at) % len(self.names)]

    def address(self, name: str, post_id: int) -> str:
        """As a browser shows it."""
        return f"{self.settings.public_url.rstrip('/')}/@{name}/{self.ids.encode(post_id)}"

    async def report(self, post_ids: Sequence[int], *, first: int) -> None:
        """Members report posts, each another."""
        relations = RelationsReader(self.database)
        for at, post_id in enumerate(post_ids):
            reporter = self.members[(first + at * 7) % len(self.members)]
            seen = await self._reader.see_one(await relations.viewer(reporter), post_id)
            if seen.post.account_id == reporter:
                continue
            async with self.database.transaction() as tx:
                new = NewReport(
                    seen.post.account_id, (seen,), "this should not be here", category=Category.VIOLATION
                )
                await file_report(tx, Actor(reporter), new, limits=ReportLimits(), now=self.now)

    async def mail_in(self, raw: bytes, *, sender: str, recipient: str) -> None:
        """A mail is handed over, read, and answered with a receipt."""
        await self._taker.take(raw, via="lmtp", envelope_sender=sender, recipients=[recipient])
        await self.settle()
        await self.sign()
        # A receipt waits two seconds for its proof.
        self.clock.advance(timedelta(seconds=3))
        await self.settle()


def _wanted(due: Due) -> bool:
    return due.name in _PERIODIC or "clock" in due.name
