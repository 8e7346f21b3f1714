"""Reactions to what the staff did. `payload` is the event as JSON."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...social.notifications import Notice, NotificationKind, tell
from .events import AccountWarned


async def notify_warned(tx: Tx, payload: bytes, now: Instant) -> None:
    """AccountWarned: the member. The notification comes from the account itself, so that nobody is named by it."""
    event = msgspec.json.decode(payload, type=AccountWarned)
    notice = Notice(NotificationKind.WARNING, event.account_id, own=True, subject_id=event.warning_id)
    await tell(tx, notice, [event.account_id], now)
