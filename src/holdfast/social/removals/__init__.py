"""Removals: an account is deleted, and everything of it, a bounded part at a time."""

from .begin import begin_removal
from .errors import OwnerNeeded
from .events import AccountRemovalBegun, AccountRemoved
from .jobs import finish_deletions, finish_discards, remove_account, resume_removals
from .model import RemovalView, RequestedBy
from .queries import removal_of
from .remove import remove_some

__all__ = [
    "AccountRemovalBegun", "AccountRemoved", "OwnerNeeded", "RemovalView", "RequestedBy",
    "begin_removal", "finish_deletions", "finish_discards", "removal_of", "remove_account", "remove_some", "resume_removals",
]  # fmt: skip
