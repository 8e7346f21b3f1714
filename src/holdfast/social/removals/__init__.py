"""Removals: an account is deleted, and everything of it, a bounded part at a time."""

from .begin import begin_removal
from .errors import AccountHeld, OwnerNeeded
from .events import AccountRemovalBegun, AccountRemoved
from .jobs import remove_account
from .model import RemovalView, RequestedBy
from .queries import removal_of
from .remove import remove_some

__all__ = [
    "AccountHeld", "AccountRemovalBegun", "AccountRemoved", "OwnerNeeded", "RemovalView", "RequestedBy",
    "begin_removal", "removal_of", "remove_account", "remove_some",
]  # fmt: skip
