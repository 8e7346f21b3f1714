"""Use case: the staff bars a link or a file from every post."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.permissions import Permission
from ...social.bans import MaterialKind, read_file_hash, read_link, set_barred
from ..staff_actions import Staff, Subject, SubjectKind, record_action

_SUBJECTS = {MaterialKind.LINK: SubjectKind.LINK, MaterialKind.IMAGE: SubjectKind.MEDIA}


async def bar_material(
    tx: Tx, staff: Staff, kind: MaterialKind, value: str, *, barred: bool, now: Instant
) -> bool:
    """Bar it, or let it in again; whether that changed anything. Raises RoleLacks, BanNotAllowed."""
    staff.require(Permission.MANAGE_REPORTS)
    known = read_link(value) if kind is MaterialKind.LINK else read_file_hash(value)
    changed = await set_barred(tx, kind, known, barred=barred, now=now)
    if changed:
        subject = Subject(_SUBJECTS[kind], name=known)
        verb = f"{subject.kind.value}.{'bar' if barred else 'unbar'}"
        await record_action(tx, staff, verb, subject, now=now)
    return changed
