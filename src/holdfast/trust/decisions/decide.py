"""Use cases: what a decision about a case would do, and the decision."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...platform.ids import new_id
from ...pure.permissions import outranks
from .. import cases
from ..cases import Case, Source
from ..effects import SubjectKind
from ..staff_actions import NO_VERSIONS, Staff, Versions
from ..statements import SourceType
from .errors import RulingNotAllowed
from .make import (
    Origin,
    make_decision,
    people_of,
    require_above_all,
    require_for,
    resolved,
)
from .model import Decision, Ruling, check, effects_of
from .queries import (
    PREVIEWED_ACCOUNTS,
    Preview,
    involved,
    preview_effects,
    targets_of_members,
)

_FOUND_BY_PROGRAMS = frozenset({Source.SCREENING, Source.RULE})
_TOLD_BY_OTHERS = frozenset({Source.REPORT, Source.ANONYMOUS, Source.PEER})


async def preview(reader: Reader, staff: Staff, case_id: int, *, ruling: Ruling, now: Instant) -> Preview:
    """What the ruling would do to everything that the case is about; nothing is changed.

    Raises CaseNotThere, RulingNotAllowed.
    """
    _require_decidable(await cases.get_case(reader, case_id))
    ruling = check(ruling, now)
    targets = await targets_of_members(reader, await cases.members(reader, case_id))
    people = await involved(reader, {one.account_id for one in targets if one.account_id is not None})
    members = [person.id for person in people.values() if person.member]
    effects = effects_of(ruling, 0, targets, members)
    planned, told = await preview_effects(reader, effects, targets, people)
    return Preview(
        sum(one.kind is SubjectKind.POST for one in targets), len(people),
        sorted(people.values(), key=lambda one: (-one.followers, one.id))[:PREVIEWED_ACCOUNTS], planned, told,
        [person.id for person in people.values() if ruling.restricts and not _may_act(staff, person.id, person.role)],
    )  # fmt: skip


async def decide(
    tx: Tx,
    staff: Staff,
    case_id: int,
    *,
    version: int,
    ruling: Ruling,
    versions: Versions = NO_VERSIONS,
    now: Instant,
) -> Decision:
    """Decide once, for everything that the case is about: record it, close the case, do it, tell the members.

    One transaction: it is there whole, with its leaf of the ledger, or not at all. What is more than can be done at once
    follows as jobs. version: the one of the case that was read. versions: of the rule or the model, where one decides.
    Raises RoleLacks, NotYourRank, CaseNotThere, CaseNotForYou, CaseChanged, CaseTaken, RulingNotAllowed, PolicyNotThere,
    PlaceholderLeft.
    """
    await require_for(tx, staff, ruling)
    if staff.account_id is not None and await cases.conflicts(tx, case_id, staff.account_id, relations=False):
        raise cases.CaseNotForYou
    ruling, policy = await resolved(tx, check(ruling, now), now)
    decision_id = new_id(now)
    case = await cases.close(
        tx, case_id, version=version, decision_id=decision_id, outcome=ruling.outcome, now=now, staff=staff
    )
    _require_decidable(case)
    targets = await targets_of_members(tx, await cases.members(tx, case_id))
    people = await people_of(tx, targets, ruling)
    require_above_all(staff, ruling, people)
    origin = Origin(
        case_id=case_id, lane=case.lane, source_type=source_type_of(case).value,
        automated_detection=case.source in _FOUND_BY_PROGRAMS, versions=versions,
        about=(case.record_id,) if case.record_id else (),
    )  # fmt: skip
    made = await make_decision(
        tx, staff, targets, ruling, origin, people=people, policy=policy, decision_id=decision_id, now=now
    )
    if made is None:
        raise RulingNotAllowed("case", "was decided about at the same moment")
    return made


def _require_decidable(case: Case) -> None:
    if case.track == cases.REVIEW:
        raise RulingNotAllowed("case", "is a second look: give a verdict, which changes nothing by itself")
    if case.track == cases.APPEAL:
        raise RulingNotAllowed(
            "case", "is an appeal: answer it, which says what becomes of the first decision"
        )


def source_type_of(case: Case) -> SourceType:
    """What a case goes back to, as the transparency database names it."""
    if case.category == "legal" and case.source in _TOLD_BY_OTHERS:
        return SourceType.NOTICE
    return SourceType.OTHER_NOTIFICATION if case.source in _TOLD_BY_OTHERS else SourceType.VOLUNTARY


def _may_act(staff: Staff, account_id: int, role: str) -> bool:
    return account_id != staff.account_id and (
        outranks(staff.role, role) or (staff.account_id is None and role == "owner")
    )
