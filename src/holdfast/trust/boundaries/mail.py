"""Use cases: which mail domains and mailboxes may not sign up."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...social.bans import (
    MailboxBlock,
    MailDomainBlock,
    delete_mail_domain_block,
    delete_mailbox_block,
    insert_mail_domain_block,
    insert_mailbox_block,
    mail_domain_block,
    mailbox_block,
    read_domain,
    read_hash,
)
from ..staff_actions import Staff, Subject, SubjectKind, record_action


async def block_mail_domain(
    tx: Tx, staff: Staff, domain: str, *, allow_with_approval: bool, now: Instant
) -> MailDomainBlock:
    """No sign-up with it, or only after approval. Raises RoleLacks, BanNotAllowed."""
    staff.require(Permission.MANAGE_BLOCKS)
    name = read_domain(domain)
    block_id = await insert_mail_domain_block(tx, name, allow_with_approval=allow_with_approval, now=now)
    subject = Subject(SubjectKind.MAIL_DOMAIN, block_id, name)
    await record_action(
        tx, staff, "mail_domain.block", subject, now=now, allow_with_approval=allow_with_approval
    )
    return await mail_domain_block(tx, block_id)


async def unblock_mail_domain(tx: Tx, staff: Staff, block_id: int, *, now: Instant) -> MailDomainBlock:
    """Remove a block; what it was. Raises RoleLacks, BanNotThere."""
    staff.require(Permission.MANAGE_BLOCKS)
    before = await mail_domain_block(tx, block_id)
    await delete_mail_domain_block(tx, block_id)
    subject = Subject(SubjectKind.MAIL_DOMAIN, block_id, before.domain)
    await record_action(
        tx, staff, "mail_domain.unblock", subject, now=now, allow_with_approval=before.allow_with_approval
    )
    return before


async def block_mailbox(tx: Tx, staff: Staff, hashed: str, *, now: Instant) -> MailboxBlock:
    """No sign-up with a mailbox, by the hash of its one form. Raises RoleLacks, BanNotAllowed."""
    staff.require(Permission.MANAGE_BLOCKS)
    name = read_hash(hashed)
    block_id = await insert_mailbox_block(tx, name, account_id=None, now=now)
    await record_action(tx, staff, "mailbox.block", Subject(SubjectKind.MAILBOX, block_id, name), now=now)
    return await mailbox_block(tx, block_id)


async def unblock_mailbox(tx: Tx, staff: Staff, block_id: int, *, now: Instant) -> MailboxBlock:
    """Remove a block; what it was. Raises RoleLacks, BanNotThere."""
    staff.require(Permission.MANAGE_BLOCKS)
    before = await mailbox_block(tx, block_id)
    await delete_mailbox_block(tx, block_id)
    await record_action(
        tx, staff, "mailbox.unblock", Subject(SubjectKind.MAILBOX, block_id, before.hash), now=now
    )
    return before
