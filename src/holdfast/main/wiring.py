"""Builds what one process needs: the ports of the platform and the readers that stand on them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache, partial

from ..edge.ports import Services
from ..edge.post_limits import media_limits
from ..platform.clock import Clock, SystemClock
from ..platform.config import Settings
from ..platform.crypto import Keyring
from ..platform.db import Database, PoolLimits
from ..platform.decoding import DecoderLimits, Decoders, find_programs
from ..platform.guarded_http import GuardedClient, guarded_client
from ..platform.ids import PublicIds
from ..platform.limits import RateLimits
from ..platform.master_key import load_master_key
from ..platform.stamps import DatabaseStamps, SharedMemoryStamps
from ..screening import RuleEngine, Screen, load_rules, load_screen
from ..screening.lifecycle import BreakerLimits
from ..screening.state import KeeperLimits, RuleKeeper, SharedThrottles
from ..social.accounts import AccountReader
from ..social.graph import RelationsReader
from ..social.lists import ListReader
from ..social.live import LiveHub, LiveLimits, LiveReaders
from ..social.media import Intake
from ..social.notifications import NotificationReader
from ..social.posts import PostReader
from ..social.sessions import SessionLimits, SessionReader
from ..social.timelines import TimelineReader
from ..social.tokens import TokenReader
from .datafolder import stamps_file
from .live_events import live_events_of
from .mirror_shipping import setup_file
from .mirrored_blobs import blobs_of
from .owner_facts import OwnerFacts
from .screening_choice import model_choice
from .subscriptions import reactions_to


@asynccontextmanager
async def open_database(settings: Settings, pool_size: int | None = None) -> AsyncIterator[Database]:
    """The pool with its stamps and reactions; `settings.database_url` must say where.

    `pool_size`: connections, when not the setting `database_pool_size`.
    """
    if settings.database_url is None:
        raise ValueError("the database address must be known here")
    limits = PoolLimits(
        pool_size or settings.database_pool_size,
        settings.database_connect_timeout_seconds,
        settings.statement_timeout_seconds,
    )
    reactions = partial(
        reactions_to,
        second_opinions=bool(settings.second_opinion_url),
        webhooks_of_posts=settings.webhooks_of_posts,
        mails=bool(settings.mail_host),
        answers_by_policy=bool(settings.notice_answers_automatic),
        cards_within_seconds=settings.card_jitter_seconds if settings.preview_cards else None,
    )
    async with await Database.connect(settings.database_url, limits, reactions, live_events_of) as database:
        # Read when something is sealed for the first time: most commands need no key.
        database.is_mirrored = setup_file(settings.data).exists
        database.keys = cache(lambda: Keyring(load_master_key(settings)))
        if settings.freshness == "database":
            database.stamps = DatabaseStamps(database)
            yield database
            return
        stamps = SharedMemoryStamps(stamps_file(settings.data))
        database.stamps = stamps
        try:
            yield database
        finally:
            stamps.close()


@asynccontextmanager
async def open_services(settings: Settings, screen: Screen | None = None) -> AsyncIterator[Services]:
    """Everything that the edge may use. `screen`: one that was loaded before, instead of the settings' rules."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(
            # One connection more: it listens for live events and serves nothing else.
            open_database(settings, _pool_size(settings) + 1)
        )
        services = services_over(
            settings, database, SystemClock(), await stack.enter_async_context(guarded_client(settings)),
            screen or load_screen(settings.screening_rules_file, model=model_choice(settings)),
        )  # fmt: skip
        stack.push_async_callback(_ended, asyncio.create_task(services.rule_keeper.keep()))
        stack.push_async_callback(_ended, asyncio.create_task(services.live.run()))
        stack.push_async_callback(services.media.decoders.close)
        yield services


def _pool_size(settings: Settings) -> int:
    """Connections of a web process: more where commits wait for stores."""
    mirrored = setup_file(settings.data).exists()
    return max(settings.database_pool_size, settings.mirror_pool_size if mirrored else 0)


def services_over(
    settings: Settings, database: Database, clock: Clock, outbound: GuardedClient, screen: Screen
) -> Services:
    """The services over what is open already. Nothing of them runs by itself: not the streams, not what keeps the
    rules; a worker that only renders needs neither."""
    keyring = Keyring(load_master_key(settings))
    accounts = AccountReader(database)
    posts = PostReader(database, accounts, clock)
    limits = RateLimits(settings.data / "run" / "limits")
    relations, tokens = RelationsReader(database), TokenReader(database, clock)
    notifications = NotificationReader(database, accounts, posts, clock)
    readers = LiveReaders(relations, posts, notifications, ListReader(database), tokens)
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        ids=PublicIds(keyring.derive("public ids")),
        keyring=keyring,
        limits=limits,
        screen=screen,
        rule_keeper=keeper_of(settings, database, screen, limits, clock),
        accounts=accounts,
        relations=relations,
        posts=posts,
        timelines=TimelineReader(database, posts),
        notifications=notifications,
        tokens=tokens,
        live=hub_of(settings, database, readers, clock),
        media=intake_of(settings, database, screen, clock),
        sessions=SessionReader(
            database, clock, SessionLimits(settings.session_lifetime_days, settings.session_idle_days)
        ),
        outbound=outbound,
        owners=OwnerFacts(settings, database, keyring, clock),
    )


def keeper_of(
    settings: Settings, database: Database, screen: Screen, limits: RateLimits, clock: Clock
) -> RuleKeeper:
    """What keeps the rules of this process true to the database; throttles count in the shared limits."""
    engine = screen.rule_engine or RuleEngine(load_rules(settings.screening_rules_file))
    engine.throttles = SharedThrottles(limits, clock)
    breaker = BreakerLimits(
        settings.rule_breaker_factor, settings.rule_breaker_min_authors, settings.rule_breaker_min_posts
    )
    bounds = KeeperLimits(
        settings.rule_figures_seconds,
        settings.rule_breaker_window_seconds,
        settings.rule_figures_days,
        breaker,
    )
    return RuleKeeper(database, engine, limits, clock, bounds, screen.local_model)


def intake_of(settings: Settings, database: Database, screen: Screen, clock: Clock) -> Intake:
    """What takes uploads. Its decoders are started when the first picture comes, or by `warm`."""
    decoders = Decoders(
        DecoderLimits(
            memory_bytes=settings.media_decoder_memory_mb << 20,
            seconds=settings.media_decoder_seconds,
            concurrent=settings.media_decoders,
        )
    )
    moving = find_programs(settings.ffmpeg_program) is not None
    return Intake(
        database, clock, blobs_of(settings, clock), decoders, screen, media_limits(settings), moving=moving
    )


def hub_of(settings: Settings, database: Database, readers: LiveReaders, clock: Clock) -> LiveHub:
    """What tells live events to the streams of this process; it has to be run."""
    limits = LiveLimits(
        per_account=settings.streams_per_account_max,
        per_address=settings.streams_per_address_max,
        waiting=settings.stream_waiting_max,
        check_seconds=settings.stream_check_seconds,
    )
    return LiveHub(database, readers, clock, limits)


async def _ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and let it finish what it does at its end."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
