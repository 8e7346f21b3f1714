"""Timelines: home, public, hashtags, profiles. Fan-out on read; losing a cache costs milliseconds."""

from .model import Feed, Page, ProfileFeed
from .queries import tag_ids
from .reader import TimelineReader

__all__ = ["Feed", "Page", "ProfileFeed", "TimelineReader", "tag_ids"]
