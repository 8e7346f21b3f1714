"""Use case: a filter, or keywords of it, are changed."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import FilterInvalid
from .model import FilterAction, FilterChange, FilterContext, FilterLimits, FilterView, check_change
from .queries import one_filter


async def edit_filter(
    tx: Tx, actor: Actor, filter_id: int, change: FilterChange, *, limits: FilterLimits, now: Instant
) -> FilterView:
    """Set what `change` says and return the whole filter. Raises FilterNotVisible, FilterInvalid."""
    check_change(change, limits)
    await store.lock_owner(tx, actor.account_id)
    before = await one_filter(tx, actor.account_id, filter_id)
    await store.put_filter(tx, actor.account_id, _changed(before, change, now))
    for one in change.keywords:
        # A keyword that is neither there nor wanted asks for nothing.
        if one.id is not None or not one.gone:
            await store.change_keyword(tx, filter_id, one, now)
    store.announce(tx, actor.account_id)
    after = await one_filter(tx, actor.account_id, filter_id)
    if len(after.keywords) > limits.keywords:
        raise FilterInvalid("keywords", "ERR_TOO_LONG", f"are more than {limits.keywords} in one filter")
    return after


def _changed(before: FilterView, change: FilterChange, now: Instant) -> FilterView:
    expires_at = before.expires_at
    if change.expires_in_seconds is None:
        expires_at = None
    elif isinstance(change.expires_in_seconds, int):
        expires_at = now + timedelta(seconds=change.expires_in_seconds)
    return msgspec.structs.replace(
        before,
        title=change.title.strip() if isinstance(change.title, str) else before.title,
        contexts=(
            before.contexts
            if change.contexts is msgspec.UNSET
            else [context for context in FilterContext if context in change.contexts]
        ),
        action=FilterAction(change.action) if isinstance(change.action, str) else before.action,
        expires_at=expires_at,
    )
