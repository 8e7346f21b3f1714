"""Search: posts by their words, hashtags by prefix. Accounts are searched in their own room."""

from .jobs import index_post
from .model import PostQuery, Tag, TagDay, parse_words
from .queries import find_posts, find_tags, tag_by_name
from .reader import search_posts
from .store import index_posts

__all__ = [
    "PostQuery", "Tag", "TagDay", "find_posts", "find_tags", "index_post", "index_posts", "parse_words",
    "search_posts", "tag_by_name",
]  # fmt: skip
