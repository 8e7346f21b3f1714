"""Use cases: what a decision about a case would do, and the decision."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader, Tx
from ...platform.ids import new_id
from ...pure.permissions import outranks
from ...social.bans import MaterialKind
from .. import cases
from ..cases import Case, Source
from ..copies import carriers
from ..effects import ActionKind, SubjectKind
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
    unmade,
)
from .model import SWEEP_MOST, SWEEPS, Decision, Ruling, Target, check, effects_of
from .queries import (
    PREVIEWED_ACCOUNTS,
    Involved,
    Preview,
    involved,
    preview_effects,
    targets_of_members,
    targets_of_posts,
)
from .tell import drafted

_FOUND_BY_PROGRAMS = frozenset({Source.SCREENING, Source.RULE})
_OF_THE_TEAM = 100
"""Posts of the team among those that carry something, which are passed over: so many are looked for in addition."""
_TOLD_BY_OTHERS = frozenset({Source.REPORT, Source.ANONYMOUS, Source.PEER, Source.NOTICE})


async def preview(
    reader: Reader, staff: Staff, case_id: int, *, ruling: Ruling, sweep_most: int = SWEEP_MOST, now: Instant
) -> Preview:
    """What the ruling would do to everything that the case is about, and what members would read; nothing is changed.

    Raises CaseNotThere, RulingNotAllowed, PolicyNotThere, TemplateNotThere, PlaceholderLeft.
    """
    case = await cases.get_case(reader, case_id)
    _require_decidable(case)
    ruling, _ = await resolved(reader, check(ruling, now), now)
    targets = await targets_of_members(reader, await cases.members(reader, case_id))
    people = await involved(reader, {one.account_id for one in targets if one.account_id is not None})
    swept, theirs, beyond = await _swept(reader, staff, ruling, targets, sweep_most)
    members = [person.id for person in (people | theirs).values() if person.member]
    effects = effects_of(ruling, 0, targets, members, swept)
    planned, told = await preview_effects(reader, effects, targets, people)
    draft = unmade(staff, ruling, _origin(case), now)
    return Preview(
        sum(one.kind is SubjectKind.POST for one in targets), len(people),
        sorted(people.values(), key=lambda one: (-one.followers, one.id))[:PREVIEWED_ACCOUNTS], planned, told,
        [person.id for person in people.values() if ruling.restricts and not _may_act(staff, person.id, person.role)],
        await drafted(reader, draft, effects), beyond,
    )  # fmt: skip


async def decide(
    tx: Tx,
    staff: Staff,
    case_id: int,
    *,
    version: int,
    ruling: Ruling,
    versions: Versions = NO_VERSIONS,
    sweep_most: int = SWEEP_MOST,
    now: Instant,
) -> Decision:
    """Decide once, for everything that the case is about: record it, close the case, do it, tell the members.

    One transaction: it is there whole, with its leaf of the ledger, or not at all. What is more than can be done at once
    follows as jobs. version: the one of the case that was read. versions: of the rule or the model, where one decides.
    sweep_most: posts that carry what is barred and may be withdrawn with it.
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
    swept, theirs, beyond = await _swept(tx, staff, ruling, targets, sweep_most)
    members = [person.id for person in (people | theirs).values() if person.member]
    made = await make_decision(
        tx, staff, targets, ruling, _origin(case, versions), people=people, policy=policy,
        effects=effects_of(ruling, decision_id, targets, members, swept), swept=beyond, decision_id=decision_id,
        now=now,
    )  # fmt: skip
    if made is None:
        raise RulingNotAllowed("case", "was decided about at the same moment")
    return made


async def _swept(
    reader: Reader, staff: Staff, ruling: Ruling, targets: list[Target], most: int
) -> tuple[list[Target], dict[int, Involved], int]:
    """Posts that carry what the ruling bars, where it is for those too; whose they are; how many are not of `targets`.

    Posts of those about whom this person may not decide are left alone. Raises RulingNotAllowed for more than `most`.
    """
    known = {one.key for one in targets if one.kind is SubjectKind.POST}
    found: dict[int, int] = {}
    for action in ruling.actions:
        if action.kind in SWEEPS and action.existing:
            kind = MaterialKind.LINK if action.kind is ActionKind.BLOCK_LINK else MaterialKind.IMAGE
            carrying = await carriers(reader, kind, action.value, most=most + len(known) + _OF_THE_TEAM)
            found |= {one.post_id: one.account_id for one in carrying}
    people = await involved(reader, set(found.values()))
    ids = [
        ident
        for ident, owner in found.items()
        if owner in people and _may_act(staff, owner, people[owner].role)
    ]
    beyond = sum(str(ident) not in known for ident in ids)
    if beyond > most:
        raise RulingNotAllowed(
            "existing",
            f"is more than {most} posts: bar it here, and plan the rest in bulk, where a second person agrees",
        )
    return await targets_of_posts(reader, ids), people, beyond


def _origin(case: Case, versions: Versions = NO_VERSIONS) -> Origin:
    return Origin(
        case_id=case.id, lane=case.lane, source_type=source_type_of(case).value,
        automated_detection=case.source in _FOUND_BY_PROGRAMS, versions=versions,
        about=(case.record_id,) if case.record_id else (),
    )  # fmt: skip


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
