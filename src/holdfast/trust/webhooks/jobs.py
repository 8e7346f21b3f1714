"""Reactions to events that webhooks may be told of: each becomes one call for every webhook that wants it.

`payload` is the event as JSON.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.outbox import NewJob
from . import queries
from .model import CALL_WEBHOOK, Delivery


class _Named(msgspec.Struct):
    """The ids that the events below hold."""

    account_id: int = 0
    report_id: int = 0
    post_id: int = 0


async def tell_account_created(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountCreated."""
    await _tell(tx, "account.created", _named(payload).account_id, now)


async def tell_account_approved(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountApproved."""
    await _tell(tx, "account.approved", _named(payload).account_id, now)


async def tell_account_updated(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountRestricted, AccountSuspended, AccountReinstated."""
    await _tell(tx, "account.updated", _named(payload).account_id, now)


async def tell_report_created(tx: Tx, payload: bytes, now: Instant) -> None:
    """ReportFiled."""
    await _tell(tx, "report.created", _named(payload).report_id, now)


async def tell_report_updated(tx: Tx, payload: bytes, now: Instant) -> None:
    """ReportChanged."""
    await _tell(tx, "report.updated", _named(payload).report_id, now)


async def tell_post_created(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostPublished."""
    await _tell(tx, "status.created", _named(payload).post_id, now)


async def tell_post_updated(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostEdited."""
    await _tell(tx, "status.updated", _named(payload).post_id, now)


async def tell_notice_clock(
    tx: Tx, notice_id: int, cause: Literal["received", "warned", "breached"], now: Instant
) -> None:
    """The staff is paged about a notice."""
    await _tell(tx, "notice.received" if cause == "received" else f"notice.clock_{cause}", notice_id, now)


def _named(payload: bytes) -> _Named:
    return msgspec.json.decode(payload, type=_Named)


async def _tell(tx: Tx, event: str, object_id: int, now: Instant) -> None:
    for webhook_id in await queries.told_of(tx, event):
        delivery = Delivery(webhook_id, event, object_id, now)
        tx.enqueue(NewJob(CALL_WEBHOOK, msgspec.json.encode(delivery)))
