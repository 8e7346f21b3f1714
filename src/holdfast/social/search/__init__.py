"""Search: posts by words and operators, hashtags by prefix. Accounts are searched in their own room."""

from .jobs import index_carded, index_post, index_stored
from .model import PostQuery, Tag, TagDay
from .queries import find_posts, find_tags, tag_by_name, tags_named
from .reader import search_posts
from .store import index_posts

__all__ = [
    "PostQuery", "Tag", "TagDay", "find_posts", "find_tags", "index_carded", "index_post", "index_posts", "index_stored",
    "search_posts", "tag_by_name", "tags_named",
]  # fmt: skip
