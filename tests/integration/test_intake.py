"""What becomes a case: flags, copies that arrive before and after a decision, posts that are edited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.trust import cases
from holdfast.trust.backlog import record_sample, samples
from holdfast.trust.backlog.model import Capacity
from holdfast.trust.case_order import TARGET_SECONDS
from holdfast.trust.cases import CaseReader, Signal, Source
from holdfast.trust.intake import link_copies
from holdfast.trust.staff_actions import CLOCK, Subject
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration

TEXT = "At the council meeting on Friday nobody of the members should read the long report about the bridge"


def internal(site: Site, made: dict[str, Any]) -> int:
    found = site.services.ids.decode(made["id"])
    assert found is not None
    return found


async def open_case(site: Site, member: Member, made: dict[str, Any], **given: Any) -> int:
    signal = Signal(
        source=given.pop("source", Source.ADMIN),
        subject=Subject.post(internal(site, made), member.account_id),
        **given,
    )
    async with site.services.database.transaction() as tx:
        return await cases.open_or_join(tx, signal, now=site.services.clock.now())


async def close(site: Site, case_id: int, outcome: str) -> None:
    case = await CaseReader(site.services.database).case(case_id)
    async with site.services.database.transaction() as tx:
        await cases.close(
            tx, case_id, version=case.version, decision_id=5, outcome=outcome, staff=CLOCK,
            now=site.services.clock.now(),
        )  # fmt: skip


async def tick(site: Site) -> list[str]:
    """Run the comparison of new posts; the events that it emits."""
    seen: list[str] = []
    before = site.services.database.reactions

    def watch(event: Any) -> Any:
        seen.append(type(event).__name__)
        return before(event)

    site.services.database.reactions = watch
    try:
        async with site.services.database.transaction() as tx:
            await link_copies(tx, site.services.clock.now())
    finally:
        site.services.database.reactions = before
    return seen


async def test_what_screening_holds_is_in_a_lane_at_once(site: Site) -> None:
    ann = await site.member("ann")
    made = await ann.request(
        "POST", "/api/v1/statuses", data={"status": "I will kill you tonight, mayor Smith"}
    )
    assert made.status_code == 200
    await site.settle()
    (case,) = await CaseReader(site.services.database).queue()
    assert case.lane <= "P1"
    assert case.source is Source.RULE
    assert case.explain["imminence"]["points"] > 0
    (said,) = await CaseReader(site.services.database).signals(case.id)
    assert said.version
    assert said.rules
    row = await site.services.database.fetchrow(
        "select rule_version, policy_version, model_version, actor_kind from moderation_actions where case_id = $1",
        case.id,
    )
    assert row is not None
    assert row["actor_kind"] == "rules"
    assert row["rule_version"].startswith("holdfast-default@")
    assert case.policy == row["policy_version"]


async def test_copies_that_nobody_flagged_join_and_later_ones_are_linked_to_the_decision(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    case_id = await open_case(site, ann, await ann.say(TEXT))
    await bob.say(f"{TEXT}!!")
    await cat.say(TEXT.replace("nobody", "somebody"))
    assert "CaseJoined" in await tick(site)
    assert await tick(site) == []
    reader = CaseReader(site.services.database)
    assert [one.joined_as.value for one in await reader.members(case_id)] == ["first", "exact"]
    await close(site, case_id, "violation")
    late = await cat.say(TEXT)
    assert "CopyArrived" in await tick(site)
    members = await reader.members(case_id)
    assert [(one.subject.id, one.after_decision) for one in members][-1] == (internal(site, late), True)
    assert await reader.queue() == []


async def test_copies_of_what_was_found_lawful_are_left_alone_and_reports_of_them_are_no_new_work(
    site: Site,
) -> None:
    ann, bob = await site.members("ann", "bob")
    made = await ann.say(TEXT)
    case_id = await open_case(site, ann, made)
    await close(site, case_id, "no_violation")
    copy = await bob.say(TEXT)
    assert await tick(site) == []
    await bob.post("/api/v1/reports", account_id=ann.id, **{"status_ids[]": made["id"]})
    await ann.post("/api/v1/reports", account_id=bob.id, **{"status_ids[]": copy["id"]})
    await site.settle()
    reader = CaseReader(site.services.database)
    assert await reader.queue() == []
    assert (await reader.case(case_id)).signals == 3
    assert (
        await site.services.database.fetchval("select count(*) from reports where resolved_at is null") == 0
    )
    # What screening or the staff says in a more urgent lane is news.
    assert await open_case(site, ann, made, lane="P0") != case_id


async def test_an_edited_post_is_another_thing_to_decide(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first, copy = await ann.say(TEXT), await bob.say(TEXT)
    case_id = await open_case(site, ann, first)
    await open_case(site, bob, copy, source=Source.REPORT, category="violation")
    reader = CaseReader(site.services.database)
    before = (await reader.case(case_id)).version
    edited = await bob.request(
        "PUT", f"/api/v1/statuses/{copy['id']}", data={"status": "something else, all of it new"}
    )
    assert edited.status_code == 200
    await site.settle()
    case = await reader.case(case_id)
    assert (case.members, case.version) == (1, before + 1)
    own = [one for one in await reader.queue() if one.id != case_id]
    assert [(one.subject.id, one.lane) for one in own] == [(internal(site, copy), "P3")]
    # Alone in its case, the version moves, so that nobody decides about what is not there any more.
    await ann.request(
        "PUT", f"/api/v1/statuses/{first['id']}", data={"status": "now I say quite another thing here"}
    )
    await site.settle()
    assert (await reader.case(case_id)).version == before + 2


async def test_the_same_few_words_under_another_link_or_in_another_thread_are_another_thing(
    site: Site,
) -> None:
    ann, bob = await site.members("ann", "bob")
    links = [
        await open_case(site, ann, await ann.say(f"look https://{host}/a"))
        for host in ("a.example", "b.example")
    ]
    assert links[0] != links[1]
    assert await open_case(site, bob, await bob.say("here https://a.example/a#part")) == links[0]
    yes = [await open_case(site, one, await one.say("yes")) for one in (ann, bob)]
    assert yes[0] != yes[1]


async def test_the_backlog_is_measured_and_told_to_the_ledger(site: Site) -> None:
    ann, now = await site.member("ann"), site.services.clock.now()
    await open_case(site, ann, await ann.say(TEXT), lane="P2")
    later = now + timedelta(days=2)
    async with site.services.database.transaction() as tx:
        lanes = await record_sample(tx, targets=TARGET_SECONDS, capacity=Capacity(2, 60), now=later)
    found = next(one for one in lanes if one.lane == "P2")
    assert (found.open, found.breach_in_seconds) == (1, 0.0)
    assert found.burn_rate == pytest.approx(20.0)
    assert found.oldest_seconds == pytest.approx(172_800, abs=60)
    rows = await samples(site.services.database, since=now, lane="P2")
    assert [row["open"] for row in rows] == [1]
    kinds = await site.services.database.fetch("select kind from ledger_records")
    assert "backlog.sample" in {row[0] for row in kinds}


@pytest.mark.parametrize("outcome", ["settled", "actioned", "no_violation"])
async def test_what_is_hidden_is_in_a_lane_or_settled_by_a_decision(site: Site, outcome: str) -> None:
    """However its copies were decided, a held post never waits where nobody looks."""
    ann, bob = await site.members("ann", "bob")
    case_id = await open_case(site, ann, await ann.say(TEXT))
    await close(site, case_id, outcome)
    held = await bob.say(TEXT)
    same = await open_case(site, bob, held, source=Source.RULE, lane="P3", hidden=True) == case_id
    # A decision that nothing is wrong gives the post back; one that left the first post visible says nothing of this.
    assert same is (outcome == "no_violation")
