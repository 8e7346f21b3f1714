"""The worker's work: reactions from the job table, and what is due by the clock."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from ..platform.clock import Clock, Instant, SystemClock
from ..platform.config import Settings
from ..platform.db import Database, Tx
from ..platform.jobs import JobRunner, Periodic, RunnerLimits, run_due
from ..pure.errors import Unavailable
from ..records.timestamps import order_hourly
from ..social.announcements import settle_announcements
from ..social.bans import forget_ended_network_blocks
from ..social.cards import forget_unlinked_cards
from ..social.credentials import purge_expired_links
from ..social.posts import forget_gone_posts, forget_old_keys
from ..social.reactions import close_polls
from ..social.sessions import purge_expired_sessions
from ..social.tokens import purge_expired_codes
from ..social.trends import TrendLimits, refresh_trends
from ..trust.answers import PaceRule, pace_by_policy
from ..trust.effects import end_effects
from ..trust.preservation import lapse_holds
from ..trust.sanctions import lift_ended_sanctions
from .archive_work import keep_archiving
from .backing_up import keep_backups
from .desk_clock import desk_actions
from .lazy_screen import LazyScreen
from .ledger_work import keep_ledger, record_census
from .media_work import keep_media
from .mirror_standing import recording
from .mirroring import keep_mirror
from .notice_mail.reading import forgetting
from .outside import keep_running
from .reported_posts import keep_looking_closer
from .scheduled_publishing import keep_publishing
from .subscriptions import ERRANDS, HANDLERS
from .wiring import open_database
from .witness_rounds import start_round

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Due:
    """An action that runs every so often, on one worker at a time."""

    name: str
    every: timedelta
    action: Periodic


async def freshen_caches(tx: Tx, now: Instant) -> None:
    """Bound what a command that was killed between its commit and its stamps can leave stale."""
    tx.touch_everything()


async def forget_expired_access(tx: Tx, now: Instant) -> None:
    """Remove sessions, codes and links that open nothing any more."""
    await purge_expired_sessions(tx, now=now)
    await purge_expired_codes(tx, now=now)
    await purge_expired_links(tx, now=now)


PERIODIC: tuple[Due, ...] = (
    Due("close_polls", timedelta(seconds=30), close_polls),
    Due("lift_ended_sanctions", timedelta(minutes=1), lift_ended_sanctions),
    Due("end_effects", timedelta(seconds=30), end_effects),
    Due("lapse_holds", timedelta(minutes=1), lapse_holds),
    Due("forget_ended_network_blocks", timedelta(minutes=10), forget_ended_network_blocks),
    Due("freshen_caches", timedelta(minutes=10), freshen_caches),
    Due("forget_old_keys", timedelta(minutes=10), forget_old_keys),
    Due("forget_unlinked_cards", timedelta(hours=6), forget_unlinked_cards),
    Due("forget_expired_access", timedelta(minutes=30), forget_expired_access),
    Due("settle_announcements", timedelta(seconds=15), settle_announcements),
)
_LOOK_EVERY_SECONDS = 5.0


def periodic_of(settings: Settings) -> tuple[Due, ...]:
    """Everything that runs by the clock under these settings."""
    desk = (Due(*one) for one in desk_actions(settings))
    # A day more than one can go back.
    kept_for = timedelta(days=settings.mirror_keep_days + 1)
    gone = Due("forget_gone_posts", timedelta(hours=6), partial(forget_gone_posts, kept_for=kept_for))
    census = Due("ledger_census", timedelta(minutes=settings.ledger_census_minutes), record_census)
    mails = Due("forget_kept_mails", timedelta(hours=6), forgetting(settings))
    mirror = Due("record_mirror_state", timedelta(seconds=5), recording(settings.data))
    table = (*PERIODIC, gone, census, mirror, mails, *_confirmations(settings), _pacing(settings), *desk)
    if not settings.trends:
        return table
    limits = TrendLimits(settings.trends_min_accounts, settings.trends_half_life_hours, settings.trends_max)

    async def refresh(tx: Tx, now: Instant) -> None:
        await refresh_trends(tx, limits, now=now)

    every = timedelta(minutes=settings.trends_refresh_minutes)
    return (*table, Due("refresh_trends", every, refresh))


def _pacing(settings: Settings) -> Due:
    rule = PaceRule(
        settings.notice_abuse_judged, settings.notice_abuse_upheld_percent, settings.notice_abuse_days
    )

    async def pace_senders(tx: Tx, now: Instant) -> None:
        for one in await pace_by_policy(tx, rule, now=now):
            log.warning("notices.sender_slowed", reason=one.reason)

    return Due("pace_senders", timedelta(hours=1), pace_senders)


def _confirmations(settings: Settings) -> tuple[Due, ...]:
    """What has the ledger confirmed from outside."""
    rounds = Due(
        "ask_witnesses",
        timedelta(seconds=settings.ledger_witness_interval_seconds),
        partial(start_round, settings),
    )
    if not settings.timestamp_authority_url:
        return (rounds,)
    return (
        rounds,
        Due("order_time_stamp", timedelta(minutes=settings.timestamp_interval_minutes), order_hourly),
    )


async def run_worker(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set; jobs that were claimed are finished first."""
    clock = SystemClock()
    limits = RunnerLimits(concurrency=settings.worker_pool_size - 1)
    # Errands take a connection for moments only; one more keeps them out of the way of jobs.
    # The sequencer of the ledger keeps one for as long as it has the fence, and takes another for moments.
    connections = settings.worker_pool_size + 7 + bool(settings.second_opinion_url)
    async with open_database(settings, connections) as database:
        runner = JobRunner(database, clock, HANDLERS, limits, elsewhere=ERRANDS)
        screening = LazyScreen(settings, database, clock)
        beside = [
            asyncio.create_task(_keep_time(database, clock, stop, periodic_of(settings))),
            asyncio.create_task(keep_media(settings, database, clock, stop)),
            asyncio.create_task(keep_running(settings, database, clock, stop)),
            asyncio.create_task(keep_publishing(settings, database, clock, stop, screening)),
            asyncio.create_task(keep_looking_closer(settings, database, clock, stop, screening)),
            asyncio.create_task(keep_archiving(settings, database, clock, stop, screening)),
            asyncio.create_task(keep_ledger(settings, database, clock, stop)),
            asyncio.create_task(keep_backups(settings, database, clock, stop)),
            asyncio.create_task(keep_mirror(settings, database, clock, stop)),
        ]
        if settings.second_opinion_url:
            # Here, because it brings an HTTP client along, which is only loaded where it is used.
            from .second_opinions import keep_asking

            beside.append(asyncio.create_task(keep_asking(settings, database, clock, stop)))
        try:
            await runner.run(stop)
        finally:
            # A request that is under way is not waited for: its job comes back when its lease ends.
            for task in beside:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task


async def _keep_time(database: Database, clock: Clock, stop: asyncio.Event, table: Sequence[Due]) -> None:
    while not stop.is_set():
        await run_all_due(database, clock, table)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_EVERY_SECONDS)


async def run_all_due(database: Database, clock: Clock, table: Sequence[Due]) -> None:
    """Run each action that is due; one that fails is logged and comes again at its next time."""
    for due in table:
        try:
            await run_due(database, clock, due.name, due.every, due.action)
        except Unavailable as error:
            log.warning("periodic.database_away", name=due.name, error=error.public)
        except Exception:
            # One broken action must not keep the others from running.
            log.exception("periodic.failed", name=due.name)
