"""Bulk: counted, looked at, done only as it was looked at, by two people where it is much, and undone by one handle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.platform.ids import new_id
from holdfast.trust import cases
from holdfast.trust.bulk import (
    BulkLimits,
    BulkPreview,
    BulkQuery,
    PlanDone,
    QueryNotAllowed,
    approve_plan,
    plan_bulk,
    run_plan,
)
from holdfast.trust.decisions import Decision, PlanChanged, Ruling, SecondPersonNeeded, decide
from holdfast.trust.effects import effect_counts
from holdfast.trust.staff_actions import ActorKind, Staff, Versions
from tests.support.rulings import case_about_post, post_id, ruling, staff, taken_back, version_of
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration
LIMITS = BulkLimits(most=100, second_person_above=5)
RULES = "holdfast-default@2+abcdef"


async def planned(site: Site, by: Staff, query: BulkQuery, wanted: Ruling) -> BulkPreview:
    async with site.services.database.transaction() as tx:
        return await plan_bulk(
            tx, by, query, wanted, own_domain=site.services.settings.domain, limits=LIMITS,
            now=site.services.clock.now(),
        )  # fmt: skip


async def run(site: Site, by: Staff, plan: BulkPreview, digest: str = "") -> Decision:
    async with site.services.database.transaction() as tx:
        return await run_plan(
            tx, by, plan.plan.id, digest=digest or plan.plan.digest, own_domain=site.services.settings.domain,
            limits=LIMITS, now=site.services.clock.now(),
        )  # fmt: skip


async def verdict(site: Site, ident: int, rules: list[str], *, action: str = "hold") -> None:
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "insert into post_verdicts (id, post_id, action, lane, rules, scores, evidence, version, reason, at)"
            " values ($1, $2, $3, 'P1', $4, '{}', '[]', $5, null, $6)",
            new_id(now), ident, action, rules, f"{RULES} model@1", now,
        )  # fmt: skip


async def states(site: Site, *authors: Member) -> list[int]:
    rows = await site.services.database.fetch(
        "select state from posts where account_id = any($1::bigint[]) order by id",
        [one.account_id for one in authors],
    )
    return [row[0] for row in rows]


async def test_a_plan_counts_and_shows_and_is_done_as_it_was_looked_at(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    posts = [await ann.say(f"buy coins at https://coins.example/{number}") for number in range(3)]
    await bob.say("coins.example is a swindle, says https://coins.example/x")
    await bob.say("the harbour")
    case = await case_about_post(site, ann, posts[0])
    query = BulkQuery(link="https://coins.example", account_id=ann.account_id)
    plan = await planned(site, staff(mia), query, ruling("withdraw", policy="spam"))
    assert (plan.plan.found, plan.plan.accounts, plan.told) == (3, 1, 1)
    assert sorted(plan.sample) == [post_id(site, one) for one in posts]
    assert [(one.person.username, one.posts) for one in plan.largest] == [("ann", 3)]
    with pytest.raises(PlanChanged):
        await run(site, staff(mia), plan, digest="0" * 32)
    late = await ann.say("more at https://coins.example/late")
    with pytest.raises(PlanChanged):
        await run(site, staff(mia), plan)
    plan = await planned(site, staff(mia), query, ruling("withdraw", policy="spam"))
    assert plan.plan.found == 4
    made = await run(site, staff(mia), plan)
    with pytest.raises(PlanDone):
        await run(site, staff(mia), plan)
    await site.settle()
    assert await states(site, ann) == [2, 2, 2, 2]
    assert await states(site, bob) == [0, 0]
    # A case about nothing else needs nobody any more.
    assert (await cases.get_case(site.services.database, case)).decision_id == made.id
    assert (await mia.request("GET", f"/api/v1/statuses/{late['id']}")).status_code == 404
    await taken_back(site, staff(mia), made)
    assert await states(site, ann) == [0, 0, 0, 0]


async def test_much_needs_a_second_person_and_too_much_is_refused(site: Site) -> None:
    mia, max_, ann = (
        await site.member("mia", role="moderator"), await site.member("max", role="moderator"), await site.member("ann"),
    )  # fmt: skip
    for number in range(6):
        await ann.say(f"post {number}")
    query = BulkQuery(account_id=ann.account_id)
    plan = await planned(site, staff(mia), query, ruling("hide"))
    for by in (mia, max_):
        with pytest.raises(SecondPersonNeeded):
            await run(site, staff(by), plan)
    now = site.services.clock.now()
    with pytest.raises(SecondPersonNeeded):
        async with site.services.database.transaction() as tx:
            await approve_plan(tx, staff(mia), plan.plan.id, now=now)
    async with site.services.database.transaction() as tx:
        await approve_plan(tx, staff(max_), plan.plan.id, now=now)
    made = await run(site, staff(mia), plan)
    assert (await effect_counts(site.services.database, [made.id]))[made.id].changed == 6
    for wrong in (
        BulkQuery(),
        BulkQuery(rule_version="2", account_id=1),
        BulkQuery(text="ab"),
        BulkQuery(reverts=True),
    ):
        with pytest.raises(QueryNotAllowed):
            await planned(site, staff(mia), wrong, ruling("hide"))


async def test_queries_find_what_they_ask_for(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    first = post_id(site, await ann.say("The Harbour is closed"))
    second = post_id(site, await bob.say("The harbour is open"))
    await verdict(site, second, ["spam.links"], action="flag")
    now = site.services.clock.now()

    async def found(**asked: Any) -> list[int]:
        plan = await planned(site, staff(mia), BulkQuery(**asked), ruling("hide"))
        return sorted(plan.sample)

    assert await found(text="HARBOUR") == [first, second]
    assert await found(account_id=bob.account_id) == [second]
    assert await found(rule="spam.links", rule_version="2") == [second]
    assert await found(rule="spam.links", rule_version="3") == []
    assert await found(verdict="flag") == [second]
    assert await found(domain=site.services.settings.domain, text="closed") == [first]
    assert await found(domain="elsewhere.example", text="closed") == []
    assert await found(since=now - timedelta(hours=1), until=now + timedelta(hours=1)) == [first, second]
    assert await found(since=now + timedelta(hours=1)) == []


async def test_everything_that_a_rule_did_is_taken_back_by_one_handle(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    database = site.services.database
    held = [await ann.say(f"held {number}") for number in range(2)]
    shared = await ann.say("held by two rules")
    for status, rules in (
        (held[0], ["bad.rule"]),
        (held[1], ["bad.rule", "note.long"]),
        (shared, ["bad.rule", "good.rule"]),
    ):
        await verdict(site, post_id(site, status), rules)
    async with database.transaction() as tx:
        await tx.execute("update posts set state = 1 where account_id = $1", ann.account_id)
    automatic = await bob.say("what a decision by the rule hid")
    case = await case_about_post(site, bob, automatic)
    program = Staff(None, "owner", ActorKind.RULES)
    async with database.transaction() as tx:
        made = await decide(
            tx, program, case, version=await version_of(site, case), ruling=ruling("hide", "limit"),
            versions=Versions(rule=f"bad.rule@{2}"), now=site.services.clock.now(),
        )  # fmt: skip
    assert made.automation == "AUTOMATED_DECISION_FULLY"
    now = site.services.clock.now()
    query = BulkQuery(
        rule="bad.rule",
        rule_version="2",
        since=now - timedelta(hours=1),
        until=now + timedelta(hours=1),
        reverts=True,
    )
    plan = await planned(site, staff(mia), query, ruling("restore", policy="", facts=""))
    assert plan.plan.found == 4
    done = await run(site, staff(mia), plan)
    await site.settle()
    assert done.kind == "revert"
    # What another rule holds as well stays held: a person looks at it.
    assert await states(site, ann) == [0, 0, 1]
    assert await states(site, bob) == [0]
    assert await database.fetchval("select limited_at from accounts where id = $1", bob.account_id) is None
    await taken_back(site, staff(mia), done)
    assert await states(site, ann) == [1, 1, 1]
    assert await states(site, bob) == [2]
    earlier = BulkQuery(rule="bad.rule", rule_version="2", until=now - timedelta(hours=1), reverts=True)
    assert (await planned(site, staff(mia), earlier, ruling("restore", policy="", facts=""))).plan.found == 0
