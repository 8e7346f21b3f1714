"""Reactions: what was decided teaches how far reporters are to be believed. `payload` is the event as JSON.

Each works out what the reports of a case amount to now, whatever was counted before. So it may run twice, late, or after
the next one, and taking a decision back takes back what it taught.
"""

from __future__ import annotations

from typing import Final, TypedDict

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from . import queries, store
from .model import abuses, outcome_of
from .mute import mute_by_record

AT_ONCE: Final = 500


class _OfDecision(TypedDict):
    decision_id: int


class _OfReport(TypedDict):
    report_id: int


async def count_decided(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionMade: whoever reported what it is about was right or wrong."""
    event = msgspec.json.decode(payload, type=_OfDecision)
    await _count(tx, await queries.reports_of_decision(tx, event["decision_id"]), now)


async def count_reversed(tx: Tx, payload: bytes, now: Instant) -> None:
    """DecisionReversed: nobody was right or wrong by it."""
    await count_decided(tx, payload, now)


async def count_report(tx: Tx, payload: bytes, now: Instant) -> None:
    """ReportChanged: a report that came when all was decided counts too."""
    report_id = msgspec.json.decode(payload, type=_OfReport)["report_id"]
    account_id = await queries.reporter_of(tx, report_id)
    if account_id is not None:
        await _count(tx, [(report_id, account_id)], now)


async def _count(tx: Tx, reports: list[tuple[int, int]], now: Instant) -> None:
    for start in range(0, len(reports), AT_ONCE):
        owners = dict(reports[start : start + AT_ONCE])
        accounts = sorted(set(owners.values()))
        await store.lock_records(tx, accounts, now)
        found = await queries.handled(tx, list(owners))
        outcomes = {ident: outcome_of(found.get(ident, ())) for ident in owners}
        await store.set_outcomes(tx, outcomes, owners, now)
        for account_id, (record, muted_until) in (await store.count_records(tx, accounts, now)).items():
            if abuses(record) and (muted_until is None or muted_until <= now):
                await mute_by_record(tx, account_id, record, now)
