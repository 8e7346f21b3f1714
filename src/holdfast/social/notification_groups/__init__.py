"""Groups of notifications: many favourites of one post shown as one line."""

from .model import EVERY_GROUP, SAMPLE_ACCOUNTS, Group, Grouping, GroupPage
from .reader import GroupReader

__all__ = ["EVERY_GROUP", "SAMPLE_ACCOUNTS", "Group", "GroupPage", "GroupReader", "Grouping"]
