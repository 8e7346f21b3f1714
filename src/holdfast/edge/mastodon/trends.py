"""What trends: hashtags, posts, links."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.errors import Invalid
from ...social.trends import (
    LinkTrend,
    TrendRules,
    trending_links,
    trending_posts,
    trending_tags,
)
from ..answers import JSON, Answer, json_answer
from ..budgets import count_reads
from ..call import Call
from ..feeds import FeedKind
from ..ports import Services
from ..routes import Access, RouteTable
from .render_card import card_entity
from .render_post import posts_json
from .tags import history_day, tag_entities
from .timelines import open_to

routes = RouteTable()

LIMIT, MOST = 10, 20
"""Tags and links of one answer, as the API says; of posts there are twice as many."""


class TrendsQuery(msgspec.Struct):
    """Which part of a list of trends."""

    limit: int | None = None
    offset: int = 0


@routes.get("/api/v1/trends", Access.anyone())
async def show(call: Call) -> Answer:
    """The older name of `trends/tags`."""
    return await tags(call)


@routes.get("/api/v1/trends/tags", Access.anyone())
async def tags(call: Call) -> Answer:
    """Hashtags that many people use now, with their last seven days."""
    limit, offset = await part_of(call, LIMIT, MOST)
    rules = _rules_for(call, FeedKind.HASHTAG)
    found = await trending_tags(call.services.database, rules, limit=limit, offset=offset, now=call.now)
    return json_answer(await tag_entities(call.services, found, await call.viewer()))


@routes.get("/api/v1/trends/statuses", Access.anyone())
async def statuses(call: Call) -> Answer:
    """Posts that many people favourite or boost now, without those of accounts that the viewer turned away."""
    limit, offset = await part_of(call, 2 * LIMIT, 2 * MOST)
    services, viewer, rules = call.services, await call.viewer(), _rules_for(call, FeedKind.LIVE)
    seen = await trending_posts(services.database, services.posts, viewer, rules, limit=limit, offset=offset)
    await count_reads(call, (one.post.id for one in seen))
    return Answer(200, posts_json(services, seen, viewer), JSON)


@routes.get("/api/v1/trends/links", Access.anyone())
async def links(call: Call) -> Answer:
    """Links that many people post now, with their cards and last seven days."""
    limit, offset = await part_of(call, LIMIT, MOST)
    rules = _rules_for(call, FeedKind.LINK)
    found = await trending_links(call.services.database, rules, limit=limit, offset=offset, now=call.now)
    return json_answer([link_entity(call.services, one) for one in found])


async def part_of(call: Call, default: int, most: int) -> tuple[int, int]:
    """`limit`, bent to what the API allows, and `offset`. Raises Invalid."""
    asked, settings = await call.params(TrendsQuery), call.services.settings
    if not 0 <= asked.offset <= settings.search_offset_max:
        raise Invalid(f"offset must be between 0 and {settings.search_offset_max}.")
    return min(max(default if asked.limit is None else asked.limit, 1), most), asked.offset


def rules_of(services: Services) -> TrendRules:
    """Which trends the public is told of, by the settings."""
    return TrendRules(services.settings.trends, services.settings.trends_review)


def _rules_for(call: Call, kind: FeedKind) -> TrendRules:
    """The same for whoever calls: who may not read a feed is not told what trends in it. Raises NotAuthenticated."""
    rules = rules_of(call.services)
    return rules if open_to(call, kind, local=True) else msgspec.structs.replace(rules, shown=False)


def link_entity(services: Services, one: LinkTrend) -> dict[str, Any]:
    """The Trends::Link entity."""
    return {
        "id": services.ids.encode(one.card.id),
        **card_entity(services, one.card),
        "history": [history_day(day.day, day.uses, day.accounts) for day in one.history],
    }
