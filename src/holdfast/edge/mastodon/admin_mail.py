"""The staff's lists of mail domains and mailboxes that may not sign up."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...pure.errors import Invalid
from ...pure.permissions import Permission
from ...social.accounts import signed_up_by_day
from ...social.bans import (
    MailDomainBlock,
    mail_domain_block,
    mail_domain_blocks,
    mailbox_block,
    mailbox_blocks,
    mailbox_blocks_of,
    mailbox_hash,
)
from ...trust.boundaries import block_mail_domain, block_mailbox, unblock_mail_domain, unblock_mailbox
from ...trust.staff_actions import Staff
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .admin_accounts import staff_page
from .paging import PageQuery, link_header
from .render_admin import mail_domain_entity, mailbox_entity

routes = RouteTable()

_DOMAINS, _MAILBOXES = "/api/v1/admin/email_domain_blocks", "/api/v1/admin/canonical_email_blocks"
_BLOCKS = Permission.MANAGE_BLOCKS
_READ_DOMAINS = Access.staff(_BLOCKS, "admin:read:email_domain_blocks")
_WRITE_DOMAINS = Access.staff(_BLOCKS, "admin:write:email_domain_blocks")
_READ_MAILBOXES = Access.staff(_BLOCKS, "admin:read:canonical_email_blocks")
_WRITE_MAILBOXES = Access.staff(_BLOCKS, "admin:write:canonical_email_blocks")
_HISTORY_DAYS = 7


class DomainForm(msgspec.Struct):
    """A mail domain."""

    domain: str = ""
    allow_with_approval: bool = False


class MailboxForm(msgspec.Struct):
    """A mailbox: its address, or the hash of its one form."""

    email: str = ""
    canonical_email_hash: str = ""


@routes.get(_DOMAINS, _READ_DOMAINS)
async def list_domains(call: Call) -> Answer:
    """Blocked mail domains, newest first."""
    bounds = staff_page(call, await call.params(PageQuery))
    found = await mail_domain_blocks(call.services.database, bounds)
    headers = link_header(call, [block.id for block in found], bounds)
    return json_answer(await _domains(call, found), headers=headers)


@routes.get(f"{_DOMAINS}/{{id}}", _READ_DOMAINS)
async def show_domain(call: Call) -> Answer:
    """One."""
    found = await mail_domain_block(call.services.database, call.id_segment())
    return json_answer((await _domains(call, [found]))[0])


@routes.post(_DOMAINS, _WRITE_DOMAINS)
async def create_domain(call: Call) -> Answer:
    """No sign-up with it, or only after approval."""
    asked = await call.params(DomainForm)
    async with call.services.database.transaction() as tx:
        made = await block_mail_domain(
            tx,
            Staff.of(call.actor),
            asked.domain,
            allow_with_approval=asked.allow_with_approval,
            now=call.now,
        )
    return json_answer((await _domains(call, [made]))[0])


@routes.delete(f"{_DOMAINS}/{{id}}", _WRITE_DOMAINS, limit=Limit.DEFAULT)
async def delete_domain(call: Call) -> Answer:
    """Block it no longer."""
    block_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        await unblock_mail_domain(tx, Staff.of(call.actor), block_id, now=call.now)
    return json_answer({})


async def _domains(call: Call, blocks: list[MailDomainBlock]) -> list[dict[str, object]]:
    """Each with the last days: how many signed up with an address of the domain."""
    today = call.now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - timedelta(days=back) for back in range(_HISTORY_DAYS)]
    counted = await signed_up_by_day(
        call.services.database, [block.domain for block in blocks], since=days[-1]
    )
    return [
        mail_domain_entity(
            call.services,
            block,
            [
                {
                    "day": str(int(day.timestamp())),
                    "accounts": str(counted.get((block.domain, day.date()), 0)),
                    "uses": str(counted.get((block.domain, day.date()), 0)),
                }
                for day in days
            ],
        )
        for block in blocks
    ]


@routes.get(_MAILBOXES, _READ_MAILBOXES)
async def list_mailboxes(call: Call) -> Answer:
    """Blocked mailboxes, newest first."""
    bounds = staff_page(call, await call.params(PageQuery))
    found = await mailbox_blocks(call.services.database, bounds)
    return json_answer(
        [mailbox_entity(call.services, block) for block in found],
        headers=link_header(call, [block.id for block in found], bounds),
    )


@routes.get(f"{_MAILBOXES}/{{id}}", _READ_MAILBOXES)
async def show_mailbox(call: Call) -> Answer:
    """One."""
    found = await mailbox_block(call.services.database, call.id_segment())
    return json_answer(mailbox_entity(call.services, found))


@routes.post(f"{_MAILBOXES}/test", _READ_MAILBOXES)
async def test_mailbox(call: Call) -> Answer:
    """Which blocks an address would meet."""
    asked = await call.params(MailboxForm)
    if "@" not in asked.email:
        raise _no_address()
    found = await mailbox_blocks_of(call.services.database, asked.email)
    return json_answer([mailbox_entity(call.services, block) for block in found])


@routes.post(_MAILBOXES, _WRITE_MAILBOXES)
async def create_mailbox(call: Call) -> Answer:
    """No sign-up with a mailbox, by its address or by the hash of its one form."""
    asked = await call.params(MailboxForm)
    if not asked.canonical_email_hash and "@" not in asked.email:
        raise _no_address()
    hashed = mailbox_hash(asked.email) if asked.email else asked.canonical_email_hash
    async with call.services.database.transaction() as tx:
        made = await block_mailbox(tx, Staff.of(call.actor), hashed, now=call.now)
    return json_answer(mailbox_entity(call.services, made))


@routes.delete(f"{_MAILBOXES}/{{id}}", _WRITE_MAILBOXES, limit=Limit.DEFAULT)
async def delete_mailbox(call: Call) -> Answer:
    """Block it no longer."""
    block_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        await unblock_mailbox(tx, Staff.of(call.actor), block_id, now=call.now)
    return json_answer({})


def _no_address() -> Invalid:
    sentence = "must be an e-mail address"
    return Invalid(f"Validation failed: email {sentence}", details={"email": [("ERR_INVALID", sentence)]})
