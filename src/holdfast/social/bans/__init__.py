"""Bans: servers, networks, mail domains and mailboxes that are kept out, and what of them is said."""

from .errors import BanNotAllowed, BanNotThere, OwnNetwork
from .model import (
    COMMENT_CHARACTERS,
    Entry,
    MailboxBlock,
    MailDomainBlock,
    NetworkBlock,
    NetworkSeverity,
    ServerAllow,
    ServerBlock,
    ServerPolicy,
    ServerSeverity,
    address_of,
    mailbox_hash,
    read_domain,
    read_hash,
    read_network,
)
from .queries import (
    all_server_blocks,
    entry_of,
    mail_domain_block,
    mail_domain_blocks,
    mailbox_block,
    mailbox_blocks,
    mailbox_blocks_of,
    network_block,
    network_blocks,
    server_allow,
    server_allowed,
    server_allows,
    server_block,
    server_blocks,
    server_policy,
)
from .reader import NetworkReader
from .store import (
    delete_mail_domain_block,
    delete_mailbox_block,
    delete_network_block,
    delete_server_allow,
    delete_server_block,
    forget_ended_network_blocks,
    insert_mail_domain_block,
    insert_mailbox_block,
    insert_network_block,
    insert_server_allow,
    insert_server_block,
    update_network_block,
    update_server_block,
)

__all__ = [
    "COMMENT_CHARACTERS", "BanNotAllowed", "BanNotThere", "Entry", "MailDomainBlock", "MailboxBlock", "NetworkBlock",
    "NetworkReader", "NetworkSeverity", "OwnNetwork", "ServerAllow", "ServerBlock", "ServerPolicy", "ServerSeverity",
    "address_of", "all_server_blocks", "delete_mail_domain_block", "delete_mailbox_block", "delete_network_block",
    "delete_server_allow", "delete_server_block", "entry_of", "forget_ended_network_blocks",
    "insert_mail_domain_block", "insert_mailbox_block", "insert_network_block", "insert_server_allow",
    "insert_server_block", "mail_domain_block", "mail_domain_blocks", "mailbox_block", "mailbox_blocks",
    "mailbox_blocks_of", "mailbox_hash", "network_block", "network_blocks", "read_domain", "read_hash",
    "read_network", "server_allow", "server_allowed", "server_allows", "server_block", "server_blocks",
    "server_policy", "update_network_block", "update_server_block",
]  # fmt: skip
