"""Filters of the Mastodon API as they were in their first version: each is one keyword of a filter of the second."""

from __future__ import annotations

from typing import Any

import msgspec

from ...social.filters import (
    FilterAction,
    FilterChange,
    FilterInvalid,
    FilterView,
    Keyword,
    KeywordChange,
    create_filter,
    edit_filter,
    filter_of_keyword,
    filters_of,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .filters import Seconds, filter_limits, seconds_of
from .times import iso_or_none

routes = RouteTable()

_READ, _WRITE = Access.member("read:filters"), Access.member("write:filters")


class _Form(msgspec.Struct):
    phrase: str | None = None
    context: list[str] | msgspec.UnsetType = msgspec.UNSET
    irreversible: bool | None = None
    whole_word: bool | None = None
    expires_in: Seconds = msgspec.UNSET


@routes.get("/api/v1/filters", _READ)
async def show_filters(call: Call) -> Answer:
    """Every keyword of the member's filters, as a filter of its own."""
    found = await filters_of(call.services.database, call.actor.account_id)
    return json_answer([_entity(call, one, keyword) for one in found for keyword in one.keywords])


@routes.post("/api/v1/filters", _WRITE)
async def post_filter(call: Call) -> Answer:
    """A new filter of one keyword, titled by it."""
    form = await call.params(_Form)
    phrase = form.phrase or ""
    if not phrase.strip():
        raise FilterInvalid("phrase", "ERR_BLANK", "can't be blank")
    limits = filter_limits(call)
    change = FilterChange(
        title=phrase[: limits.title_characters], contexts=form.context, action=_action(form),
        expires_in_seconds=seconds_of(form.expires_in), keywords=[KeywordChange(phrase, bool(form.whole_word))],
    )  # fmt: skip
    async with call.services.database.transaction() as tx:
        one = await create_filter(tx, call.actor, change, limits=limits, now=call.now)
    return json_answer(_entity(call, one, one.keywords[0]))


@routes.get("/api/v1/filters/{id}", _READ)
async def show_filter(call: Call) -> Answer:
    """One keyword."""
    one, keyword = await filter_of_keyword(call.services.database, call.actor.account_id, call.id_segment())
    return json_answer(_entity(call, one, keyword))


@routes.put("/api/v1/filters/{id}", _WRITE)
async def put_filter(call: Call) -> Answer:
    """Change a keyword, and its filter where it has no other keyword."""
    form = await call.params(_Form)
    async with call.services.database.transaction() as tx:
        one, keyword = await filter_of_keyword(tx, call.actor.account_id, call.id_segment())
        change = FilterChange(
            contexts=form.context, expires_in_seconds=seconds_of(form.expires_in),
            action=msgspec.UNSET if form.irreversible is None else _action(form),
            keywords=[KeywordChange(form.phrase, form.whole_word, id=keyword.id)],
        )  # fmt: skip
        changed = await edit_filter(tx, call.actor, one.id, change, limits=filter_limits(call), now=call.now)
        if len(one.keywords) > 1 and _shared(changed) != _shared(one):
            raise FilterInvalid(
                "context", "ERR_INVALID",
                "of a filter with several keywords cannot be changed by this old method, nor its expiry or action",
            )  # fmt: skip
    kept = next(other for other in changed.keywords if other.id == keyword.id)
    return json_answer(_entity(call, changed, kept))


@routes.delete("/api/v1/filters/{id}", _WRITE, limit=Limit.DEFAULT)
async def remove_filter(call: Call) -> Answer:
    """Delete the keyword alone; its filter stays."""
    async with call.services.database.transaction() as tx:
        one, keyword = await filter_of_keyword(tx, call.actor.account_id, call.id_segment())
        change = FilterChange(keywords=[KeywordChange(id=keyword.id, gone=True)])
        await edit_filter(tx, call.actor, one.id, change, limits=filter_limits(call), now=call.now)
    return json_answer({})


def _action(form: _Form) -> FilterAction:
    return FilterAction.HIDE if form.irreversible else FilterAction.WARN


def _shared(one: FilterView) -> tuple[Any, ...]:
    """What all keywords of a filter have together."""
    return one.contexts, one.expires_at, one.action is FilterAction.HIDE


def _entity(call: Call, one: FilterView, keyword: Keyword) -> dict[str, Any]:
    return {
        "id": call.services.ids.encode(keyword.id),
        "phrase": keyword.keyword,
        "context": list(one.contexts),
        "whole_word": keyword.whole_word,
        "expires_at": iso_or_none(one.expires_at),
        "irreversible": one.action is FilterAction.HIDE,
    }
