"""The process that takes mail for the notice desk: `python -m holdfast.main.notice_mail.process`, or `holdfast mail listen`.

It alone speaks LMTP and IMAP, so that a mail of 50 MB or a slow mailbox delays no page.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

import structlog

from holdfast.main.notice_mail.listener import Listener
from holdfast.main.notice_mail.mailbox import Fetcher
from holdfast.main.notice_mail.taking import MailTaker, Watch, unwatched
from holdfast.main.wiring import open_database
from holdfast.platform.clock import SystemClock
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.telemetry import configure_logging
from holdfast.platform.text_records import SystemTextRecords, TextRecords
from holdfast.pure.errors import HoldfastError, Invalid

log = structlog.get_logger(__name__)

SUPERVISED = "HOLDFAST_RUN_SUPERVISED"
_LISTEN_AGAIN_SECONDS = 10.0


async def take_mails(
    settings: Settings, stop: asyncio.Event, *, records: TextRecords | None = None, watch: Watch = unwatched,
    opened: asyncio.Future[int] | None = None,
) -> None:  # fmt: skip
    """Take mails until `stop` is set. opened: gets the port of the listener, 0 where it has none."""
    records = records or SystemTextRecords(settings.notice_mail_check_seconds)
    clock = SystemClock()
    async with open_database(settings, settings.notice_lmtp_connections + 2) as database:
        taker = MailTaker(settings, database, clock, records, watch=watch)
        listener = Listener(settings, taker) if settings.notice_lmtp_listen else None
        fetching = (
            asyncio.create_task(Fetcher(settings, database, clock, taker, watch=watch).run(stop))
            if settings.notice_imap_host
            else None
        )
        if listener is not None:
            await _opened(listener, settings, stop)
        if opened is not None:
            opened.set_result(listener.port if listener is not None else 0)
        await stop.wait()
        if listener is not None:
            await listener.close()
        if fetching is not None:
            await fetching


async def _opened(listener: Listener, settings: Settings, stop: asyncio.Event) -> None:
    """Listen as soon as that is possible: a port that somebody else has is no reason for the whole server to end."""
    while not stop.is_set():
        try:
            await listener.open()
        except OSError as error:
            log.error("notice_mail.cannot_listen", where=settings.notice_lmtp_listen, error=str(error))
        else:
            log.info("notice_mail.listening", where=settings.notice_lmtp_listen)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LISTEN_AGAIN_SECONDS)


async def serve(settings: Settings) -> int:
    """Until SIGTERM or SIGINT; returns the exit status."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await take_mails(settings, stop)
    return 0


async def _with_database(settings: Settings) -> int:
    from holdfast.main.prepare import prepare_alone
    from holdfast.main.running_database import running_database

    async with running_database(settings) as ready:
        await prepare_alone(ready)
        return await serve(ready)


def run(settings: Settings) -> int:
    """Take mails in this process; returns the exit status. Raises Invalid where nothing is set up."""
    import uvloop

    if not settings.notices_come_by_mail:
        raise Invalid(
            "No mail is set up: set notice_lmtp_listen or notice_imap_host, and notice_mail_addresses."
        )
    configure_logging(settings, "mail")
    return uvloop.run(serve(settings) if SUPERVISED in os.environ else _with_database(settings))


def main() -> int:
    """The supervisor's child."""
    try:
        return run(load_settings())
    except HoldfastError as error:
        sys.stderr.write(f"holdfast mail: {error.public}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
