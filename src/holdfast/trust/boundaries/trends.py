"""Use case: the staff says what may trend."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...social.trends import Trend, TrendKind, review_trend
from ..staff_actions import Staff, Subject, SubjectKind, record_action

_SUBJECTS = {
    TrendKind.TAG: SubjectKind.TAG,
    TrendKind.POST: SubjectKind.POST,
    TrendKind.LINK: SubjectKind.LINK,
}


async def decide_trend(
    tx: Tx, staff: Staff, kind: TrendKind, subject_id: int, *, allowed: bool, now: Instant
) -> Trend:
    """Approve or reject a hashtag, a post or a link as a trend. Raises RoleLacks, TrendNotVisible."""
    staff.require(Permission.MANAGE_TAXONOMIES)
    trend = await review_trend(tx, kind, subject_id, allowed=allowed, now=now)
    subject = Subject(_SUBJECTS[kind], subject_id)
    await record_action(
        tx, staff, f"{subject.kind.value}.{'approve' if allowed else 'reject'}_trend", subject, now=now
    )
    return trend
