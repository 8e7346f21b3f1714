"""What members are told: warnings with their appeal, held posts, what came of reports; and subjects that are muted."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.social.posts import PostState, decide_post
from holdfast.trust import appeals, cases
from holdfast.trust.appeals import AppealLimits, Outcome
from holdfast.trust.reporters import mute_reporter
from tests.support.rulings import case_about_post, decided, post_id, ruling, staff, taken_back
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration
API = "/api/holdfast/v1"
KNOWN = {"supported_types[]": "holdfast.report_outcome"}


async def warning_of(member: Member) -> dict[str, Any]:
    await member.site.settle()
    rows = await member.get("/api/v1/notifications")
    found: dict[str, Any] = next(row for row in rows if row["type"] == "moderation_warning")[
        "moderation_warning"
    ]
    return found


async def answered(site: Site, by: Member, outcome: Outcome) -> None:
    async with site.services.database.transaction() as tx:
        appeal_id = await tx.fetchval("select id from appeals where outcome is null")
        appeal = await appeals.get_appeal(tx, appeal_id)
        version = (await cases.get_case(tx, appeal.case_id)).version
        await appeals.answer(
            tx, staff(by), appeal_id, version=version, outcome=outcome, text="We looked again.",
            limits=AppealLimits(), now=site.services.clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "state"), [(Outcome.UPHELD, "rejected"), (Outcome.OVERTURNED, "approved")]
)
async def test_a_warning_shows_the_appeal_against_it_as_apps_know_it(
    site: Site, outcome: Outcome, state: str
) -> None:
    mia, max_ = await site.member("mia", role="moderator"), await site.member("max", role="moderator")
    ann = await site.member("ann")
    status = await ann.say("vermin")
    await decided(site, staff(mia), await case_about_post(site, ann, status), ruling("withdraw"))
    first = await warning_of(ann)
    assert first["appeal"] is None
    assert first["holdfast"]["can_appeal"] is True
    statement = await ann.get(f"{API}/statements/{first['holdfast']['statement_id']}")
    assert (statement["can_appeal"], statement["appeal"]) == (True, None)
    assert [one["id"] for one in await ann.get(f"{API}/statements", status_id=status["id"])] == [
        statement["id"]
    ]
    other = await ann.say("another")
    assert await ann.get(f"{API}/statements", status_id=other["id"]) == []
    await ann.post(f"{API}/appeals", statement_id=statement["id"], reason="It is a quotation")
    waiting = await warning_of(ann)
    assert waiting["appeal"] == {"text": "It is a quotation", "state": "pending"}
    assert waiting["holdfast"]["can_appeal"] is False
    assert (await ann.get(f"{API}/statements/{statement['id']}"))["appeal"]["outcome"] is None
    await answered(site, max_, outcome)
    await site.settle()
    rows = await ann.get("/api/v1/notifications")
    again = next(row for row in rows if row.get("moderation_warning", {}).get("id") == first["id"])
    assert again["moderation_warning"]["appeal"]["state"] == state
    assert again["moderation_warning"]["holdfast"]["appeal_outcome"] == outcome.value


async def test_a_held_post_names_the_page_that_explains_it_and_its_appeal(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    status = await ann.say("a post that waits")
    assert "holdfast" not in status
    async with site.services.database.transaction() as tx:
        await decide_post(tx, post_id(site, status), PostState.HELD)
    shown = (await ann.get(f"/api/v1/statuses/{status['id']}"))["holdfast"]
    assert shown["state"] == "held"
    assert shown["url"] == f"{site.services.base_url}/statements/post/{status['id']}"
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 404
    (held,) = await ann.get(f"{API}/held")
    assert (held["can_appeal"], held["appeal_id"]) == (True, None)
    made = await ann.post(f"{API}/appeals", status_id=status["id"], reason="It is a recipe")
    (held,) = await ann.get(f"{API}/held")
    assert (held["can_appeal"], held["appeal_id"]) == (False, made["id"])
    assert made["can_add"] is True


async def outcomes(member: Member, **params: Any) -> list[str]:
    await member.site.settle()
    rows = await member.get("/api/v1/notifications", **(KNOWN | params))
    return [row["holdfast"]["outcome"] for row in rows if row["type"] == "holdfast.report_outcome"]


async def test_a_reporter_is_told_once_what_came_of_it_and_anew_when_it_is_decided_anew(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    status = await ann.say("vermin")
    report = await bob.post("/api/v1/reports", account_id=ann.id, **{"status_ids[]": status["id"]})
    assert await outcomes(bob) == []
    (case,) = await cases.CaseReader(site.services.database).queue()
    made = await decided(site, staff(mia), case.id, ruling("withdraw"))
    assert await outcomes(bob) == ["actioned"]
    # An app that does not say what it knows is given what every server has; one that does is told how to show it.
    assert [row["type"] for row in await bob.get("/api/v1/notifications")] == []
    assert (await bob.get("/api/v2/notifications"))["notification_groups"] == []
    (row,) = await bob.get("/api/v1/notifications", **{"supported_types[]": "mention"})
    assert row["fallback"]["title"] == "What you reported was looked at"
    (group,) = (await bob.get("/api/v2/notifications", **KNOWN))["notification_groups"]
    assert group["holdfast"]["report_id"] == report["id"]
    assert group["holdfast"]["about"] == "ann"
    await taken_back(site, staff(mia), made, reopen=True)
    assert await outcomes(bob) == []
    await decided(site, staff(mia), case.id, ruling("no_violation", policy=""))
    assert await outcomes(bob) == ["no_violation"]
    assert await outcomes(ann) == []


async def test_a_muted_reporter_is_told_nothing_of_what_was_not_looked_at(site: Site) -> None:
    mia, ann, bob = await site.member("mia", role="moderator"), *await site.members("ann", "bob")
    async with site.services.database.transaction() as tx:
        now = site.services.clock.now()
        await mute_reporter(tx, staff(mia), bob.account_id, days=3, reason="floods", now=now)
    await bob.post("/api/v1/reports", account_id=ann.id)
    assert await outcomes(bob) == []


async def test_what_people_say_of_a_muted_subject_raises_nothing_until_the_mute_ends(site: Site) -> None:
    mia, ann, bob, cat = await site.member("mia", role="moderator"), *await site.members("ann", "bob", "cat")
    status = await ann.say("a post that many report for what it is not")
    path = f"{API}/subjects/post/{status['id']}/mute"
    assert (await bob.request("POST", path, data={"days": 3, "reason": "x"})).status_code == 403
    assert (await mia.request("POST", path, data={"days": 0, "reason": "x"})).status_code == 422
    assert (
        await mia.request("POST", f"{API}/subjects/server/x.example/mute", data={"reason": "x"})
    ).status_code == 422
    assert (
        await mia.request("POST", f"{API}/subjects/post/12345/mute", data={"reason": "x"})
    ).status_code == 404
    assert (await mia.post(path, days=3, reason="decided twice"))["status"]["muted_until"]

    async def waiting() -> int:
        await site.settle()
        return len(await cases.CaseReader(site.services.database).queue())

    await bob.post("/api/v1/reports", account_id=ann.id, **{"status_ids[]": status["id"]})
    assert await waiting() == 0
    assert await outcomes(bob) == ["closed"]
    # What is said to be against the law is looked at all the same.
    await cat.post("/api/v1/reports", account_id=ann.id, category="legal", **{"status_ids[]": status["id"]})
    assert await waiting() == 1
    (case,) = await cases.CaseReader(site.services.database).queue()
    await decided(site, staff(mia), case.id, ruling("no_violation", policy=""))
    other = await ann.say("something else")
    await bob.post("/api/v1/reports", account_id=ann.id, **{"status_ids[]": other["id"]})
    assert await waiting() == 1
    assert (await mia.request("DELETE", path)).status_code == 200
    assert (await mia.get(f"{API}/subjects/post/{status['id']}"))["status"]["muted_until"] is None
    third = await site.member("dan")
    edited = await ann.request("PUT", f"/api/v1/statuses/{status['id']}", data={"status": "edited since"})
    assert edited.status_code == 200
    await third.post("/api/v1/reports", account_id=ann.id, **{"status_ids[]": status["id"]})
    assert await waiting() == 2
