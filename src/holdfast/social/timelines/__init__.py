"""Timelines: home, public, hashtags, profiles. Fan-out on read; losing a cache costs milliseconds."""

from .model import Feed, Page, ProfileFeed, belongs_at_home, belongs_in_list, reads_language
from .places import Place, places_of
from .queries import tag_ids
from .reader import TimelineReader

__all__ = [
    "Feed", "Page", "Place", "ProfileFeed", "TimelineReader", "belongs_at_home", "belongs_in_list", "places_of", "reads_language", "tag_ids",
]  # fmt: skip
