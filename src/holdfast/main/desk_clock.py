"""What the moderation desk does by the clock: order, copies, measures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from ..platform.clock import Instant
from ..platform.db import Tx
from ..platform.jobs import Periodic
from ..platform.settings import Settings
from ..screening import load_rules
from ..trust.appeals import note_breaches
from ..trust.backlog import Capacity, LaneFigures, lane_figures, record_sample
from ..trust.breaker import LaneReading, usable_stages, watch
from ..trust.cases import reorder_stale
from ..trust.intake import keep_promise, link_copies
from ..trust.notice_work import put_back_due, release_notice_holds, unseal_notices, watch_clocks
from ..trust.quality import (
    demote,
    draw_sample,
    draw_second_looks,
    overturned_too_often,
    serve_gold,
)
from ..trust.transparency import advance

log = structlog.get_logger(__name__)

SAMPLE_EVERY = timedelta(minutes=5)
"""As the ledger's readers expect it."""


def capacity_of(settings: Settings) -> Capacity:
    """Who works at the desk, as the operator says."""
    return Capacity(settings.desk_reviewers, settings.desk_decision_seconds)


def readings_of(figures: Sequence[LaneFigures]) -> list[LaneReading]:
    """What the breaker needs of the lanes."""
    return [
        LaneReading(one.lane, one.open, one.target_seconds, one.wait_seconds, one.breach_in_seconds)
        for one in figures
    ]


def desk_actions(settings: Settings) -> tuple[tuple[str, timedelta, Periodic], ...]:
    """Name, interval, action."""
    targets, capacity = settings.lane_targets_seconds, capacity_of(settings)
    age = timedelta(seconds=settings.desk_reorder_seconds)

    async def reorder(tx: Tx, now: Instant) -> None:
        await reorder_stale(tx, targets=targets, older_than=now - age, now=now)

    async def sample(tx: Tx, now: Instant) -> None:
        await record_sample(tx, targets=targets, capacity=capacity, now=now)

    async def watch_backlog(tx: Tx, now: Instant) -> None:
        # Switched off it sees nothing, and so leaves whatever stage it was in.
        figures = (
            await lane_figures(tx, targets=targets, capacity=capacity, now=now)
            if settings.backlog_breaker
            else []
        )
        move = await watch(tx, usable_stages(settings.breaker_stages_file), readings_of(figures), now=now)
        if move.cause is not None:
            log.warning("breaker.moved", stage=move.state.stage, cause=move.cause, lane=move.state.lane)

    async def second_looks(tx: Tx, now: Instant) -> None:
        await draw_second_looks(
            tx, settings.second_look_shares, wide_posts=settings.second_look_wide_posts, now=now
        )

    async def gold(tx: Tx, now: Instant) -> None:
        await serve_gold(tx, settings.quality_gold_every, now=now)

    async def sample_posts(tx: Tx, now: Instant) -> None:
        await draw_sample(tx, settings.quality_sample_posts, now=now)

    async def demote_overturned(tx: Tx, now: Instant) -> None:
        found = await overturned_too_often(
            tx, bound=settings.rule_overturn_percent / 100, least=settings.rule_overturn_least,
            window_days=settings.quality_window_days, now=now,
        )  # fmt: skip
        if found:
            rules = await asyncio.to_thread(load_rules, settings.screening_rules_file)
            for name in await demote(tx, found, rules.rules, now=now):
                log.warning("quality.demoted", rule=name)

    async def count_ledger(tx: Tx, now: Instant) -> None:
        await advance(tx, most=settings.transparency_count_most, now=now)

    return (
        *_promises(settings),
        *_notices(settings),
        ("count_ledger", timedelta(seconds=settings.transparency_count_seconds), count_ledger),
        ("draw_second_looks", timedelta(minutes=1), second_looks),
        ("serve_gold", timedelta(minutes=5), gold),
        ("draw_sample", timedelta(days=1), sample_posts),
        ("demote_overturned", timedelta(hours=1), demote_overturned),
        ("watch_backlog", timedelta(seconds=settings.breaker_check_seconds), watch_backlog),
        ("reorder_cases", timedelta(seconds=10), reorder),
        ("link_copies", timedelta(seconds=settings.desk_copies_seconds), link_copies),
        ("sample_backlog", SAMPLE_EVERY, sample),
    )


def _promises(settings: Settings) -> tuple[tuple[str, timedelta, Periodic], ...]:
    """What members are promised: nothing stays hidden for want of a person, and appeals are answered in time."""

    async def holds(tx: Tx, now: Instant) -> None:
        page_after = settings.hold_page_minutes * 60.0
        seconds = settings.hold_return_seconds
        for one in await keep_promise(tx, return_seconds=seconds, page_after_seconds=page_after, now=now):
            log.error("hold.overdue", post=one.post_id, case=one.case_id, lane=one.lane)

    async def appeals(tx: Tx, now: Instant) -> None:
        for appeal_id in await note_breaches(tx, now):
            log.warning("appeal.overdue", appeal=appeal_id)

    return (
        ("keep_hold_promise", timedelta(minutes=1), holds),
        ("note_appeal_breaches", timedelta(minutes=10), appeals),
    )


def _notices(settings: Settings) -> tuple[tuple[str, timedelta, Periodic], ...]:
    """The notice desk: clocks, counter-notices, holds and seals whose time is over."""

    async def holds(tx: Tx, now: Instant) -> None:
        await release_notice_holds(tx, days=settings.notice_hold_days, now=now)

    return (
        ("watch_notice_clocks", timedelta(seconds=10), watch_clocks),
        ("put_back_counter_noticed", timedelta(minutes=5), put_back_due),
        ("release_notice_holds", timedelta(hours=1), holds),
        ("unseal_notices", timedelta(minutes=1), unseal_notices),
    )
