"""Timelines: home, public, hashtags, profiles. Fan-out on read; losing a cache costs milliseconds."""

from .model import NEWEST, Feed, Page, ProfileFeed, Window
from .queries import tag_ids
from .reader import TimelineReader

__all__ = ["NEWEST", "Feed", "Page", "ProfileFeed", "TimelineReader", "Window", "tag_ids"]
