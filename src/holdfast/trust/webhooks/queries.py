"""Reads of webhooks."""

from __future__ import annotations

from ...platform.db import Reader, Row
from .errors import WebhookNotThere
from .model import Webhook

_COLUMNS = (
    "select id, url, events, secret as sealed, enabled, failing_since, last_error, created_at from webhooks"
)
_ALL_SQL, _ONE_SQL = _COLUMNS + " order by id", _COLUMNS + " where id = $1"


def _webhook(row: Row) -> Webhook:
    return Webhook(**{**dict(row), "events": list(row["events"])})


async def webhooks(reader: Reader) -> list[Webhook]:
    """All, the oldest first."""
    return [_webhook(row) for row in await reader.fetch(_ALL_SQL)]


async def get_webhook(reader: Reader, webhook_id: int) -> Webhook:
    """One; raises WebhookNotThere."""
    row = await reader.fetchrow(_ONE_SQL, webhook_id)
    if row is None:
        raise WebhookNotThere
    return _webhook(row)


async def told_of(reader: Reader, event: str) -> list[int]:
    """Ids of those that are to be called."""
    rows = await reader.fetch("select id from webhooks where enabled and $1 = any(events)", event)
    return [row[0] for row in rows]
