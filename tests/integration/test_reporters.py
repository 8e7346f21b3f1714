"""Reporters in the database: records that follow decisions, mutes, and campaigns of planted posts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from holdfast.trust import cases, reporters
from holdfast.trust.cases import QueueFilter
from holdfast.trust.decisions import DecisionMade
from holdfast.trust.reporters import Record
from holdfast.trust.staff_actions import Subject
from tests.support.rulings import decided, post_id, ruling, staff, taken_back
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration


async def report(member: Member, about: Member, post: dict[str, Any], **form: Any) -> Any:
    return await member.post("/api/v1/reports", account_id=about.id, **{"status_ids[]": [post["id"]]}, **form)


async def record(site: Site, member: Member) -> Record:
    return (await reporters.record_of(site.services.database, member.account_id)).record


async def only_case(site: Site) -> int:
    (case,) = await cases.CaseReader(site.services.database).queue()
    return case.id


async def aged(site: Site, *members: Member, days: int = 100) -> None:
    await site.services.database.fetch(
        "update accounts set created_at = created_at - make_interval(days => $2) where id = any($1::bigint[]) returning 1",
        [one.account_id for one in members], days,
    )  # fmt: skip


async def test_decisions_teach_who_is_right_and_taking_them_back_unteaches(site: Site) -> None:
    mia = await site.member("mia", role="moderator")
    ann, bob, cat = await site.members("ann", "bob", "cat")
    post = await ann.say("You are all vermin and nobody wants you here")
    await report(bob, ann, post)
    await report(cat, ann, post)
    await site.settle()
    made = await decided(site, staff(mia), await only_case(site), ruling("withdraw"))
    await site.settle()
    assert await record(site, bob) == await record(site, cat) == Record(1, 0)
    for _ in range(2):  # a job may run twice
        async with site.services.database.transaction() as tx:
            event = msgspec.json.encode(DecisionMade(made.id, made.case_id))
            await reporters.count_decided(tx, event, site.services.clock.now())
    assert await record(site, bob) == Record(1, 0)
    await taken_back(site, staff(mia), made, reopen=True)
    await site.settle()
    assert await record(site, bob) == Record(0, 0)
    again = await only_case(site)
    await decided(site, staff(mia), again, ruling("no_violation", policy=""))
    await site.settle()
    assert await record(site, bob) == await record(site, cat) == Record(0, 1)
    weights = await reporters.records_of(site.services.database, [bob.account_id, ann.account_id])
    assert weights[bob.account_id].record.mean < reporters.NEUTRAL
    assert ann.account_id not in weights


async def test_what_a_muted_reporter_says_is_received_and_raises_nothing(site: Site) -> None:
    mod = await site.member("mod", role="moderator")
    ann, bob = await site.members("ann", "bob")
    path = f"/api/holdfast/v1/reporters/{bob.id}"
    assert (await bob.request("POST", f"{path}/mute", data={"days": 5, "reason": "x"})).status_code == 403
    assert (await mod.request("POST", f"{path}/mute", data={"days": 0, "reason": "x"})).status_code == 422
    muted = await mod.post(f"{path}/mute", days=5, reason="reports whoever disagrees")
    assert muted["muted_until"]
    filed = await report(bob, ann, await ann.say("a quiet post"))
    await site.settle()
    assert await cases.CaseReader(site.services.database).queue() == []
    assert filed["action_taken"] is False
    assert [row for row in await mod.get("/api/v1/notifications") if row["type"] == "admin.report"] == []
    status = await site.services.database.fetchval(
        "select count(*) from subject_status where review_state = 'open' and subject_kind in ('post', 'account')"
    )
    assert status == 0
    assert [one["account"]["acct"] for one in await mod.get("/api/holdfast/v1/reporters")] == ["bob"]
    await mod.request("DELETE", f"{path}/mute")
    await report(bob, ann, await ann.say("another quiet post"))
    await site.settle()
    assert len(await cases.CaseReader(site.services.database).queue()) == 1
    verbs = await site.services.database.fetch(
        "select verb, record_id from moderation_actions where verb like 'account.%mute_reporter' order by id"
    )
    assert [row["verb"] for row in verbs] == ["account.mute_reporter", "account.unmute_reporter"]
    assert all(row["record_id"] for row in verbs)


async def test_who_is_wrong_again_and_again_is_muted_by_the_server(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        for number in range(60):
            await tx.execute(
                "insert into reports (id, account_id, target_id, category, comment, rule_ids, forward, created_at, updated_at)"
                " values ($1, $2, $3, 'other', '', '{}', false, $4, $4)",
                number + 1, bob.account_id, ann.account_id, now,
            )  # fmt: skip
            await tx.execute(
                "insert into reporter_outcomes values ($1, $2, $3, $4)",
                number + 1,
                bob.account_id,
                False,
                now,
            )
    mia, post = await site.member("mia", role="moderator"), await ann.say("nothing at all is wrong with this")
    await report(bob, ann, post)
    await site.settle()
    await decided(site, staff(mia), await only_case(site), ruling("no_violation", policy=""))
    await site.settle()
    async with site.services.database.transaction() as tx:
        assert await reporters.is_muted(tx, bob.account_id, now)
        assert not await reporters.is_muted(tx, ann.account_id, now)


async def test_a_brigade_weighs_less_in_the_order_than_one_member_alone(site: Site) -> None:
    ann, cat, solo = await site.members("ann", "cat", "solo")
    brigade = await site.members(*(f"b{number}" for number in range(6)))
    await aged(site, ann, cat, solo)
    words = {"comment": "Take this whole server down at once"}
    alone = await ann.say("A plain post about the harbour and its boats in the evening light")
    mobbed = await cat.say("Another plain post, on how bread is baked in the old oven up the hill")
    await report(solo, ann, alone)
    for one in brigade:
        await report(one, cat, mobbed, **words)
    await site.settle()
    found = {one.subject.account_id: one for one in await cases.CaseReader(site.services.database).queue()}
    async with site.services.database.transaction() as tx:
        await cases.reorder_cases(tx, [one.id for one in found.values()], now=site.services.clock.now())
    found = {one.subject.account_id: one for one in await cases.CaseReader(site.services.database).queue()}
    points = {who.name: found[who.account_id].explain["reporters"]["points"] for who in (ann, cat)}
    assert points["cat"] < points["ann"]
    assert found[cat.account_id].explain["reporters"]["independent"] < 1


async def test_report_to_kill_is_one_case_with_a_note_and_no_precedence(site: Site) -> None:
    mod = await site.member("mod", role="moderator")
    planters = await site.members("p1", "p2", "p3")
    accusers = await site.members("a1", "a2")
    old, honest = await site.members("old", "honest")
    await aged(site, old, honest)
    planted = [
        (who, await who.say(f"Planted words number {number} of {who.name}, each of them quite unlike the others {number * 7}"))
        for number in range(2) for who in planters
    ]  # fmt: skip
    for accuser in accusers:
        for who, post in planted:
            await report(accuser, who, post, category="legal", comment=f"illegal {post['id']}")
        await site.settle()
    await report(honest, old, await old.say("An old member's post that somebody honestly objects to"))
    await site.settle()
    queue = await cases.CaseReader(site.services.database).queue()
    grouped = next(one for one in queue if one.category == "report_to_kill")
    assert len(queue) == 2
    assert (grouped.lane, grouped.members) == ("P3", 1 + len(planted))
    events = await site.services.database.fetch(
        "select verb, reason from moderation_actions where case_id = $1 and verb = 'case.note'", grouped.id
    )
    assert len(events) == 1
    assert "planted" in events[0]["reason"]
    folded = await cases.CaseReader(site.services.database).search(QueueFilter(closed=True))
    assert {one.outcome for one in folded} <= {"grouped"}
    # One of them is not like the others: it is decided by itself.
    who, post = planted[0]
    path = f"/api/holdfast/v1/cases/{site.services.ids.encode(grouped.id)}"
    apart = await mod.post(f"{path}/take_out", post_id=post["id"], reason="a real threat")
    assert apart["subject"]["account_id"] == who.id
    assert (await cases.get_case(site.services.database, grouped.id)).members == len(planted)
    made = await decided(site, staff(mod), grouped.id, ruling("no_violation", policy=""))
    assert made.subjects == len(planted) - 1
    async with site.services.database.transaction() as tx:
        subject = Subject.post(post_id(site, post), who.account_id)
        assert await cases.open_case_of(tx, "post", subject.key) == site.services.ids.decode(apart["id"])
        assert await reporters.note_fresh(tx, 1, site.services.clock.now() + timedelta(days=2)) is None
