"""Filters of the Mastodon API, in their second version."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import NotFound
from ...social.filters import (
    FilterChange,
    FilteredPost,
    FilterInvalid,
    FilterLimits,
    FilterView,
    Keyword,
    KeywordChange,
    add_filter_post,
    create_filter,
    delete_filter,
    edit_filter,
    filter_of_keyword,
    filter_of_post,
    filters_of,
    one_filter,
    remove_filter_post,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .filtered import filter_entity

routes = RouteTable()

_READ, _WRITE = Access.member("read:filters"), Access.member("write:filters")


_MOST_DIGITS = 12  # more than any number of seconds that is allowed
Seconds = int | str | None | msgspec.UnsetType


def seconds_of(value: Seconds) -> int | None | msgspec.UnsetType:
    """`expires_in` as clients send it: absent keeps, empty or null is never. Raises FilterInvalid."""
    if value is msgspec.UNSET or isinstance(value, int):
        return value
    if not isinstance(value, str) or not value.strip():
        return None
    if not value.strip().isascii() or not value.strip().isdigit():
        raise FilterInvalid("expires_in", "ERR_INVALID", "must be a number of seconds")
    return int(value.strip()[:_MOST_DIGITS])


class _KeywordForm(msgspec.Struct):
    keyword: str | None = None
    whole_word: bool | None = None
    id: str | None = None
    gone: bool = msgspec.field(name="_destroy", default=False)


class _FilterForm(msgspec.Struct):
    title: str | msgspec.UnsetType = msgspec.UNSET
    context: list[str] | msgspec.UnsetType = msgspec.UNSET
    filter_action: str | msgspec.UnsetType = msgspec.UNSET
    expires_in: Seconds = msgspec.UNSET
    keywords_attributes: list[_KeywordForm] = msgspec.field(default_factory=list)


class _StatusForm(msgspec.Struct):
    status_id: str = ""


@routes.get("/api/v2/filters", _READ)
async def show_filters(call: Call) -> Answer:
    """The member's filters, expired ones too."""
    found = await filters_of(call.services.database, call.actor.account_id)
    return json_answer([_whole(call, one) for one in found])


@routes.post("/api/v2/filters", _WRITE)
async def post_filter(call: Call) -> Answer:
    """A new filter with its keywords."""
    change = await _change(call)
    async with call.services.database.transaction() as tx:
        one = await create_filter(tx, call.actor, change, limits=filter_limits(call), now=call.now)
    return json_answer(_whole(call, one))


@routes.get("/api/v2/filters/{id}", _READ)
async def show_filter(call: Call) -> Answer:
    """One filter."""
    return json_answer(_whole(call, await _one(call)))


@routes.put("/api/v2/filters/{id}", _WRITE)
async def put_filter(call: Call) -> Answer:
    """Change a filter and, by `keywords_attributes`, its keywords."""
    return json_answer(_whole(call, await _edit(call, call.id_segment(), await _change(call))))


@routes.delete("/api/v2/filters/{id}", _WRITE, limit=Limit.DEFAULT)
async def remove_filter(call: Call) -> Answer:
    """Delete a filter."""
    async with call.services.database.transaction() as tx:
        await delete_filter(tx, call.actor, call.id_segment())
    return json_answer({})


@routes.get("/api/v2/filters/{id}/keywords", _READ)
async def keywords(call: Call) -> Answer:
    """The keywords of a filter."""
    return json_answer([_keyword(call, keyword) for keyword in (await _one(call)).keywords])


@routes.post("/api/v2/filters/{id}/keywords", _WRITE)
async def add_keyword(call: Call) -> Answer:
    """Add a keyword."""
    form = await call.params(_KeywordForm)
    change = FilterChange(keywords=[KeywordChange(form.keyword, form.whole_word)])
    one = await _edit(call, call.id_segment(), change)
    return json_answer(_keyword(call, one.keywords[-1]))


@routes.get("/api/v2/filters/keywords/{id}", _READ)
async def show_keyword(call: Call) -> Answer:
    """One keyword."""
    _, keyword = await filter_of_keyword(call.services.database, call.actor.account_id, call.id_segment())
    return json_answer(_keyword(call, keyword))


@routes.put("/api/v2/filters/keywords/{id}", _WRITE)
async def put_keyword(call: Call) -> Answer:
    """Change a keyword."""
    form = await call.params(_KeywordForm)
    one, keyword = await filter_of_keyword(call.services.database, call.actor.account_id, call.id_segment())
    change = KeywordChange(form.keyword, form.whole_word, id=keyword.id)
    changed = await _edit(call, one.id, FilterChange(keywords=[change]))
    return json_answer(_keyword(call, next(kept for kept in changed.keywords if kept.id == keyword.id)))


@routes.delete("/api/v2/filters/keywords/{id}", _WRITE, limit=Limit.DEFAULT)
async def remove_keyword(call: Call) -> Answer:
    """Delete a keyword."""
    one, keyword = await filter_of_keyword(call.services.database, call.actor.account_id, call.id_segment())
    await _edit(call, one.id, FilterChange(keywords=[KeywordChange(id=keyword.id, gone=True)]))
    return json_answer({})


@routes.get("/api/v2/filters/{id}/statuses", _READ)
async def statuses(call: Call) -> Answer:
    """The single statuses that a filter names."""
    return json_answer([_post(call, post) for post in (await _one(call)).posts])


@routes.post("/api/v2/filters/{id}/statuses", _WRITE)
async def add_status(call: Call) -> Answer:
    """Name a status that the member can see."""
    post_id = call.services.ids.decode((await call.params(_StatusForm)).status_id)
    if post_id is None:
        raise NotFound
    filter_id = call.id_segment()
    await call.services.posts.see_one(await call.viewer(), post_id)
    async with call.services.database.transaction() as tx:
        named = await add_filter_post(
            tx, call.actor, filter_id, post_id, limits=filter_limits(call), now=call.now
        )
    return json_answer(_post(call, named))


@routes.get("/api/v2/filters/statuses/{id}", _READ)
async def show_status(call: Call) -> Answer:
    """One naming of a status."""
    _, named = await filter_of_post(call.services.database, call.actor.account_id, call.id_segment())
    return json_answer(_post(call, named))


@routes.delete("/api/v2/filters/statuses/{id}", _WRITE, limit=Limit.DEFAULT)
async def remove_status(call: Call) -> Answer:
    """A status is named no longer."""
    async with call.services.database.transaction() as tx:
        await remove_filter_post(tx, call.actor, call.id_segment())
    return json_answer({})


async def _one(call: Call) -> FilterView:
    return await one_filter(call.services.database, call.actor.account_id, call.id_segment())


async def _edit(call: Call, filter_id: int, change: FilterChange) -> FilterView:
    async with call.services.database.transaction() as tx:
        return await edit_filter(tx, call.actor, filter_id, change, limits=filter_limits(call), now=call.now)


async def _change(call: Call) -> FilterChange:
    form = await call.params(_FilterForm)
    return FilterChange(
        title=form.title, contexts=form.context, action=form.filter_action, expires_in_seconds=seconds_of(form.expires_in),
        keywords=[_keyword_change(call, keyword) for keyword in form.keywords_attributes],
    )  # fmt: skip


def _keyword_change(call: Call, form: _KeywordForm) -> KeywordChange:
    keyword_id = call.services.ids.decode(form.id) if form.id else None
    if form.id and keyword_id is None:
        raise NotFound
    return KeywordChange(form.keyword, form.whole_word, keyword_id, form.gone)


def filter_limits(call: Call) -> FilterLimits:
    """The caps of filters."""
    settings = call.services.settings
    return FilterLimits(
        settings.filters_max, settings.filter_keywords_max, settings.filter_posts_max,
        settings.filter_keyword_max_characters, settings.filter_title_max_characters,
    )  # fmt: skip


def _whole(call: Call, one: FilterView) -> dict[str, Any]:
    return {
        **filter_entity(call.services, one),
        "keywords": [_keyword(call, keyword) for keyword in one.keywords],
        "statuses": [_post(call, post) for post in one.posts],
    }


def _keyword(call: Call, keyword: Keyword) -> dict[str, Any]:
    return {
        "id": call.services.ids.encode(keyword.id),
        "keyword": keyword.keyword,
        "whole_word": keyword.whole_word,
    }


def _post(call: Call, named: FilteredPost) -> dict[str, Any]:
    return {"id": call.services.ids.encode(named.id), "status_id": call.services.ids.encode(named.post_id)}
