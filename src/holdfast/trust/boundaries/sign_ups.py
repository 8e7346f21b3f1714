"""Use case: the staff says what sign-ups may not look like."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...social.bans import PatternField, PatternSeverity, read_pattern, set_sign_up_pattern
from ..staff_actions import Staff, Subject, SubjectKind, record_action


async def restrict_sign_ups(
    tx: Tx, staff: Staff, field: PatternField, pattern: str, severity: PatternSeverity | None, *, now: Instant
) -> PatternSeverity | None:
    """Set what becomes of sign-ups that look like this, None for nothing; what it was. Raises RoleLacks, BanNotAllowed."""
    staff.require(Permission.MANAGE_USERS)
    before = await set_sign_up_pattern(tx, field, read_pattern(pattern), severity, now)
    if before is not severity:
        subject = Subject(SubjectKind.SIGN_UP, name=f"{field.value}:{read_pattern(pattern)}")
        verb = "sign_up.unrestrict" if severity is None else "sign_up.restrict"
        await record_action(
            tx, staff, verb, subject, now=now, before=None if before is None else before.value,
            severity=None if severity is None else severity.value,
        )  # fmt: skip
    return before
