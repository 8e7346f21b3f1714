"""Use cases: a member appeals a decision, or a hold; a reporter appeals that nothing was found wrong."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...records import ledger
from ...screening import Lane
from .. import cases
from ..decisions import Decision, get_decision
from ..staff_actions import (
    ActorKind,
    Change,
    LogActor,
    Subject,
    pseudonym_of,
    public_of,
    record_event,
)
from . import store
from .errors import AlreadyAppealed, AppealNotThere, AppealTooLate, NothingToAppeal
from .events import AppealFiled
from .model import Appeal, AppealKind, AppealLimits, due, in_time, lane_of_actions, said
from .queries import get_appeal

_FIRST_POST_SQL = """
select subject_key from effects where decision_id = $1 and account_id = $2 and subject_kind = 'post'
order by id limit 1
"""
_REPORT_SQL = """
select c.id as case_id, c.decision_id, c.closed_at, c.outcome, c.language, c.policy, c.decided_by, c.subject_kind,
       c.subject_key, c.account_id
from case_signals s join cases c on c.id = s.case_id
where s.report_id = $1 and c.track = 'main' order by c.closed_at desc nulls first limit 1
"""


async def appeal_decision(
    tx: Tx, account_id: int, decision_id: int, *, reason: str, limits: AppealLimits, now: Instant
) -> Appeal:
    """Ask for what was decided about oneself to be looked at by somebody else; also while the account is closed.

    Raises AppealNotThere for what is not about this account, NothingToAppeal for what was taken back already,
    AppealTooLate, AlreadyAppealed, AppealNotAllowed.
    """
    text = said(reason, limits)
    told = await tx.fetchval(
        "select 1 from statements where decision_id = $1 and account_id = $2 and reverses_id is null",
        decision_id, account_id,
    )  # fmt: skip
    if not told:
        raise AppealNotThere
    decision = await get_decision(tx, decision_id)
    if decision.undone_at is not None:
        raise NothingToAppeal("This decision was taken back already: it does not hold any more")
    await _alone(tx, f"appeal decision {decision_id} {account_id}")
    if await tx.fetchval(
        "select 1 from appeals where decision_id = $1 and account_id = $2 and kind = 'decision'",
        decision_id, account_id,
    ):  # fmt: skip
        raise AlreadyAppealed
    if not in_time(decision.made_at, now, limits):
        raise AppealTooLate(limits.days_to_file)
    post = await tx.fetchval(_FIRST_POST_SQL, decision_id, account_id)
    subject = Subject.account(account_id) if post is None else Subject.post(int(post), account_id)
    kinds = frozenset(action.kind for action in decision.ruling.actions)
    draft = await _draft(tx, AppealKind.DECISION, account_id, decision, now, limits)
    return await _file(tx, draft, text, subject, lane_of_actions(kinds), now)


async def appeal_hold(
    tx: Tx, account_id: int, post_id: int, *, reason: str, limits: AppealLimits, now: Instant
) -> Appeal:
    """Ask for one's own held post to be looked at. Raises AppealNotThere, NothingToAppeal when it is not held,
    AlreadyAppealed, AppealNotAllowed."""
    text = said(reason, limits)
    row = await tx.fetchrow(
        "select account_id, state, language from posts where id = $1 and boost_of_id is null and state <> 3",
        post_id,
    )
    if row is None or row["account_id"] != account_id:
        raise AppealNotThere
    if row["state"] != 1:
        raise NothingToAppeal("This post does not wait for anybody: it is not held")
    await _alone(tx, f"appeal hold {post_id}")
    if await tx.fetchval(
        "select 1 from appeals where post_id = $1 and kind = 'hold' and outcome is null", post_id
    ):
        raise AlreadyAppealed
    draft = msgspec.structs.replace(
        await _draft(tx, AppealKind.HOLD, account_id, None, now, limits),
        post_id=post_id, language=row["language"],
        about_case_id=await cases.open_case_of(tx, "post", str(post_id)),
    )  # fmt: skip
    verdict = await tx.fetchrow(
        "select lane, rules, version from post_verdicts where post_id = $1 and action <> 'allow' order by id desc limit 1",
        post_id,
    )
    lane: Lane = "P3"
    if verdict is not None:
        lane = verdict["lane"] or lane
        parts = (verdict["version"] or "").split()
        draft = msgspec.structs.replace(
            draft, rules=list(verdict["rules"]),
            model=next((one.replace("/", ":") for one in parts if "@" not in one), None),
        )  # fmt: skip
    return await _file(tx, draft, text, Subject.post(post_id, account_id), lane, now)


async def appeal_report(
    tx: Tx, account_id: int, report_id: int, *, reason: str, limits: AppealLimits, now: Instant
) -> Appeal:
    """Ask for what one reported to be looked at again, where it was found to break nothing.

    Raises AppealNotThere for reports of others, NothingToAppeal, AppealTooLate, AlreadyAppealed, AppealNotAllowed.
    """
    text = said(reason, limits)
    reporter = await tx.fetchval("select account_id from reports where id = $1", report_id)
    if reporter is None or reporter != account_id:
        raise AppealNotThere
    row = await tx.fetchrow(_REPORT_SQL, report_id)
    if row is None or row["closed_at"] is None:
        raise NothingToAppeal("Nothing was decided about this report yet")
    decision = None if row["decision_id"] is None else await get_decision(tx, row["decision_id"])
    if row["outcome"] == "actioned" and (decision is None or decision.undone_at is None):
        raise NothingToAppeal("What you reported was found to break the rules: there is nothing to appeal")
    await _alone(tx, f"appeal report {report_id}")
    if await tx.fetchval("select 1 from appeals where report_id = $1 and kind = 'report'", report_id):
        raise AlreadyAppealed
    if not in_time(row["closed_at"], now, limits):
        raise AppealTooLate(limits.days_to_file)
    draft = await _draft(tx, AppealKind.REPORT, account_id, decision, now, limits)
    draft = msgspec.structs.replace(
        draft, report_id=report_id, about_case_id=row["case_id"], language=row["language"],
        policy=draft.policy or row["policy"], first_reviewer_id=draft.first_reviewer_id or row["decided_by"],
    )  # fmt: skip
    of_post = row["subject_kind"] == "post"
    subject = (
        Subject.post(int(row["subject_key"]), row["account_id"])
        if of_post
        else Subject.account(row["account_id"])
    )
    return await _file(tx, draft, text, subject, "P3", now)


async def _alone(tx: Tx, name: str) -> None:
    """Two tries to appeal the same thing come one after the other, so that the second finds the first."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", name)


async def _draft(
    tx: Tx, kind: AppealKind, account_id: int, decision: Decision | None, now: Instant, limits: AppealLimits
) -> Appeal:
    language = None
    if decision is not None and decision.case_id is not None:
        language = await tx.fetchval("select language from cases where id = $1", decision.case_id)
    versions = None if decision is None else decision.versions
    return Appeal(
        new_id(now), kind, account_id, None if decision is None else decision.id, None, None,
        None if decision is None else decision.case_id, 0, None if decision is None else decision.policy,
        await _rules_of(tx, decision), None if versions is None else versions.model, language,
        None if decision is None else decision.actor_id, "", now, due(now, limits), None, None, "", None, None, None, None,
    )  # fmt: skip


async def _rules_of(tx: Tx, decision: Decision | None) -> list[str]:
    """What flagged what a decision is about, or decided by itself."""
    if decision is None:
        return []
    if decision.versions.rule:
        return [decision.versions.rule]
    rows = await tx.fetch(
        "select distinct unnest(rules) from case_signals where case_id = $1 order by 1", decision.case_id
    )
    return [row[0] for row in rows]


async def _reviewers_before(tx: Tx, decision_id: int | None) -> list[int]:
    """Who had a part in a decision and in those that it follows: none of them answers the appeal."""
    if decision_id is None:
        return []
    rows = await tx.fetch(
        "with recursive before as (select id, parent_id, actor_id, plan_id from decisions where id = $1"
        " union select d.id, d.parent_id, d.actor_id, d.plan_id from decisions d join before b on d.id = b.parent_id)"
        " select actor_id from before where actor_id is not null"
        " union select a.decided_by from before b join appeals a on a.new_decision_id = b.id where a.decided_by is not null",
        decision_id,
    )
    return [row[0] for row in rows]


async def _file(tx: Tx, draft: Appeal, text: str, subject: Subject, lane: str, now: Instant) -> Appeal:
    by_reporter = draft.kind is AppealKind.REPORT
    related: tuple[tuple[ledger.Relation, str], ...] = ()
    if draft.decision_id is not None:
        related = ((ledger.Relation.ABOUT, (await get_decision(tx, draft.decision_id)).record_id),)
    record_id = await ledger.append(
        tx,
        ledger.Entry(
            kind=ledger.Kind.APPEAL_OPENED, subject=ledger.Subject.account(draft.account_id),
            public=public_of(policy=draft.policy, lane=lane, action=draft.kind.value, channel="member"),
            private={"text": text}, related=related,
        ),
        now=now,
    )  # fmt: skip
    excluded = {*await _reviewers_before(tx, draft.decision_id), draft.account_id}
    if draft.first_reviewer_id is not None:
        excluded.add(draft.first_reviewer_id)
    signal = cases.Signal(
        cases.Source.APPEAL, subject, "appeal", _LANES[lane], policy=draft.policy, language=draft.language,
        due_at=draft.due_at, track=cases.APPEAL, excluded=tuple(sorted(excluded)), parent_id=draft.about_case_id,
        record_id=record_id, fresh=True,
    )  # fmt: skip
    case_id = await cases.open_or_join(tx, signal, now=now)
    appeal = msgspec.structs.replace(draft, case_id=case_id, record_id=record_id)
    await store.insert_appeal(tx, appeal)
    await store.insert_message(tx, appeal.id, text, author_id=appeal.account_id, from_staff=False, now=now)
    name = await pseudonym_of(tx, appeal.account_id, "reporter") if by_reporter else None
    actor = LogActor(ActorKind.REPORTER if by_reporter else ActorKind.AUTHOR, name=name)
    await record_event(
        tx, actor, f"{subject.kind.value}.appeal_filed", subject, now=now, case_id=case_id,
        change=Change(appealed=True), record_id=record_id, kind=appeal.kind.value,
    )  # fmt: skip
    tx.emit(AppealFiled(appeal.id, case_id))
    return await get_appeal(tx, appeal.id)


_LANES: dict[str, Lane] = {"P0": "P0", "P1": "P1", "P2": "P2", "P3": "P3", "P4": "P4"}
