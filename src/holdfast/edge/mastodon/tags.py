"""Hashtags: what is known of one, which ones a member follows, and which ones stand on a profile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from ...pure.errors import NotFound
from ...social.graph import Viewer
from ...social.hashtags import (
    FeaturedTag,
    feature_tag,
    featured_names,
    featured_tags,
    follow_tag,
    followed_page,
    tags_to_feature,
    unfeature_tag,
    unfollow_tag,
)
from ...social.search import Tag, tag_by_name, tags_named
from ..answers import Answer, json_answer
from ..call import Call
from ..links import tag_url
from ..ports import Services
from ..routes import Access, Limit, RouteTable
from .accounts import shown_account
from .paging import PageQuery, accounts_page, link_header

routes = RouteTable()

_READ_ACCOUNTS, _WRITE_ACCOUNTS = Access.member("read:accounts"), Access.member("write:accounts")
_WRITE_FOLLOWS = Access.member("write:follows")
_SUGGESTED_MOST = 10  # as the API says


class _NameForm(msgspec.Struct):
    name: str = ""


@routes.get("/api/v1/tags/{name}", Access.anyone())
async def show(call: Call) -> Answer:
    """A hashtag with its last seven days; one that nobody used has an empty history."""
    return await _one(call)


@routes.post("/api/v1/tags/{name}/follow", _WRITE_FOLLOWS)
async def follow(call: Call) -> Answer:
    """Follow a hashtag: its public posts come to the home timeline."""
    most = call.services.settings.followed_tags_max
    async with call.services.database.transaction() as tx:
        await follow_tag(tx, call.actor, call.segment("name"), most=most, now=call.now)
    return await _one(call)


@routes.post("/api/v1/tags/{name}/unfollow", _WRITE_FOLLOWS)
async def unfollow(call: Call) -> Answer:
    """Follow a hashtag no longer."""
    async with call.services.database.transaction() as tx:
        await unfollow_tag(tx, call.actor, call.segment("name"))
    return await _one(call)


@routes.post("/api/v1/tags/{name}/feature", _WRITE_ACCOUNTS)
async def feature(call: Call) -> Answer:
    """Show a hashtag on the profile."""
    await _feature(call, call.segment("name"))
    return await _one(call)


@routes.post("/api/v1/tags/{name}/unfeature", _WRITE_ACCOUNTS)
async def unfeature(call: Call) -> Answer:
    """Show a hashtag on the profile no longer."""
    async with call.services.database.transaction() as tx:
        await unfeature_tag(tx, call.actor, name=call.segment("name"))
    return await _one(call)


@routes.get("/api/v1/followed_tags", Access.member("read:follows"))
async def show_followed(call: Call) -> Answer:
    """The hashtags that the member follows, the last first."""
    asked = accounts_page(await call.params(PageQuery), call)
    rows = await followed_page(call.services.database, call.actor.account_id, asked)
    tags = await tags_named(call.services.database, [name for _, name in rows], call.now)
    return json_answer(
        await tag_entities(call.services, tags, await call.viewer()),
        headers=link_header(call, [ident for ident, _ in rows], asked),
    )


@routes.get("/api/v1/featured_tags", _READ_ACCOUNTS)
async def show_own_featured(call: Call) -> Answer:
    """The hashtags on the member's own profile."""
    return await _featured_of(call, call.actor.account_id)


@routes.post("/api/v1/featured_tags", _WRITE_ACCOUNTS)
async def post_featured(call: Call) -> Answer:
    """Show a hashtag on the profile: `name`."""
    return json_answer(
        _featured_entity(call.services, await _feature(call, (await call.params(_NameForm)).name))
    )


@routes.delete("/api/v1/featured_tags/{id}", _WRITE_ACCOUNTS, limit=Limit.DEFAULT)
async def delete_featured(call: Call) -> Answer:
    """Show a hashtag on the profile no longer."""
    async with call.services.database.transaction() as tx:
        await unfeature_tag(tx, call.actor, featured_id=call.id_segment())
    return json_answer({})


@routes.get("/api/v1/featured_tags/suggestions", _READ_ACCOUNTS)
async def suggest_featured(call: Call) -> Answer:
    """Hashtags that the member used last and does not show yet."""
    names = await tags_to_feature(call.services.database, call.actor.account_id, most=_SUGGESTED_MOST)
    tags = await tags_named(call.services.database, names, call.now)
    return json_answer(await tag_entities(call.services, tags, await call.viewer()))


@routes.get("/api/v1/accounts/{id}/featured_tags", Access.anyone("read:accounts"))
async def show_featured_of(call: Call) -> Answer:
    """Hashtags shown on a profile, with how often their owner used them where everybody can read."""
    return await _featured_of(call, (await shown_account(call)).id)


async def _one(call: Call) -> Answer:
    tag = await tag_by_name(call.services.database, call.segment("name"), call.now)
    if tag is None:
        raise NotFound
    [entity] = await tag_entities(call.services, [tag], await call.viewer())
    return json_answer(entity)


async def _feature(call: Call, name: str) -> FeaturedTag:
    most = call.services.settings.featured_tags_max
    async with call.services.database.transaction() as tx:
        return await feature_tag(tx, call.actor, name, most=most, now=call.now)


async def _featured_of(call: Call, account_id: int) -> Answer:
    return json_answer(await featured_entities(call.services, account_id))


async def featured_entities(services: Services, account_id: int) -> list[dict[str, Any]]:
    """FeaturedTag entities of a profile."""
    return [_featured_entity(services, tag) for tag in await featured_tags(services.database, account_id)]


async def tag_entities(services: Services, tags: Iterable[Tag], viewer: Viewer) -> list[dict[str, Any]]:
    """Tag entities for this viewer. The id of a hashtag that nobody used is 0."""
    me = viewer.account_id
    featured = frozenset[str]() if me is None else await featured_names(services.database, me)
    return [
        {
            "id": "0" if tag.id is None else services.ids.encode(tag.id),
            "name": tag.display,
            "url": tag_url(services, tag.name),
            "history": [history_day(day.day, day.uses, day.accounts) for day in tag.history],
            "following": tag.name in viewer.followed_tags,
            "featuring": tag.name in featured,
        }
        for tag in tags
    ]


def _featured_entity(services: Services, tag: FeaturedTag) -> dict[str, Any]:
    return {
        "id": services.ids.encode(tag.id),
        "name": tag.display,
        "url": tag_url(services, tag.name),
        "statuses_count": str(tag.posts),
        "last_status_at": None if tag.last_used_on is None else tag.last_used_on.isoformat(),
    }


def history_day(day: date, uses: int, accounts: int) -> dict[str, str]:
    """One day of a hashtag's or a link's history; numbers are texts, as the API has them."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return {"day": str(int(midnight.timestamp())), "accounts": str(accounts), "uses": str(uses)}
