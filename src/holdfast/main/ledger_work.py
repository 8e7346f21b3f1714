"""A worker's part of the ledger: the sequencer, and the census that is recorded every few minutes.

The sequencer runs beside the jobs and not in a process of its own: it waits most of the time, whichever worker takes the
fence does the work, and when that one dies the next has it within a second (ADR 0028).
"""

from __future__ import annotations

import asyncio

from ..platform.clock import Clock, Instant
from ..platform.config import Settings
from ..platform.db import Database, Tx
from ..records.sequencing import (
    AllPeers,
    LedgerFiles,
    Peers,
    Sequencer,
    SequencerLimits,
    take_census,
)
from .ledger_sources import SOURCES
from .mirror_standing import DurableAtMirror
from .witness_peers import WitnessPeers


def limits_of(settings: Settings) -> SequencerLimits:
    """The sequencer's numbers."""
    return SequencerLimits(
        batch_seconds=settings.ledger_batch_milliseconds / 1000,
        checkpoint_seconds=settings.ledger_checkpoint_seconds,
        batch=settings.ledger_batch_max,
        key_overlap_days=settings.ledger_key_overlap_days,
        ask_again_seconds=settings.ledger_ask_again_seconds,
    )


def peers_of(settings: Settings, database: Database) -> Peers | None:
    """Whoever may know more of the log than this database; mirrors add themselves here."""
    return AllPeers([WitnessPeers(settings, database)])


async def keep_ledger(settings: Settings, database: Database, clock: Clock, stop: asyncio.Event) -> None:
    """Sequence, sign and publish until `stop` is set."""
    await Sequencer(
        database, clock, LedgerFiles(settings.data), settings.domain, limits_of(settings),
        peers=peers_of(settings, database), durable=DurableAtMirror(settings.data),
    ).run(stop)  # fmt: skip


async def record_census(tx: Tx, now: Instant) -> None:
    """Periodic: what the database holds against what the log has."""
    await take_census(tx, SOURCES, now=now)
