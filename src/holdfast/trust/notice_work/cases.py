"""Reactions: items of notices become cases in the lanes of moderation, with the notice's clock; reports become notices.

`payload` is the event as JSON. Sealed notices, and those of which members must not be told, open no case by themselves:
whoever decides a case is no smaller circle than the team, and a decision tells the member.
"""

from __future__ import annotations

from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import PublicIds
from ...platform.outbox import NewJob
from ...pure.notices import ItemOutcome
from ...screening import Lane
from .. import cases
from ..notice_items import (
    ITEMS_MOST,
    CitedItem,
    Found,
    NoticeItem,
    Settled,
    items_without_case,
    post_of_media,
    set_cases,
    some_items,
)
from ..notices import (
    Capacity,
    Channel,
    NewNotice,
    Notice,
    NoticeReceived,
    NoticeVerified,
    Sender,
    Verification,
    Verified,
    lock_notice,
    receive,
    settle_items,
)
from ..reports import get_report
from ..staff_actions import CLOCK, Subject

AT_ONCE: Final = 25
"""Items whose cases one job opens: however many a notice names, others wait no longer for what it locks."""
_UNKNOWN_LANE: Final[Lane] = "P2"
_OUTCOMES: Final = {"actioned": ItemOutcome.ACTIONED, "withdrawn": ItemOutcome.ACTIONED}
_REFUSING: Final = frozenset({"no_violation", "dismissed", "restored"})


async def open_notice_cases(tx: Tx, payload: bytes, now: Instant) -> None:
    """NoticeReceived: the next part of its items gets cases, and the job for the part after it."""
    notice_id = msgspec.json.decode(payload, type=NoticeReceived).notice_id
    notice = await lock_notice(tx, CLOCK, notice_id)
    if notice.sealed or notice.gag or notice.closed_at is not None:
        return
    if notice.report_id is not None:
        await _join_report(tx, notice, await items_without_case(tx, notice_id, limit=ITEMS_MOST))
        return
    items = await items_without_case(tx, notice_id, limit=AT_ONCE)
    await give_cases(tx, notice, items, now=now)
    if len(items) == AT_ONCE:
        tx.enqueue(NewJob(open_notice_cases.__name__, payload, lock_key=f"notice {notice_id}"))


async def raise_notice_cases(tx: Tx, payload: bytes, now: Instant) -> None:
    """NoticeVerified: it is known now who sent it, so its cases are as urgent as it says."""
    event = msgspec.json.decode(payload, type=NoticeVerified)
    notice = await lock_notice(tx, CLOCK, event.notice_id)
    if notice.report_id is not None:
        return
    rows = await tx.fetch(
        "select distinct on (case_id) n from notice_items where notice_id = $1 and case_id is not null and outcome is null"
        " order by case_id, n",
        notice.id,
    )
    items = await some_items(tx, notice.id, [row[0] for row in rows])
    await give_cases(tx, notice, items, now=now)


async def give_cases(
    tx: Tx, notice: Notice, items: list[NoticeItem], *, fresh: bool = False, now: Instant
) -> None:
    """Open or join a case for each; what was decided before settles its item at once.

    fresh: a case is opened also for what was decided before, and not for whoever decided it.
    """
    posts = await post_of_media(
        tx, [one.subject_id for one in items if one.found is Found.MEDIA and one.subject_id]
    )
    given: list[tuple[int, int]] = []
    excluded = (notice.sender.account_id,) if notice.sender.account_id else ()
    deciders = await _deciders(tx, [one.decision_id for one in items if one.decision_id]) if fresh else {}
    for one in items:
        subject = _subject(one, posts)
        if subject is not None:
            signal = cases.Signal(
                cases.Source.NOTICE, subject, "legal", lane_for(notice), due_at=notice.due_at, record_id=one.record_id,
                excluded=excluded if one.decision_id is None else (*excluded, *deciders.get(one.decision_id, ())), fresh=fresh,
            )  # fmt: skip
            given.append((one.n, await cases.open_or_join(tx, signal, now=now)))
    await set_cases(tx, notice.id, given)
    known = await cases.cases_by_id(tx, sorted({case_id for _, case_id in given}))
    settled = [
        Settled(n, outcome, known[case_id].decision_id, "decided before")
        for n, case_id in given
        if (outcome := outcome_of_case(known[case_id].outcome)) is not None
        and known[case_id].closed_at is not None
    ]
    if settled:
        await settle_items(tx, CLOCK, notice, settled, now=now)


async def _join_report(tx: Tx, notice: Notice, items: list[NoticeItem]) -> None:
    """The report that a notice was made of is a signal already. The notice brings its clock and its answer, and no second voice:
    a campaign of such reports stays what it is. Where no case is open yet, the decision finds its items by what they are about."""
    given: list[tuple[int, int]] = []
    for one in items:
        subject = _subject(one, {})
        if subject is not None:
            case_id = await cases.open_case_of(tx, subject.kind, subject.key, track=cases.MAIN)
            if case_id is not None:
                given.append((one.n, case_id))
    await set_cases(tx, notice.id, given)


async def _deciders(tx: Tx, decision_ids: list[int]) -> dict[int, tuple[int, ...]]:
    rows = await tx.fetch(
        "select id, actor_id from decisions where id = any($1::bigint[]) and actor_id is not null",
        decision_ids,
    )
    return {row["id"]: (row["actor_id"],) for row in rows}


def lane_for(notice: Notice) -> Lane:
    """The lane that its kind asks for; less urgent while it is not known who sent it, since that would be easy to abuse."""
    if notice.verification.how in (Verified.NONE, Verified.FORGED):
        return max(notice.lane, _UNKNOWN_LANE)
    return notice.lane


def outcome_of_case(outcome: str | None) -> ItemOutcome | None:
    """What the outcome of a case means for an item; None where somebody has to say."""
    if outcome in _REFUSING:
        return ItemOutcome.REFUSED
    return _OUTCOMES.get(outcome or "")


def _subject(item: NoticeItem, posts: dict[int, int | None]) -> Subject | None:
    if item.subject_id is None:
        return None
    if item.found is Found.POST:
        return Subject.post(item.subject_id, item.account_id)
    if item.found is Found.MEDIA and (post_id := posts.get(item.subject_id)) is not None:
        return Subject.post(post_id, item.account_id)
    return None if item.account_id is None else Subject.account(item.account_id)


class ReportedNotice(msgspec.Struct, frozen=True):
    """A report that a notice is to be made of, and as what kind."""

    report_id: int


async def take_legal_report(tx: Tx, payload: bytes, now: Instant) -> None:
    """LegalReportFiled: a notice by the member who reported, of what the presets call a notice of illegal content."""
    report_id = msgspec.json.decode(payload, type=ReportedNotice).report_id
    report = await get_report(tx, report_id)
    ids = PublicIds(tx.keyring.derive("public ids"))
    rows = await tx.fetch(
        "select p.id, a.username, a.domain from report_posts r join posts p on p.id = r.post_id"
        " join accounts a on a.id = p.account_id where r.report_id = $1 order by p.id",
        report_id,
    )
    items = [
        CitedItem(
            f"/@{_acct(row['username'], row['domain'])}/{ids.encode(row['id'])}",
            known=(Found.POST, row["id"]),
        )
        for row in rows
    ]
    if not items:
        row = await tx.fetchrow("select username, domain from accounts where id = $1", report.target_id)
        if row is None:
            return
        items = [CitedItem(f"/@{_acct(row[0], row[1])}", known=(Found.ACCOUNT, report.target_id))]
    member = report.account_id is not None
    new = NewNotice(
        preset=PRESET_OF_REPORTS, channel=Channel.REPORT,
        sender=Sender(account_id=report.account_id), capacity=Capacity.MEMBER if member else Capacity.USER,
        verification=Verification(Verified.ACCOUNT if member else Verified.NONE), received_at=report.created_at,
        external_id=f"report {report_id}", text=report.comment, items=tuple(items), report_id=report_id,
    )  # fmt: skip
    await receive(tx, new, addresses=None, now=now)


PRESET_OF_REPORTS: Final = "eu.dsa.art16"
"""The kind of notice that a member's report of category legal is."""


def _acct(username: str, domain: str | None) -> str:
    return username if not domain else f"{username}@{domain}"
