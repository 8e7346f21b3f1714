"""Boundaries: the staff keeps out, or lets in, servers, networks, mail domains and mailboxes, and says
what may trend; each step is recorded."""

from .mail import block_mail_domain, block_mailbox, unblock_mail_domain, unblock_mailbox
from .networks import NetworkTerms, block_network, change_network_block, unblock_network
from .servers import allow_server, block_server, change_server_block, disallow_server, unblock_server
from .trends import decide_trend

__all__ = [
    "NetworkTerms", "allow_server", "block_mail_domain", "block_mailbox", "block_network", "block_server",
    "change_network_block", "change_server_block", "decide_trend", "disallow_server", "unblock_mail_domain", "unblock_mailbox",
    "unblock_network", "unblock_server",
]  # fmt: skip
