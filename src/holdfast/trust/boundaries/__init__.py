"""Boundaries: the staff keeps out, or lets in, servers, networks, mail domains, mailboxes, links, files and sign-ups, and
says what may trend; each step is recorded."""

from .mail import block_mail_domain, block_mailbox, unblock_mail_domain, unblock_mailbox
from .material import bar_material
from .networks import NetworkTerms, block_network, change_network_block, unblock_network
from .servers import allow_server, block_server, change_server_block, disallow_server, unblock_server
from .sign_ups import restrict_sign_ups
from .trends import decide_trend

__all__ = [
    "NetworkTerms", "bar_material", "restrict_sign_ups", "allow_server", "block_mail_domain", "block_mailbox", "block_network", "block_server",
    "change_network_block", "change_server_block", "decide_trend", "disallow_server", "unblock_mail_domain", "unblock_mailbox",
    "unblock_network", "unblock_server",
]  # fmt: skip
