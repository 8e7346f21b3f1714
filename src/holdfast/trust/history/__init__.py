"""The stored posts, read once from front to back, with the facts that screening was given when they were written."""

from .model import Page, Range, StoredPost, content_of_stored
from .one import stored_posts
from .queries import count_posts, handles, human_decisions, last_posts_start, span
from .reader import History

__all__ = [
    "stored_posts",
    "History", "Page", "Range", "StoredPost", "content_of_stored", "count_posts", "handles", "human_decisions",
    "last_posts_start", "span",
]  # fmt: skip
