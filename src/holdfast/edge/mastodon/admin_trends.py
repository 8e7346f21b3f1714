"""The staff's view of what trends, and what it says may trend."""

from __future__ import annotations

from typing import Any

import msgspec

from ...pure.permissions import Permission
from ...social.search import tags_named
from ...social.trends import Trend, TrendKind, links_of, names_of, ranked
from ...trust.boundaries import decide_trend
from ...trust.staff_actions import Staff
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .render_post import post_raw
from .tags import tag_entities
from .trends import link_entity, part_of, rules_of

routes = RouteTable()

_AT = "/api/v1/admin/trends"
_READ = Access.staff(Permission.MANAGE_TAXONOMIES, "admin:read")
_WRITE = Access.staff(Permission.MANAGE_TAXONOMIES, "admin:write")
_LIMIT, _MOST = 40, 200


@routes.get(f"{_AT}/tags", _READ)
async def list_tags(call: Call) -> Answer:
    """Hashtags that trend, the best first, whatever the staff said of them."""
    return json_answer(await _tags(call, await _part(call, TrendKind.TAG)))


@routes.get(f"{_AT}/statuses", _READ)
async def list_statuses(call: Call) -> Answer:
    """Posts that trend."""
    return json_answer(await _statuses(call, await _part(call, TrendKind.POST)))


@routes.get(f"{_AT}/links", _READ)
async def list_links(call: Call) -> Answer:
    """Links that trend."""
    return json_answer(await _links(call, await _part(call, TrendKind.LINK)))


@routes.post(f"{_AT}/tags/{{id}}/approve", _WRITE)
async def approve_tag(call: Call) -> Answer:
    """It may trend."""
    return await _decide(call, TrendKind.TAG, allowed=True)


@routes.post(f"{_AT}/tags/{{id}}/reject", _WRITE)
async def reject_tag(call: Call) -> Answer:
    """It may not."""
    return await _decide(call, TrendKind.TAG, allowed=False)


@routes.post(f"{_AT}/statuses/{{id}}/approve", _WRITE)
async def approve_status(call: Call) -> Answer:
    """It may trend, also where screening flagged it."""
    return await _decide(call, TrendKind.POST, allowed=True)


@routes.post(f"{_AT}/statuses/{{id}}/reject", _WRITE)
async def reject_status(call: Call) -> Answer:
    """It may not."""
    return await _decide(call, TrendKind.POST, allowed=False)


@routes.post(f"{_AT}/links/{{id}}/approve", _WRITE)
async def approve_link(call: Call) -> Answer:
    """It may trend."""
    return await _decide(call, TrendKind.LINK, allowed=True)


@routes.post(f"{_AT}/links/{{id}}/reject", _WRITE)
async def reject_link(call: Call) -> Answer:
    """It may not."""
    return await _decide(call, TrendKind.LINK, allowed=False)


async def _part(call: Call, kind: TrendKind) -> list[Trend]:
    limit, offset = await part_of(call, _LIMIT, _MOST)
    return (await ranked(call.services.database, kind))[offset : offset + limit]


async def _decide(call: Call, kind: TrendKind, *, allowed: bool) -> Answer:
    services = call.services
    async with services.database.transaction() as tx:
        trend = await decide_trend(
            tx, Staff.of(call.actor), kind, call.id_segment(), allowed=allowed, now=call.now
        )
    render = {TrendKind.TAG: _tags, TrendKind.POST: _statuses, TrendKind.LINK: _links}[kind]
    entities = await render(call, [trend])
    # What nobody may see by now (a tag without a public post, a post that is held) was decided about all the same.
    return json_answer(entities[0] if entities else {})


async def _tags(call: Call, trends: list[Trend]) -> list[dict[str, Any]]:
    services, rules = call.services, rules_of(call.services)
    names = await names_of(services.database, [trend.subject_id for trend in trends])
    known = [trend for trend in trends if trend.subject_id in names]
    tags = await tags_named(services.database, [names[trend.subject_id] for trend in known], call.now)
    entities = await tag_entities(services, tags, await call.viewer())
    return [
        {
            **entity,
            "id": services.ids.encode(trend.subject_id),
            "trendable": trend.may_show(rules),
            "usable": True,
            "requires_review": trend.needs_review(rules),
        }
        for trend, entity in zip(known, entities, strict=True)
    ]


async def _statuses(call: Call, trends: list[Trend]) -> list[dict[str, Any]]:
    services, rules, viewer = call.services, rules_of(call.services), await call.viewer()
    seen = await services.posts.see(viewer, [trend.subject_id for trend in trends])
    entities = {one.post.id: msgspec.json.decode(post_raw(services, one, viewer)) for one in seen}
    return [
        {**entities[trend.subject_id], "requires_review": trend.needs_review(rules)}
        for trend in trends
        if trend.subject_id in entities
    ]


async def _links(call: Call, trends: list[Trend]) -> list[dict[str, Any]]:
    services, rules = call.services, rules_of(call.services)
    return [
        {**link_entity(services, one), "requires_review": one.trend.needs_review(rules)}
        for one in await links_of(services.database, trends, call.now)
    ]
