"""Notifications and groups of them as the Mastodon API writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from ...social.accounts import AccountView
from ...social.graph import Viewer
from ...social.notification_groups import Group
from ...social.notifications import NotificationKind, NotificationView
from ...trust.reports import reports_by_id
from ...trust.staff_actions import account_warnings
from ..ports import Services
from .notification_ids import group_key, key_of, short_id
from .notification_types import TYPE_OF
from .render_account import account_raw
from .render_admin import report_entities
from .render_own import outcome_entities, warning_entities
from .render_post import post_raw
from .times import iso


class PartialAccount(msgspec.Struct, frozen=True):
    """The PartialAccountWithAvatar entity: these fields of an Account."""

    id: str
    acct: str
    url: str
    avatar: str
    avatar_static: str
    avatar_description: str | None
    locked: bool
    bot: bool


Subjects = Mapping[tuple[NotificationKind, int], Any]
"""Reports and warnings that notifications are about, as entities, by kind and id."""


async def subjects_of(
    services: Services, viewer: Viewer, rows: Iterable[NotificationView | Group]
) -> Subjects:
    """What the API attaches to notifications that are about neither an account nor a post."""
    wanted: dict[NotificationKind, list[int]] = {}
    for row in rows:
        if row.subject_id is not None:
            wanted.setdefault(row.kind, []).append(row.subject_id)
    found: dict[tuple[NotificationKind, int], Any] = {}
    if viewer.account_id is None or not wanted:
        return found
    if ids := wanted.get(NotificationKind.REPORT):
        reports = await reports_by_id(services.database, ids)
        for ident, entity in (await report_entities(services, reports.values())).items():
            found[NotificationKind.REPORT, ident] = entity
    if ids := wanted.get(NotificationKind.WARNING):
        warnings = await account_warnings(services.database, viewer.account_id, ids)
        for ident, entity in (await warning_entities(services, viewer.account_id, warnings)).items():
            found[NotificationKind.WARNING, ident] = entity
    if ids := wanted.get(NotificationKind.OUTCOME):
        for ident, entity in (await outcome_entities(services, viewer.account_id, ids)).items():
            found[NotificationKind.OUTCOME, ident] = entity
    return found


_SUBJECT_FIELDS = {
    NotificationKind.REPORT: "report",
    NotificationKind.WARNING: "moderation_warning",
    NotificationKind.OUTCOME: "holdfast",
}


def notification_entity(
    services: Services, item: NotificationView, viewer: Viewer, *, subjects: Subjects | None = None,
    supported: list[str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The Notification entity. `supported`: types that the app knows, None when it does not say."""
    entity: dict[str, Any] = {
        "id": services.ids.encode(item.id),
        "type": TYPE_OF[item.kind].name,
        "created_at": iso(item.created_at),
        "group_key": group_key(services.ids, item.group, item.id),
        "account": account_raw(services, item.author),
    }
    if item.seen is not None:
        entity["status"] = post_raw(services, item.seen, viewer)
    _attach(entity, item.kind, item.subject_id, subjects or {})
    fallback = _fallback(services, item.kind, item.author, supported)
    if fallback is not None:
        entity["fallback"] = fallback
    return entity


def group_entity(
    services: Services, group: Group, *, subjects: Subjects, supported: list[str] | None, paged: bool
) -> dict[str, Any]:
    """The NotificationGroup entity; `paged`: with what of it lies within the page."""
    entity: dict[str, Any] = {
        "group_key": key_of(services.ids, group),
        "notifications_count": group.count,
        "type": TYPE_OF[group.kind].name,
        "most_recent_notification_id": short_id(group.newest_id),
        "latest_page_notification_at": iso(group.latest_at),
        "sample_account_ids": [services.ids.encode(account.id) for account in group.accounts],
    }
    if paged:
        entity["page_min_id"] = services.ids.encode(group.on_page[0])
        entity["page_max_id"] = services.ids.encode(group.on_page[1])
    if group.seen is not None:
        entity["status_id"] = services.ids.encode(group.seen.post.id)
    _attach(entity, group.kind, group.subject_id, subjects)
    fallback = _fallback(services, group.kind, group.accounts[0], supported)
    if fallback is not None:
        entity["fallback"] = fallback
    return entity


def grouped_results(
    services: Services, groups: list[Group], viewer: Viewer, *, subjects: Subjects,
    supported: list[str] | None = None, partial: bool = False, paged: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The GroupedNotificationsResults entity. `partial`: only the latest account of each group in full."""
    accounts: dict[int, AccountView] = {}
    rest: dict[int, AccountView] = {}
    posts: dict[int, Any] = {}
    for group in groups:
        for place, account in enumerate(group.accounts):
            (rest if partial and place else accounts).setdefault(account.id, account)
        if group.seen is not None:
            posts.setdefault(group.seen.post.id, post_raw(services, group.seen, viewer))
    results: dict[str, Any] = {
        "accounts": [account_raw(services, account) for account in accounts.values()],
        "statuses": list(posts.values()),
        "notification_groups": [
            group_entity(services, group, subjects=subjects, supported=supported, paged=paged)
            for group in groups
        ],
    }
    if partial:
        results["partial_accounts"] = [
            msgspec.json.decode(account_raw(services, account), type=PartialAccount)
            for ident, account in rest.items()
            if ident not in accounts
        ]
    return results


def _attach(
    entity: dict[str, Any], kind: NotificationKind, subject_id: int | None, subjects: Subjects
) -> None:
    if subject_id is not None and (kind, subject_id) in subjects:
        entity[_SUBJECT_FIELDS[kind]] = subjects[kind, subject_id]


def _fallback(
    services: Services, kind: NotificationKind, author: AccountView, supported: list[str] | None
) -> dict[str, Any] | None:
    row = TYPE_OF[kind]
    if supported is None or not row.fallback or row.name in supported:
        return None
    return {
        "title": title_of(kind, author),
        "summary": f"This app does not know notifications of this kind yet. See {services.base_url} for the rest.",
        "details": None,
    }


def title_of(kind: NotificationKind, author: AccountView) -> str:
    """What happened, in one line."""
    return TYPE_OF[kind].title.format(name=author.display_name or author.acct)
