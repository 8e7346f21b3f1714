"""Cases to decide about, and rulings to decide with."""

from __future__ import annotations

from typing import Any

from holdfast.trust import cases
from holdfast.trust.cases import Signal, Source
from holdfast.trust.decisions import Action, Decision, Ruling, decide, undo
from holdfast.trust.effects import ActionKind
from holdfast.trust.staff_actions import Staff, Subject
from tests.support.site import Member, Site


def staff(member: Member, role: str = "moderator") -> Staff:
    return Staff(member.account_id, role)


def ruling(*kinds: str, policy: str = "harassment", **given: Any) -> Ruling:
    """A ruling that has what it needs."""
    actions = given.pop("actions", ()) or tuple(Action(ActionKind(kind)) for kind in kinds)
    return Ruling(actions, policy, facts=given.pop("facts", "The post insults a member."), **given)


def post_id(site: Site, status: dict[str, Any]) -> int:
    found = site.services.ids.decode(status["id"])
    assert found is not None
    return found


async def case_about(
    site: Site, *subjects: Subject, source: Source = Source.REPORT, category: str = "violation", **more: Any
) -> int:
    """An open case; each further subject joins it as a copy would."""
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        first = await cases.open_or_join(tx, Signal(source, subjects[0], category, **more), now=now)
        for other in subjects[1:]:
            await tx.execute(
                "insert into case_members (case_id, subject_kind, subject_key, track, account_id, joined_as, joined_at)"
                " values ($1, $2, $3, 'main', $4, 'exact', $5)",
                first, other.kind.value, other.key, other.account_id, now,
            )  # fmt: skip
    return first


async def case_about_post(site: Site, author: Member, status: dict[str, Any], **more: Any) -> int:
    return await case_about(site, Subject.post(post_id(site, status), author.account_id), **more)


async def version_of(site: Site, case_id: int) -> int:
    return (await cases.get_case(site.services.database, case_id)).version


async def decided(site: Site, by: Staff, case_id: int, wanted: Ruling) -> Decision:
    """Decide about a case as it is now."""
    version = await version_of(site, case_id)
    async with site.services.database.transaction() as tx:
        return await decide(tx, by, case_id, version=version, ruling=wanted, now=site.services.clock.now())


async def taken_back(site: Site, by: Staff, decision: Decision, **more: Any) -> Decision:
    async with site.services.database.transaction() as tx:
        return await undo(tx, by, decision.id, reason="a mistake", now=site.services.clock.now(), **more)
