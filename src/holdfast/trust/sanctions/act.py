"""Use case: the staff acts on an account, on its posts, or says something to its member."""

from __future__ import annotations

from typing import Any

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from ...pure.permissions import Permission
from ...social.accounts import restrict_account, suspend_account
from ...social.posts import PostState, decide_post, load_posts, mark_sensitive
from ...social.sessions import end_all_sessions
from ...social.tokens import end_tokens
from ..reports import lock_report, open_reports_about, resolve_report
from ..staff_actions import Staff, Subject, SubjectKind, Why, record_action, warn_account
from .model import (
    ON_POSTS,
    RESTRICTIONS,
    TOLD_AS,
    Sanction,
    SanctionedNotThere,
    SanctionKind,
    SanctionNotAllowed,
    check,
)
from .queries import lock_member


async def sanction_account(tx: Tx, staff: Staff, sanction: Sanction, *, now: Instant) -> int:
    """Do it, record it, tell the member, resolve the report; the id of the recorded action.

    Suspending is one statement however much was posted: the gate hides what a suspended account wrote. With a report
    or without, all open reports of the account are resolved by what is done to it; words alone, and what is done to
    posts, resolve the one that is named.
    Raises RoleLacks, NotYourRank, SanctionNotAllowed, SanctionedNotThere, ReportNotThere.
    """
    staff.require(Permission.MANAGE_USERS)
    check(sanction, now)
    member = await lock_member(tx, sanction.account_id)
    if member is None:
        raise SanctionedNotThere
    staff.require_above(sanction.account_id, member["role"])
    post_ids = await _posts_meant(tx, sanction)
    details = await _do(tx, sanction, member, post_ids, now)
    why = Why(sanction.reason, sanction.policy, sanction.report_id)
    subject = Subject(SubjectKind.ACCOUNT, sanction.account_id, account_id=sanction.account_id)
    action_id = await record_action(
        tx, staff, f"account.{sanction.kind}", subject, why=why, now=now,
        until=sanction.until.isoformat() if sanction.until else None, **details,
    )  # fmt: skip
    if member["domain"] is None:
        await warn_account(
            tx, sanction.account_id, TOLD_AS[sanction.kind], action_id=action_id, why=why,
            post_ids=details.get("post_ids", post_ids), now=now,
        )  # fmt: skip
    await _resolve(tx, staff, sanction, now)
    return action_id


async def _posts_meant(tx: Tx, sanction: Sanction) -> list[int]:
    """The posts of the account that are meant. Raises SanctionNotAllowed when some are needed and none are."""
    ids = list(sanction.post_ids)
    if sanction.report_id is not None:
        report = await lock_report(tx, sanction.report_id)
        if report.target_id != sanction.account_id:
            raise SanctionNotAllowed("the report is about another account")
        ids = ids or report.post_ids
    posts = await load_posts(tx, ids) if ids else {}
    own = [ident for ident, post in posts.items() if post.account_id == sanction.account_id]
    if sanction.post_ids and len(own) < len(set(sanction.post_ids)):
        raise SanctionNotAllowed("status_ids names a post that is not of this account")
    if sanction.kind in ON_POSTS and not own:
        raise SanctionNotAllowed("name posts of the account by status_ids, or a report that names some")
    return sorted(own)


async def _do(tx: Tx, sanction: Sanction, member: Row, post_ids: list[int], now: Instant) -> dict[str, Any]:
    """What is done; answers what an undo needs to know."""
    account_id = sanction.account_id
    if sanction.kind in RESTRICTIONS:
        if sanction.kind is SanctionKind.DISABLE and not member["can_sign_in"]:
            raise SanctionNotAllowed("nobody can sign in to this account, so there is nothing to disable")
        await restrict_account(
            tx, account_id, RESTRICTIONS[sanction.kind], on=True, until=sanction.until, now=now
        )
    if sanction.kind in (SanctionKind.DISABLE, SanctionKind.SUSPEND) and member["can_sign_in"]:
        await end_all_sessions(tx, account_id)
        await end_tokens(tx, account_id)
    if sanction.kind is SanctionKind.SUSPEND:
        await suspend_account(tx, account_id, until=sanction.until, now=now)
    if sanction.kind in ON_POSTS:
        changed = []
        for post_id in post_ids:
            if sanction.kind is SanctionKind.WITHDRAW:
                done = await decide_post(tx, post_id, PostState.WITHDRAWN)
            else:
                done = await mark_sensitive(tx, post_id)
            if done:
                changed.append(post_id)
        return {"post_ids": post_ids, "changed": changed}
    return {"state_before": member["state"]}


async def _resolve(tx: Tx, staff: Staff, sanction: Sanction, now: Instant) -> None:
    ids = [sanction.report_id] if sanction.report_id is not None else []
    if sanction.kind is not SanctionKind.NONE and sanction.kind not in ON_POSTS:
        ids = await open_reports_about(tx, sanction.account_id)
    for report_id in ids:
        await resolve_report(tx, staff, report_id, resolved=True, reason=f"account.{sanction.kind}", now=now)
