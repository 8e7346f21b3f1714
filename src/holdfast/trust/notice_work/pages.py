"""Who is told of a clock, and how: planned once for each cause, so that nobody is woken twice for one thing, and kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final, Literal

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...platform.ids import new_id
from ...pure.permissions import PERMISSIONS, Permission, permits
from ...social.notifications import Notice as Notification
from ...social.notifications import NotificationKind, tell
from ..notice_clocks import clocks_of, view
from ..notices import NoticeNotThere, lock_notice
from ..staff_actions import CLOCK

PAGE_STAFF: Final = "page_staff"
"""The kind of the errands that page."""
_GROUP_QUIET: Final = timedelta(hours=1)
"""Of a flood there is one page in so long."""
_AT_ONCE: Final = "P0"


class Page(msgspec.Struct, frozen=True):
    """Why somebody is paged. percent: of a warning; 100: the end of the clock; 0: the notice came."""

    notice_id: int
    clock_id: int | None = None
    percent: int = 0


class Ways(msgspec.Struct, frozen=True):
    """How the operator wants to be told."""

    push: bool
    mails: tuple[str, ...]
    command: bool
    from_percent: int


class Facts(msgspec.Struct, frozen=True):
    """What a page says. Of a sealed notice no more than that there is one."""

    notice_id: int
    reference: str
    cause: Literal["received", "warned", "breached"]
    lane: str
    preset: str
    title: str
    clock: str
    percent: int
    due_at: Instant | None
    left_seconds: float | None
    open_items: int
    sealed: bool


class Planned(msgspec.Struct, frozen=True):
    """One page that is to go out. `target`: an address, a command; "" for pushes and webhooks, which are under way."""

    id: int
    via: str
    target: str


async def plan_pages(tx: Tx, page: Page, ways: Ways, *, now: Instant) -> tuple[Facts, list[Planned]] | None:
    """Keep who is to be told, tell the staff in the app, and return what goes out by mail and by command.

    None where nobody is woken: it was done before, the share is too small, the notice is one of a flood, or nothing waits.
    """
    try:
        notice = await lock_notice(tx, CLOCK, page.notice_id)
    except NoticeNotThere:
        return None
    clock = next((one for one in await clocks_of(tx, [notice.id]) if one.id == page.clock_id), None)
    facts = _facts(page, notice.reference, notice.lane, notice.sealed)
    facts = msgspec.structs.replace(
        facts, preset="" if notice.sealed else notice.preset, open_items=notice.open_items
    )
    if not notice.sealed:
        facts = msgspec.structs.replace(facts, title=notice.title)
    if clock is not None:
        seen = view(clock, now)
        facts = msgspec.structs.replace(
            facts, clock=clock.name, due_at=seen.due_at, left_seconds=seen.left_seconds
        )
    least = 0 if notice.lane == _AT_ONCE else max(ways.from_percent, 1)
    if page.percent < least or notice.closed_at is not None:
        return None
    if await _told_before(tx, page) or await _is_quiet(tx, notice.group_id, now):
        return None
    planned: list[Planned] = []
    targets = [("webhook", ""), *((("push", ""),) if ways.push else ())]
    targets += [("mail", one) for one in ways.mails] + ([("command", "")] if ways.command else [])
    for via, target in targets:
        planned.append(Planned(new_id(now), via, target))
        await _insert(tx, page, facts, planned[-1], now)
    if ways.push:
        await _push(tx, planned, sealed=notice.sealed, now=now)
    return facts, [one for one in planned if one.via in ("mail", "command")]


async def note_page(tx: Tx, page_id: int, *, done: bool, detail: str, now: Instant) -> None:
    """What became of one that went out."""
    await tx.execute(
        "update notice_pages set outcome = $2, detail = $3, ended_at = $4 where id = $1",
        page_id, "done" if done else "failed", detail[:1000], now,
    )  # fmt: skip


class PageRow(msgspec.Struct, frozen=True):
    """One page as it is kept."""

    id: int
    clock_id: int | None
    cause: str
    percent: int
    via: str
    target: str
    outcome: str
    detail: str
    at: Instant
    ended_at: Instant | None


async def pages_of(reader: Reader, notice_id: int) -> list[PageRow]:
    """Who was told of a notice, in order. The caller has read the notice."""
    rows = await reader.fetch(
        "select id, clock_id, cause, percent, via, target, outcome, detail, at, ended_at from notice_pages"
        " where notice_id = $1 order by id",
        notice_id,
    )
    return [PageRow(**dict(row)) for row in rows]


def roles_with(permissions: Collection[Permission]) -> Sequence[str]:
    """Roles that hold all of these."""
    return [role for role in PERMISSIONS if all(permits(role, one) for one in permissions)]


def _facts(page: Page, reference: str, lane: str, sealed: bool) -> Facts:
    cause: Literal["received", "warned", "breached"] = "received"
    if page.clock_id is not None:
        cause = "breached" if page.percent >= 100 else "warned"
    title = "a sealed notice" if sealed else ""
    return Facts(page.notice_id, reference, cause, lane, "", title, "", page.percent, None, None, 0, sealed)


async def _told_before(tx: Tx, page: Page) -> bool:
    return bool(
        await tx.fetchval(
            "select 1 from notice_pages where notice_id = $1 and clock_id is not distinct from $2::bigint and percent = $3 limit 1",
            page.notice_id, page.clock_id, page.percent,
        )
    )  # fmt: skip


async def _is_quiet(tx: Tx, group_id: int | None, now: Instant) -> bool:
    return group_id is not None and bool(
        await tx.fetchval(
            "select 1 from notice_pages p join notices n on n.id = p.notice_id"
            " where (n.group_id = $1 or n.id = $1) and p.at > $2 limit 1",
            group_id, now - _GROUP_QUIET,
        )
    )  # fmt: skip


async def _insert(tx: Tx, page: Page, facts: Facts, planned: Planned, now: Instant) -> None:
    under_way = planned.via in ("push", "webhook")
    await tx.execute(
        "insert into notice_pages (id, notice_id, clock_id, cause, percent, via, target, outcome, at)"
        " values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        planned.id, page.notice_id, page.clock_id, facts.cause, page.percent, planned.via, planned.target,
        "done" if under_way else "queued", now,
    )  # fmt: skip


async def _push(tx: Tx, planned: Sequence[Planned], *, sealed: bool, now: Instant) -> None:
    """Each is told by oneself, so that nobody is named by it. `subject_id` is the page, which makes each one new."""
    wanted = {Permission.MANAGE_NOTICES, *((Permission.SEE_SEALED_NOTICES,) if sealed else ())}
    rows = await tx.fetch(
        "select account_id from users where role = any($1::text[])", list(roles_with(wanted))
    )
    page_id = next(one.id for one in planned if one.via == "push")
    for row in rows:
        await tell(
            tx, Notification(NotificationKind.NOTICE, row[0], own=True, subject_id=page_id), [row[0]], now
        )
