"""Imports: rows of other sites become accounts and posts, in batches, each exactly once."""

from .errors import PostingAccountInvalid, PostingAccountUnusable
from .import_posts import import_posts
from .import_users import import_users
from .link_mentions import link_mentions
from .link_replies import link_replies
from .model import (
    FUTURE_TOLERANCE,
    Author,
    Finding,
    Former,
    Incoming,
    IncomingUser,
    Outcome,
    Prepared,
    WaitKind,
    prepare_posts,
    profiles_source,
    unfolded,
)
from .name_posting_account import name_posting_account
from .queries import Cursor, known_rows, ready_boosts, still_waiting, unindexed_posts
from .store import refresh_statistics

__all__ = [
    "FUTURE_TOLERANCE", "Author", "Cursor", "Finding", "Former", "Incoming", "IncomingUser", "Outcome", "PostingAccountInvalid",
    "PostingAccountUnusable", "Prepared", "WaitKind", "import_posts", "import_users", "known_rows", "link_mentions",
    "link_replies", "name_posting_account", "prepare_posts", "profiles_source", "ready_boosts", "refresh_statistics", "still_waiting",
    "unfolded", "unindexed_posts",
]  # fmt: skip
