"""The notice desk's mail of one site: a real listener, a sender that speaks LMTP, and errands run by hand."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from holdfast.main.notice_mail.listener import Listener
from holdfast.main.notice_mail.reading import NoticeMailReader
from holdfast.main.notice_mail.receipts import ReceiptSender
from holdfast.main.notice_mail.taking import MailTaker
from holdfast.main.subscriptions import READ_NOTICE_MAIL, SEND_RECEIPT
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.jobs import RunnerLimits
from holdfast.platform.mail import KeptMailer
from holdfast.platform.text_records import FakeTextRecords
from holdfast.trust.notices import Notice, NoticeFilter, NoticeReader
from holdfast.trust.staff_actions import CLOCK
from tests.support.access_ledger import grow_ledger
from tests.support.signed_mail import KEY_NAME, key_record
from tests.support.site import Site, open_site

ADDRESS = "abuse@town.example"
DOMAIN = "town.example"


def with_mail(settings: Settings, **changes: object) -> Settings:
    """Settings of a site whose notice desk takes mail."""
    given = {
        "domain": DOMAIN, "public_url": f"https://{DOMAIN}", "mail_host": "127.0.0.1", "notice_lmtp_listen": "127.0.0.1:0",
        "notice_mail_addresses": (f"{ADDRESS}=host.abuse", "legal@town.example=court.order"), **changes,
    }  # fmt: skip
    return msgspec.structs.replace(settings, **given)


@dataclass
class NoticePost:
    """What a test holds of it."""

    site: Site
    records: FakeTextRecords
    port: int
    mailer: KeptMailer = field(default_factory=KeptMailer)

    async def deliver(
        self, raw: bytes, *, sender: str = "bounces@cloud.example", to: str | list[str] = ADDRESS
    ) -> Mapping[str, tuple[int, bytes]]:
        """Hand a mail over as a mail server does; the recipients that were refused. Raises what smtplib does."""

        def send() -> Mapping[str, tuple[int, bytes]]:
            with smtplib.LMTP("127.0.0.1", self.port) as connection:
                return connection.sendmail(sender, to, raw)

        return await asyncio.to_thread(send)

    async def errands(self, *, later: timedelta = timedelta()) -> int:
        """Run what is due, `later` than now; how many ran."""
        services = self.site.services
        clock = FixedClock(services.clock.now() + later)
        settings, database = services.settings, services.database
        runner = ErrandRunner(
            database, clock,
            {
                READ_NOTICE_MAIL: NoticeMailReader(settings, database, clock).errand,
                SEND_RECEIPT: ReceiptSender(settings, database, clock, self.mailer).errand,
            },
            RunnerLimits(attempts=100),
        )  # fmt: skip
        return await runner.run_batch()

    async def read(self) -> None:
        """Everything that was taken is read, recorded and answered with receipts."""
        for _ in range(3):
            if not await self.errands(later=timedelta(seconds=1)):
                break
            await self.site.settle()
            await grow_ledger(self.site)
        await self.errands(later=timedelta(seconds=5))

    @property
    def notices(self) -> NoticeReader:
        return NoticeReader(self.site.services.database)

    async def all(self) -> list[Notice]:
        """Every notice, also of floods."""
        return await self.notices.queue(CLOCK, NoticeFilter(open=None, grouped=False), limit=1000)

    async def only(self) -> Notice:
        (found,) = await self.all()
        return found


@asynccontextmanager
async def notice_post(settings: Settings, **changes: object) -> AsyncIterator[NoticePost]:
    """A site with a desk that takes mail."""
    async with open_site(with_mail(settings, **changes)) as site:
        services = site.services
        records = FakeTextRecords({KEY_NAME: key_record()})
        listener = Listener(
            services.settings, MailTaker(services.settings, services.database, services.clock, records)
        )
        await listener.open()
        try:
            yield NoticePost(site, records, listener.port)
        finally:
            await listener.close()
