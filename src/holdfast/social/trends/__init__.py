"""Trends: hashtags, posts and links that many people use now, from what passed screening; and what the staff said of them."""

from .errors import TrendNotVisible
from .model import LinkDay, LinkTrend, Trend, TrendKind, TrendLimits, TrendRules
from .queries import links_of, names_of, ranked, reviewed_out
from .reader import trending_links, trending_posts, trending_tags
from .refresh import refresh_trends
from .review import review_trend

__all__ = [
    "LinkDay", "LinkTrend", "Trend", "TrendKind", "TrendLimits", "TrendNotVisible", "TrendRules", "reviewed_out", "links_of", "names_of", "ranked",
    "refresh_trends", "review_trend", "trending_links", "trending_posts", "trending_tags",
]  # fmt: skip
