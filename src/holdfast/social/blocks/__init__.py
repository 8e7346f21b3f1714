"""Blocks, mutes, private notes, blocked domains: what a member sets against others, or beside them."""

from .block import block
from .block_domain import block_domain
from .events import AccountBlocked, AccountUnblocked
from .mute import MUTE_MAX_SECONDS, mute
from .set_note import set_note
from .unblock import unblock
from .unblock_domain import unblock_domain
from .unmute import unmute

__all__ = [
    "MUTE_MAX_SECONDS", "AccountBlocked", "AccountUnblocked", "block", "block_domain", "mute", "set_note",
    "unblock", "unblock_domain", "unmute",
]  # fmt: skip
