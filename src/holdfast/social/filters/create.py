"""Use case: a new filter."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..accounts import Actor
from . import store
from .edit import edit_filter
from .errors import FilterInvalid
from .model import FilterAction, FilterChange, FilterContext, FilterLimits, FilterView


async def create_filter(
    tx: Tx, actor: Actor, change: FilterChange, *, limits: FilterLimits, now: Instant
) -> FilterView:
    """A filter with its keywords; a title and at least one context are needed, the action is to warn unless said.

    Raises FilterInvalid; FilterNotVisible when a keyword with an id is named, since a new filter has none.
    """
    await store.lock_owner(tx, actor.account_id)
    if await store.count_filters(tx, actor.account_id) >= limits.filters:
        raise FilterInvalid(
            "title", "ERR_TAKEN", f"is one too many: you have {limits.filters} filters, delete one first"
        )
    title = change.title if isinstance(change.title, str) else ""
    contexts = () if change.contexts is msgspec.UNSET else change.contexts
    action = change.action if isinstance(change.action, str) else FilterAction.WARN
    whole = msgspec.structs.replace(change, title=title, contexts=contexts, action=action)
    empty = FilterView(new_id(now), title, [FilterContext.HOME], FilterAction.WARN, None)
    await store.put_filter(tx, actor.account_id, empty)
    return await edit_filter(tx, actor, empty.id, whole, limits=limits, now=now)
