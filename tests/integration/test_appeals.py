"""Appeals: by whom, before whom, how often, until when; what each answer does; and what reporters are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.pure.window import Window
from holdfast.trust import appeals, cases
from holdfast.trust.appeals import Appeal, AppealLimits, Outcome
from holdfast.trust.decisions import get_decision
from holdfast.trust.staff_actions import CLOCK, RoleLacks, Subject, subject_status
from tests.support.rulings import case_about, case_about_post, decided, post_id, ruling, staff, taken_back
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration
LIMITS = AppealLimits()


async def appealed(site: Site, who: Member, decision_id: int, reason: str = "It was a joke") -> Appeal:
    async with site.services.database.transaction() as tx:
        return await appeals.appeal_decision(
            tx, who.account_id, decision_id, reason=reason, limits=LIMITS, now=site.services.clock.now()
        )


async def answered(site: Site, by: Any, appeal: Appeal, outcome: Outcome, **more: Any) -> Appeal:
    version = (await cases.get_case(site.services.database, appeal.case_id)).version
    async with site.services.database.transaction() as tx:
        return await appeals.answer(
            tx, by, appeal.id, version=version, outcome=outcome, text="We looked at it again.", limits=LIMITS,
            now=site.services.clock.now(), **more,
        )  # fmt: skip


async def records(site: Site, kind: str) -> int:
    found: int = await site.services.database.fetchval(
        "select count(*) from ledger_records where kind = $1", kind
    )
    return found


async def the_team(site: Site) -> tuple[Member, Member, Member, Member]:
    return (
        await site.member("mia", role="moderator"), await site.member("max", role="moderator"),
        await site.member("ann"), await site.member("bob"),
    )  # fmt: skip


async def test_an_appeal_goes_to_somebody_else_who_gives_the_post_back(site: Site) -> None:
    mia, max_, ann, bob = await the_team(site)
    status = await ann.say("vermin, as they say in the play")
    made = await decided(site, staff(mia), await case_about_post(site, ann, status), ruling("withdraw"))
    appeal = await appealed(site, ann, made.id)
    case = await cases.get_case(site.services.database, appeal.case_id)
    assert (case.track, case.source, case.subject.id) == ("appeal", "appeal", post_id(site, status))
    assert case.due_at == appeal.due_at == appeal.filed_at + timedelta(days=14)
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        assert await cases.claim_next(tx, staff(mia), now=now) is None
        assert await cases.claim_next(tx, staff(max_), now=now) == appeal.case_id
    assert (await subject_status(site.services.database, case.subject)).appealed
    with pytest.raises(cases.CaseNotForYou):
        await answered(site, staff(mia), appeal, Outcome.UPHELD)
    with pytest.raises(RoleLacks):
        await answered(site, CLOCK, appeal, Outcome.UPHELD)
    after = await answered(site, staff(max_), appeal, Outcome.OVERTURNED)
    assert (after.outcome, after.decided_by) == (Outcome.OVERTURNED, max_.account_id)
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 200
    undone = await get_decision(site.services.database, made.id)
    assert undone.undone_by == max_.account_id
    assert not (await subject_status(site.services.database, case.subject)).appealed
    assert await records(site, "appeal.opened") == await records(site, "appeal.decided") == 1
    await site.settle()
    assert (await cases.get_case(site.services.database, appeal.case_id)).outcome == "overturned"
    with pytest.raises(appeals.AppealClosed):
        await answered(site, staff(max_), appeal, Outcome.UPHELD)


async def test_what_is_partly_right_is_replaced_and_can_be_appealed_once_more_before_a_third(
    site: Site,
) -> None:
    mia, max_, ann, bob = await the_team(site)
    status = await ann.say("vermin")
    made = await decided(site, staff(mia), await case_about_post(site, ann, status), ruling("withdraw"))
    appeal = await appealed(site, ann, made.id)
    with pytest.raises(appeals.AppealNotAllowed, match="instead"):
        await answered(site, staff(max_), appeal, Outcome.PARTIAL)
    after = await answered(site, staff(max_), appeal, Outcome.PARTIAL, ruling=ruling("mark_sensitive"))
    assert after.new_decision_id is not None
    seen = await bob.get(f"/api/v1/statuses/{status['id']}")
    assert seen["sensitive"] is True
    second = await decided_again(site, ann, after.new_decision_id)
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        for somebody in (mia, max_):
            assert await cases.conflicts(tx, second.case_id, somebody.account_id, relations=False)
    with pytest.raises(appeals.AlreadyAppealed):
        await appealed(site, ann, after.new_decision_id)
    assert now < second.due_at


async def decided_again(site: Site, who: Member, decision_id: int) -> Appeal:
    await site.settle()
    return await appealed(site, who, decision_id, "It is not sensitive either")


async def test_one_of_several_authors_gets_back_what_is_theirs_and_the_others_do_not(site: Site) -> None:
    mia, max_, ann, bob = await the_team(site)
    eve = await site.member("eve")
    mine, theirs = await ann.say("the same insult"), await bob.say("the same insult")
    case = await case_about(
        site,
        Subject.post(post_id(site, mine), ann.account_id),
        Subject.post(post_id(site, theirs), bob.account_id),
    )
    made = await decided(site, staff(mia), case, ruling("withdraw"))
    appeal = await appealed(site, ann, made.id)
    with pytest.raises(appeals.AppealNotAllowed, match="must restore"):
        await answered(site, staff(max_), appeal, Outcome.PARTIAL, ruling=ruling("mark_sensitive"))
    await answered(site, staff(max_), appeal, Outcome.PARTIAL, ruling=ruling("restore"))
    assert (await eve.request("GET", f"/api/v1/statuses/{mine['id']}")).status_code == 200
    assert (await eve.request("GET", f"/api/v1/statuses/{theirs['id']}")).status_code == 404


async def test_whose_it_is_not_when_it_is_late_and_what_was_taken_back_cannot_be_appealed(site: Site) -> None:
    mia, _, ann, bob = await the_team(site)
    made = await decided(
        site, staff(mia), await case_about_post(site, ann, await ann.say("x")), ruling("withdraw")
    )
    with pytest.raises(appeals.AppealNotThere):
        await appealed(site, bob, made.id)
    with pytest.raises(appeals.AppealNotAllowed):
        await appealed(site, ann, made.id, "  ")
    late = site.services.clock.now() + timedelta(days=184)
    with pytest.raises(appeals.AppealTooLate):
        async with site.services.database.transaction() as tx:
            await appeals.appeal_decision(tx, ann.account_id, made.id, reason="x", limits=LIMITS, now=late)
    appeal = await appealed(site, ann, made.id)
    await taken_back(site, staff(mia), made)
    await site.settle()
    found = await appeals.get_appeal(site.services.database, appeal.id)
    assert found.outcome is Outcome.SETTLED
    with pytest.raises(appeals.NothingToAppeal):
        await appealed(site, ann, made.id)


async def test_the_dialogue_is_bounded_and_the_deadline_is_noted_once(site: Site) -> None:
    mia, max_, ann, _ = await the_team(site)
    made = await decided(
        site, staff(mia), await case_about_post(site, ann, await ann.say("x")), ruling("warn")
    )
    appeal = await appealed(site, ann, made.id)
    now, few = site.services.clock.now(), AppealLimits(messages=2)
    async with site.services.database.transaction() as tx:
        await appeals.ask(tx, staff(max_), appeal.id, text="Which play?", limits=few, now=now)
        await appeals.add(tx, ann.account_id, appeal.id, text="Hamlet", limits=few, now=now)
    with pytest.raises(cases.CaseNotForYou):
        async with site.services.database.transaction() as tx:
            await appeals.ask(tx, staff(mia), appeal.id, text="I was right", limits=few, now=now)
    with pytest.raises(appeals.AppealNotAllowed):
        async with site.services.database.transaction() as tx:
            await appeals.add(tx, ann.account_id, appeal.id, text="and more", limits=few, now=now)
    said = (await appeals.messages_of(site.services.database, [appeal.id]))[appeal.id]
    assert [(one.from_staff, one.text) for one in said] == [
        (False, "It was a joke"), (True, "Which play?"), (False, "Hamlet"),
    ]  # fmt: skip
    async with site.services.database.transaction() as tx:
        assert await appeals.note_breaches(tx, now) == []
        assert await appeals.note_breaches(tx, now + timedelta(days=15)) == [appeal.id]
        assert await appeals.note_breaches(tx, now + timedelta(days=16)) == []


async def test_overturn_rates_have_intervals(site: Site) -> None:
    mia, max_, ann, _ = await the_team(site)
    for outcome in (Outcome.OVERTURNED, Outcome.UPHELD):
        status = await ann.say(f"vermin {outcome}")
        made = await decided(
            site, staff(mia), await case_about_post(site, ann, status, fresh=True), ruling("withdraw")
        )
        await answered(site, staff(max_), await appealed(site, ann, made.id), outcome)
    now = site.services.clock.now()
    found = await appeals.overturn_rates(
        site.services.database, now - timedelta(days=1), now + timedelta(days=1)
    )
    by = {(one.dimension, one.value): one for one in found}
    one = by["policy", "harassment@1"]
    assert (one.decided, one.overturned) == (2, 1)
    assert 0.09 < one.interval[0] < 0.1
    assert 0.9 < one.interval[1] < 0.91
    assert any(dimension == "moderator" and value.startswith("staff-") for dimension, value in by)


async def test_a_reporter_appeals_that_nothing_was_found_and_it_is_decided_again(site: Site) -> None:
    mia, max_, ann, bob = await the_team(site)
    status = await ann.say("You are vermin")
    await bob.post("/api/v1/reports", account_id=ann.id, **{"status_ids[]": status["id"]})
    await site.settle()
    database = site.services.database
    (report,) = await appeals.own_reports(database, bob.account_id, Window(10))
    assert report.outcome == "waits"
    assert report.record_id
    with pytest.raises(appeals.NothingToAppeal):
        await _appeal_report(site, bob, report.id)
    case = await cases.open_case_of(database, "post", str(post_id(site, status)))
    assert case is not None
    await decided(site, staff(mia), case, ruling("no_violation"))
    await site.settle()
    (report,) = await appeals.own_reports(database, bob.account_id, Window(10))
    assert report.outcome == "no_violation"
    assert report.can_appeal
    with pytest.raises(appeals.AppealNotThere):
        await _appeal_report(site, ann, report.id)
    appeal = await _appeal_report(site, bob, report.id)
    await answered(site, staff(max_), appeal, Outcome.OVERTURNED, ruling=ruling("withdraw"))
    await site.settle()
    (report,) = await appeals.own_reports(database, bob.account_id, Window(10))
    assert (report.outcome, report.appeal_id) == ("actioned", appeal.id)
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404


async def _appeal_report(site: Site, who: Member, report_id: int) -> Appeal:
    async with site.services.database.transaction() as tx:
        return await appeals.appeal_report(
            tx, who.account_id, report_id, reason="It names me", limits=LIMITS, now=site.services.clock.now()
        )
