"""Trends as a viewer sees them: the ranking is kept, the gate is asked every time."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader
from ..graph import Viewer
from ..posts import PostReader, Seen
from ..search import Tag, tags_named
from ..timelines import reads_language
from .model import LinkTrend, Trend, TrendKind, TrendRules, may_trend
from .queries import links_of, names_of, ranked


async def trending_posts(
    reader: Reader, posts: PostReader, viewer: Viewer, rules: TrendRules, *, limit: int, offset: int
) -> list[Seen]:
    """Posts that the viewer may see and does not turn away, the best first. `offset` counts those alone."""
    ids = [trend.subject_id for trend in await _shown(reader, TrendKind.POST, rules)]
    seen = await posts.see(viewer, ids, timeline=True)
    wanted = [one for one in seen if may_trend(one) and reads_language(one, viewer)]
    return wanted[offset : offset + limit]


async def trending_tags(
    reader: Reader, rules: TrendRules, *, limit: int, offset: int, now: Instant
) -> list[Tag]:
    """Hashtags with their last seven days, the best first."""
    wanted = (await _shown(reader, TrendKind.TAG, rules))[offset : offset + limit]
    names = await names_of(reader, [trend.subject_id for trend in wanted])
    keys = [names[trend.subject_id] for trend in wanted if trend.subject_id in names]
    # One whose last public post went a moment ago is no trend any more.
    return [tag for tag in await tags_named(reader, keys, now) if tag.id is not None]


async def trending_links(
    reader: Reader, rules: TrendRules, *, limit: int, offset: int, now: Instant
) -> list[LinkTrend]:
    """Links with their cards and last seven days, the best first."""
    wanted = (await _shown(reader, TrendKind.LINK, rules))[offset : offset + limit]
    return [one for one in await links_of(reader, wanted, now) if any(day.uses for day in one.history)]


async def _shown(reader: Reader, kind: TrendKind, rules: TrendRules) -> list[Trend]:
    return [trend for trend in await ranked(reader, kind) if trend.may_show(rules)] if rules.shown else []
