"""Use cases: a person makes a decided case gold, and reviewers meet it among their work without knowing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from ...platform.clock import Instant
from ...platform.crypto import random_bytes
from ...platform.db import Tx
from ...pure.draws import drawn
from ...pure.permissions import Permission
from ...screening import Lane
from .. import cases
from ..cases import Signal, Source
from ..decisions import get_decision
from ..staff_actions import CLOCK, Staff, Subject, SubjectKind, Why, record_action
from . import store
from .errors import AlreadySettled, LookNotThere, VerdictNotAllowed
from .model import NOTE_CHARACTERS, Judgement, LookKind, judgement_of

LAPSE: Final = timedelta(days=3)
"""A gold item that its reviewer never took is taken away after so long."""
_REVIEWERS_AT_ONCE: Final = 50

_DUE_SQL = """
select d.actor_id, count(*) as decided from decisions d
where d.kind = 'case' and d.actor_id is not null and d.made_at > $1
  and d.made_at > coalesce((select max(l.opened_at) from quality_looks l where l.kind = 'gold' and l.tested_id = d.actor_id),
                           '-infinity')
  and exists (select 1 from users u where u.account_id = d.actor_id and u.role <> 'member')
group by 1 having count(*) >= $2 order by 1 limit $3
"""
_UNMET_SQL = """
select g.id, g.case_id, g.expected::text as expected, c.lane, c.category, c.policy, c.language, c.subject_kind, c.subject_key,
       c.account_id
from gold_items g join cases c on c.id = g.case_id
where g.retired_at is null and g.chosen_by is distinct from $1 and c.decided_by is distinct from $1
  and c.account_id is distinct from $1
  and not exists (select 1 from quality_looks l where l.gold_id = g.id and l.tested_id = $1)
  and not exists (select 1 from case_members m where m.subject_kind = c.subject_kind and m.subject_key = c.subject_key
                  and m.track = 'review' and m.open)
  and (c.subject_kind = 'account' or exists (select 1 from posts p where p.id::text = c.subject_key and p.state <> 3))
order by g.id desc limit 200
"""
_LANES: Final[dict[str, Lane]] = {"P0": "P0", "P1": "P1", "P2": "P2", "P3": "P3", "P4": "P4"}


async def make_gold(
    tx: Tx, staff: Staff, case_id: int, *, note: str, expected: Judgement | None = None, now: Instant
) -> int:
    """A case whose answer is beyond doubt tests others from now on; the id of the gold item. Only people choose them.

    expected: the answer, if it is not what was decided. `note`: why it is right, told to whoever gets it wrong.
    Raises RoleLacks, CaseNotThere, VerdictNotAllowed, AlreadySettled when it is gold.
    """
    staff.require(Permission.MANAGE_REPORTS)
    case = await cases.lock_case(tx, case_id)
    if case.decision_id is None or case.subject.kind not in (SubjectKind.POST, SubjectKind.ACCOUNT):
        raise VerdictNotAllowed("case: only one that was decided, about a post or an account, can be gold")
    if not note.strip() or len(note) > NOTE_CHARACTERS:
        raise VerdictNotAllowed(f"note: say in 1 to {NOTE_CHARACTERS} characters why the answer is right")
    if expected is None:
        decision = await get_decision(tx, case.decision_id)
        if decision.undone_at is not None:
            raise VerdictNotAllowed("case: its decision was taken back")
        expected = judgement_of(decision.ruling)
    gold_id = await store.insert_gold(tx, case_id, expected, note=note.strip(), by=staff.account_id, now=now)
    if gold_id is None:
        raise AlreadySettled
    await record_action(
        tx,
        staff,
        "case.gold",
        Subject(SubjectKind.CASE, case_id),
        why=Why(note.strip()),
        now=now,
        case_id=case_id,
    )
    return gold_id


async def retire_gold(tx: Tx, staff: Staff, gold_id: int, *, reason: str = "", now: Instant) -> None:
    """It tests nobody any more. Raises RoleLacks, LookNotThere."""
    staff.require(Permission.MANAGE_REPORTS)
    case_id = await tx.fetchval("select case_id from gold_items where id = $1", gold_id)
    if case_id is None or not await store.retire_gold(tx, gold_id, now):
        raise LookNotThere
    await record_action(
        tx,
        staff,
        "case.gold_retired",
        Subject(SubjectKind.CASE, case_id),
        why=Why(reason),
        now=now,
        case_id=case_id,
    )


async def serve_gold(tx: Tx, every: int, *, now: Instant) -> int:
    """Give each reviewer who decided so many cases since the last one a gold item they have not met; how many.

    A periodic action of the workers. every 0: none.
    """
    await _lapse(tx, now)
    if every <= 0:
        return 0
    served = 0
    for due in await tx.fetch(_DUE_SQL, now - timedelta(days=30), every, _REVIEWERS_AT_ONCE):
        served += await _serve(tx, due["actor_id"], now)
    return served


async def _serve(tx: Tx, account_id: int, now: Instant) -> bool:
    found = {str(row["id"]): row for row in await tx.fetch(_UNMET_SQL, account_id)}
    chosen = drawn(random_bytes(32), found, 1)
    if not chosen:
        return False
    row = found[chosen[0]]
    subject = Subject(SubjectKind(row["subject_kind"]), int(row["subject_key"]), account_id=row["account_id"])
    signal = Signal(
        Source.REVIEW, subject, row["category"], _LANES[row["lane"]], language=row["language"], track=cases.REVIEW,
        parent_id=row["case_id"], fresh=True,
    )  # fmt: skip
    case_id = await cases.open_or_join(tx, signal, now=now)
    await store.insert_look(
        tx, LookKind.GOLD, case_id, lane=row["lane"], policy=row["policy"], language=row["language"], gold_id=row["id"],
        tested_id=account_id, expected=msgspec.json.decode(row["expected"], type=Judgement), now=now,
    )  # fmt: skip
    await cases.assign(tx, CLOCK, case_id, account_id, now=now)
    return True


async def _lapse(tx: Tx, now: Instant) -> None:
    rows = await tx.fetch(
        "select l.case_id, c.version from quality_looks l join cases c on c.id = l.case_id where l.kind = 'gold'"
        " and l.judged_at is null and l.opened_at < $1 and c.closed_at is null"
        " and (c.lease_until is null or c.lease_until < $2) limit 100",
        now - LAPSE, now,
    )  # fmt: skip
    for row in rows:
        await cases.close(
            tx, row["case_id"], version=row["version"], decision_id=None, outcome="lapsed", now=now
        )
