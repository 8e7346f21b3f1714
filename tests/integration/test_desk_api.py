"""The desk's API: queues, claims, cases with all that a decision needs, and what it keeps from whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from holdfast.trust.case_order import TARGET_SECONDS
from holdfast.trust.cases import reorder_stale
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration

API = "/api/holdfast/v1"
TEXT = "At the council meeting on Friday nobody of the members should read the long report about the bridge"


async def json_of(member: Member, method: str, path: str, code: int = 200, **body: Any) -> Any:
    answer = await member.request(method, f"{API}{path}", json=body or None)
    assert answer.status_code == code, answer.text
    return answer.json()


async def report(member: Member, about: Member, *posts: dict[str, Any], **form: Any) -> Any:
    ids = {"status_ids[]": [one["id"] for one in posts]}
    return await member.post("/api/v1/reports", account_id=about.id, **ids, **form)


async def test_a_report_becomes_a_case_that_shows_what_a_decision_needs(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    mod = await site.member("mod", role="moderator")
    parent = await cat.say("what do you think?")
    post = await bob.say(TEXT, in_reply_to_id=parent["id"])
    copy = await cat.say(f"{TEXT}!")
    await report(ann, bob, post, comment="look", category="violation")
    await site.settle()
    await report(ann, cat, copy, comment="again")
    await site.settle()
    (row,) = await json_of(mod, "GET", "/cases")
    assert (row["lane"], row["members"], row["signals"], row["source"]) == ("P3", 2, 2, "report")
    assert set(row["explain"]) >= {"severity", "reach", "reporters", "clock"}
    case = await json_of(mod, "POST", "/cases/next")
    assert (case["id"], case["claimed_by_me"]) == (row["id"], True)
    assert [one["post"]["text"] for one in case["items"]] == [TEXT, f"{TEXT}!"]
    assert [one["text"] for one in case["thread"]] == ["what do you think?"]
    assert [one["comment"] for one in case["reports"]] == ["again", "look"]
    assert {one["reporter"]["acct"] for one in case["reports"]} == {"ann"}
    assert case["author"]["status"]["strikes"] == 0
    assert [one["verb"] for one in case["events"]][-1] == "post.reported"
    assert all(one["actor"]["name"].startswith("reporter-") for one in case["events"])
    assert "ann" not in str(case["events"])


async def test_nobody_reads_or_takes_a_case_that_concerns_them(site: Site) -> None:
    ann = await site.member("ann")
    mod, other = [await site.member(name, role="moderator") for name in ("mod", "other")]
    await report(ann, mod, comment="the moderator does it")
    await report(other, ann, comment="and so does ann")
    await site.settle()
    found = {one["account"]["acct"]: one["id"] for one in await json_of(other, "GET", "/cases")}
    assert set(found) == {"mod", "ann"}
    assert [one["account"]["acct"] for one in await json_of(mod, "GET", "/cases")] == ["ann"]
    for path, method in (("", "GET"), ("/claim", "POST"), ("/members", "GET")):
        await json_of(mod, method, f"/cases/{found['mod']}{path}", 403)
    await json_of(other, "POST", f"/cases/{found['ann']}/claim", 403)
    assert (await json_of(mod, "POST", "/cases/next"))["id"] == found["ann"]
    assert (await json_of(other, "POST", "/cases/next"))["id"] == found["mod"]


async def test_a_case_is_skipped_without_penalty_and_offered_to_others(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    mod, other = [await site.member(name, role="moderator") for name in ("mod", "other")]
    await report(ann, bob)
    await site.settle()
    case = await json_of(mod, "POST", "/cases/next")
    await json_of(other, "POST", f"/cases/{case['id']}/claim", 422)
    await json_of(mod, "POST", f"/cases/{case['id']}/heartbeat")
    await json_of(other, "POST", f"/cases/{case['id']}/heartbeat", 422)
    await json_of(mod, "POST", f"/cases/{case['id']}/skip", reason="too close to home")
    assert await json_of(mod, "POST", "/cases/next") is None
    assert (await json_of(other, "POST", "/cases/next"))["id"] == case["id"]


async def test_queues_route_by_language_and_belong_to_their_members(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    mod, french = [await site.member(name, role="moderator") for name in ("mod", "french")]
    admin = await site.member("admin", role="admin")
    await json_of(mod, "PUT", "/queues/french", 403, title="French", languages=["fr"])
    queue = await json_of(
        admin, "PUT", "/queues/french", title="French", position=10, languages=["fr"], member_ids=[french.id]
    )
    assert queue["member_ids"] == [french.id]
    post = await bob.say(
        "Le rapport sur le pont est trop long pour tout le monde, dit le maire", language="fr"
    )
    await report(ann, bob, post)
    await site.settle()
    assert await json_of(mod, "POST", "/cases/next") is None
    assert (await json_of(french, "POST", "/cases/next"))["queue"] == "french"
    lanes = await json_of(mod, "GET", "/lanes")
    assert [(one["lane"], one["open"], one["claimed"]) for one in lanes["lanes"]][3] == ("P3", 1, 1)
    assert lanes["queues"][0]["queue"] == "french"
    await json_of(admin, "DELETE", "/queues/french")
    assert {one["queue"] for one in await json_of(mod, "GET", "/cases")} == {"general"}
    # A queue that is made later takes what waits when that is next put in order.
    await json_of(admin, "PUT", "/queues/late", title="Late", position=10, sources=["report"])
    now = site.services.clock.now() + timedelta(hours=1)
    async with site.services.database.transaction() as tx:
        await reorder_stale(tx, targets=TARGET_SECONDS, older_than=now, now=now)
    assert {one["queue"] for one in await json_of(mod, "GET", "/cases")} == {"late"}
    await json_of(admin, "DELETE", "/queues/late")
    assert {one["name"] for one in await json_of(mod, "GET", "/queues")} == {"appeals", "quality", "general"}
    await json_of(admin, "DELETE", "/queues/general", 422)


async def test_a_report_that_is_resolved_settles_its_case_and_the_other_way_round(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    mod = await site.member("mod", role="moderator")
    first = await report(ann, bob)
    await site.settle()
    (case,) = await json_of(mod, "GET", "/cases")
    await mod.post(f"/api/v1/admin/reports/{first['id']}/resolve")
    await site.settle()
    assert await json_of(mod, "GET", "/cases") == []
    (closed,) = await json_of(mod, "GET", "/cases?state=closed")
    assert (closed["id"], closed["outcome"]) == (case["id"], "settled")
    await mod.post(f"/api/v1/admin/reports/{first['id']}/reopen")
    await site.settle()
    assert [one["id"] for one in await json_of(mod, "GET", "/cases")] == [case["id"]]


async def test_the_log_and_a_subject_are_read_by_the_staff_alone(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    mod = await site.member("mod", role="moderator")
    await mod.post(f"/api/v1/admin/accounts/{bob.id}/action", type="silence", text="Mind the rules.")
    (event,) = await json_of(mod, "GET", f"/log?account_id={bob.id}")
    assert (event["verb"], event["told"], event["actor"]["account"]["acct"]) == (
        "account.silence", "Mind the rules.", "mod",
    )  # fmt: skip
    assert event["record_id"]
    found = await json_of(mod, "GET", f"/subjects/account/{bob.id}")
    assert found["status"]["takedown"] == "limited"
    for path in (f"/log?account_id={bob.id}", f"/subjects/account/{bob.id}", "/cases", "/lanes", "/queues"):
        await json_of(ann, "GET", path, 403)
    await json_of(mod, "GET", "/subjects/nonsense/1", 404)
    await json_of(mod, "GET", "/cases?state=nonsense", 422)
    await json_of(mod, "GET", "/cases/123", 404)


async def test_our_own_description_names_our_own_paths_alone(site: Site) -> None:
    document = (await site.client.get(f"{API}/openapi.json")).json()
    assert f"{API}/cases/{{id}}/claim" in document["paths"]
    assert all(path.startswith(API) for path in document["paths"])


async def test_the_staff_opens_a_case_and_the_log_says_who(site: Site) -> None:
    ann = await site.member("ann")
    mod = await site.member("mod", role="moderator")
    post = await ann.say(TEXT)
    case = await json_of(mod, "POST", "/cases", post_id=post["id"], lane="P2", category="violence")
    assert (case["lane"], case["source"], case["category"]) == ("P2", "admin", "violence")
    (event,) = case["events"]
    assert (event["actor"]["kind"], event["actor"]["account"]["acct"]) == ("staff", "mod")
    assert (await json_of(mod, "POST", "/cases", account_id=ann.id))["subject"]["kind"] == "account"
    for body in ({}, {"post_id": "1"}, {"post_id": post["id"], "lane": "P9"}):
        await json_of(mod, "POST", "/cases", 422, **body)
