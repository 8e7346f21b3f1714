"""What only the staff is shown, as the Mastodon API writes it; and what a reporter or a warned member is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ...social.accounts import AccountState
from ...social.bans import (
    MailboxBlock,
    MailDomainBlock,
    NetworkBlock,
    ServerAllow,
    ServerBlock,
)
from ...social.graph import ANONYMOUS, Viewer
from ...trust.reports import Report, get_report
from ...trust.sanctions import Member, SanctionedNotThere, members_by_id
from ..ports import Services
from .instance_entity import rule_entities
from .render_account import account_raw, role_entity
from .render_post import post_raw
from .times import iso, iso_or_none


async def admin_accounts(services: Services, members: Iterable[Member]) -> list[dict[str, Any]]:
    """Admin::Account entities, in the order given."""
    rows = list(members)
    views = await services.accounts.get_many([row.id for row in rows])
    return [
        _admin_account(services, row, account_raw(services, views[row.id])) for row in rows if row.id in views
    ]


async def admin_accounts_by_id(services: Services, ids: Iterable[int | None]) -> dict[int, dict[str, Any]]:
    """Admin::Account entities by id, of those that are there."""
    wanted = list({ident for ident in ids if ident is not None})
    rows = await members_by_id(services.database, wanted)
    entities = await admin_accounts(services, rows.values())
    return dict(zip(rows, entities, strict=True)) if len(rows) == len(entities) else {}


async def admin_account_entity(services: Services, account_id: int) -> dict[str, Any]:
    """One Admin::Account; raises SanctionedNotThere."""
    found = await members_by_id(services.database, [account_id])
    entities = await admin_accounts(services, found.values())
    if not entities:
        raise SanctionedNotThere
    return entities[0]


async def admin_report_entity(services: Services, report_id: int) -> dict[str, Any]:
    """One Admin::Report, for nobody in particular of the staff; raises ReportNotThere."""
    report = await get_report(services.database, report_id)
    return (await admin_reports(services, [report], ANONYMOUS))[0]


def _admin_account(services: Services, row: Member, account: msgspec.Raw) -> dict[str, Any]:
    return {
        "id": services.ids.encode(row.id),
        "username": row.username,
        "domain": row.domain,
        "created_at": iso(row.created_at),
        "email": row.email,
        "ip": row.networks[0].ip if row.networks else None,
        "ips": [{"ip": used.ip, "used_at": iso(used.used_at)} for used in row.networks],
        "role": role_entity(row.role),
        "confirmed": True,
        "suspended": row.state is AccountState.SUSPENDED,
        "silenced": row.limited,
        "sensitized": row.sensitized,
        "disabled": row.disabled,
        "approved": row.state is not AccountState.PENDING,
        "locale": row.locale,
        "invite_request": row.sign_up_reason,
        "invited_by_account_id": None,
        "created_by_application_id": None if row.app_id is None else services.ids.encode(row.app_id),
        "account": account,
    }


async def admin_reports(services: Services, reports: list[Report], viewer: Viewer) -> list[dict[str, Any]]:
    """Admin::Report entities. The staff sees what each report names, whoever it was for; ids of deleted posts go."""
    people = await admin_accounts_by_id(
        services,
        (
            ident
            for report in reports
            for ident in (report.account_id, report.target_id, report.assigned_id, report.resolved_by)
        ),
    )
    named = list(dict.fromkeys(ident for report in reports for ident in report.post_ids))
    reading = msgspec.structs.replace(viewer, as_staff=frozenset(named))
    posts = {seen.post.id: seen for seen in await services.posts.see(reading, named)}
    rules = {entity["id"]: entity for entity in rule_entities(services.settings)}
    return [
        {
            "id": services.ids.encode(report.id),
            "action_taken": report.resolved_at is not None,
            "action_taken_at": iso_or_none(report.resolved_at),
            "category": report.category.value,
            "comment": report.comment,
            "forwarded": report.forward,
            "created_at": iso(report.created_at),
            "updated_at": iso(report.updated_at),
            "account": _person(people, report.account_id),
            "target_account": _person(people, report.target_id),
            "assigned_account": _person(people, report.assigned_id),
            "action_taken_by_account": _person(people, report.resolved_by),
            "statuses": [
                post_raw(services, posts[ident], reading) for ident in report.post_ids if ident in posts
            ],
            "rules": [rules[str(number)] for number in report.rule_ids if str(number) in rules],
        }
        for report in reports
    ]


def _person(people: Mapping[int, dict[str, Any]], ident: int | None) -> dict[str, Any] | None:
    return None if ident is None else people.get(ident)


async def report_entities(services: Services, reports: Iterable[Report]) -> dict[int, dict[str, Any]]:
    """Report entities by id, for who filed them, and for staff: they do not say who reported."""
    rows = list(reports)
    targets = await services.accounts.get_many({report.target_id for report in rows})
    return {
        report.id: {
            "id": services.ids.encode(report.id),
            "action_taken": report.resolved_at is not None,
            "action_taken_at": iso_or_none(report.resolved_at),
            "category": report.category.value,
            "comment": report.comment,
            "forwarded": report.forward,
            "created_at": iso(report.created_at),
            "status_ids": [services.ids.encode(ident) for ident in report.post_ids] or None,
            "rule_ids": [str(number) for number in report.rule_ids] or None,
            "collection_ids": None,
            "target_account": account_raw(services, targets[report.target_id]),
        }
        for report in rows
        if report.target_id in targets
    }


def server_block_entity(services: Services, block: ServerBlock) -> dict[str, Any]:
    """Admin::DomainBlock."""
    return {
        "id": services.ids.encode(block.id),
        "domain": block.domain,
        "digest": block.digest,
        "created_at": iso(block.created_at),
        "severity": block.policy.severity.value,
        "reject_media": block.policy.reject_media,
        "reject_reports": block.policy.reject_reports,
        "private_comment": block.policy.private_comment,
        "public_comment": block.policy.public_comment,
        "obfuscate": block.policy.obfuscate,
    }


def server_allow_entity(services: Services, allow: ServerAllow) -> dict[str, Any]:
    """Admin::DomainAllow."""
    return {
        "id": services.ids.encode(allow.id),
        "domain": allow.domain,
        "created_at": iso(allow.created_at),
    }


def mail_domain_entity(
    services: Services, block: MailDomainBlock, history: list[dict[str, str]]
) -> dict[str, Any]:
    """Admin::EmailDomainBlock; `history`: the last days, how many signed up with it."""
    return {
        "id": services.ids.encode(block.id),
        "domain": block.domain,
        "created_at": iso(block.created_at),
        "allow_with_approval": block.allow_with_approval,
        "history": history,
    }


def mailbox_entity(services: Services, block: MailboxBlock) -> dict[str, Any]:
    """Admin::CanonicalEmailBlock."""
    return {"id": services.ids.encode(block.id), "canonical_email_hash": block.hash}


def network_entity(services: Services, block: NetworkBlock) -> dict[str, Any]:
    """Admin::IpBlock."""
    return {
        "id": services.ids.encode(block.id),
        "ip": block.network,
        "severity": block.severity.value,
        "comment": block.comment,
        "created_at": iso(block.created_at),
        "expires_at": iso_or_none(block.expires_at),
    }
