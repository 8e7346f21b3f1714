"""Use cases: what people say about one subject raises nothing for a time, or counts again.

For what was decided and goes on being reported all the same: whoever reports it is received, and told so.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...pure.errors import Invalid, NotFound
from ...pure.permissions import Permission
from ..staff_actions import (
    Change,
    Staff,
    Subject,
    SubjectKind,
    Why,
    record_action,
    subject_status,
    subject_statuses,
)

SUBJECT_MUTE_DAYS_MOST: Final = 365
_REASON_CHARACTERS: Final = 1000
_OWNER_SQL: Final = {
    SubjectKind.POST: "select account_id from posts where id = $1",
    SubjectKind.ACCOUNT: "select id from accounts where id = $1",
}


async def mute_subject(
    tx: Tx, staff: Staff, subject: Subject, *, days: int, reason: str, now: Instant
) -> Instant:
    """Reports of this post or account raise no case until then. What screening finds, and what is said to be against the
    law, does all the same. Raises RoleLacks, Invalid, NotFound."""
    staff.require(Permission.MANAGE_REPORTS)
    subject = await _there(tx, subject)
    if not 1 <= days <= SUBJECT_MUTE_DAYS_MOST or not reason.strip() or len(reason) > _REASON_CHARACTERS:
        raise Invalid(
            f"days must be 1 to {SUBJECT_MUTE_DAYS_MOST}, and reason 1 to {_REASON_CHARACTERS} characters for the log"
        )
    until = now + timedelta(days=days)
    await record_action(
        tx, staff, f"{subject.kind.value}.mute", subject, why=Why(reason.strip()), now=now,
        change=Change(muted_until=until), days=days,
    )  # fmt: skip
    return until


async def unmute_subject(tx: Tx, staff: Staff, subject: Subject, *, now: Instant) -> None:
    """What is reported of it counts again. Nothing happens to one that is not muted. Raises RoleLacks, Invalid, NotFound."""
    staff.require(Permission.MANAGE_REPORTS)
    subject = await _there(tx, subject)
    if (await subject_status(tx, subject)).muted_at(now):
        await record_action(
            tx, staff, f"{subject.kind.value}.unmute", subject, now=now, change=Change(muted_until=None)
        )


async def _there(reader: Reader, subject: Subject) -> Subject:
    """The subject with the account that it belongs to."""
    owner = _OWNER_SQL.get(subject.kind)
    if owner is None:
        raise Invalid("Only what people report can be muted: a post or an account")
    account_id = None if subject.id is None else await reader.fetchval(owner, subject.id)
    if account_id is None:
        raise NotFound
    return msgspec.structs.replace(subject, account_id=account_id)


async def heard(reader: Reader, subjects: list[Subject], now: Instant) -> list[Subject]:
    """Those of the subjects of which what people say is listened to now."""
    found = await subject_statuses(reader, subjects)
    quiet = {name for name, status in found.items() if status.muted_at(now)}
    return [one for one in subjects if (one.kind, one.key) not in quiet]
