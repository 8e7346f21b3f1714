"""Blocks, mutes, private notes, blocked domains: what a member sets against others, or beside them."""

from .block import block_account
from .block_domain import add_domain_block
from .events import AccountBlocked, AccountUnblocked
from .mute import MUTE_MAX_SECONDS, mute_account
from .set_note import set_account_note
from .unblock import unblock_account
from .unblock_domain import remove_domain_block
from .unmute import unmute_account

__all__ = [
    "MUTE_MAX_SECONDS", "AccountBlocked", "AccountUnblocked", "add_domain_block", "block_account", "mute_account",
    "remove_domain_block", "set_account_note", "unblock_account", "unmute_account",
]  # fmt: skip
