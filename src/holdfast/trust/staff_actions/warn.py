"""Use case: a member is told what the staff decided about the account."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from . import store
from .events import AccountWarned
from .model import AccountWarning, WarningKind, Why


async def warn_account(
    tx: Tx,
    account_id: int,
    kind: WarningKind,
    *,
    action_id: int,
    why: Why,
    post_ids: list[int] | None = None,
    now: Instant,
) -> int:
    """Keep the warning and return its id; its text is `why.policy`, and a notification follows."""
    warning = AccountWarning(new_id(now), account_id, kind, why.policy, post_ids or [], now)
    await store.insert_warning(tx, warning, action_id=action_id, report_id=why.report_id, now=now)
    tx.emit(AccountWarned(warning.id, account_id))
    return warning.id
