"""Deciding over the desk's API and from the terminal, as programs do it."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.trust.policies import publish_shipped
from holdfast.trust.staff_actions import Subject
from tests.support.rulings import case_about, case_about_post
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration
_D = "/api/holdfast/v1"


async def send(member: Member, method: str, path: str, code: int = 200, **body: Any) -> Any:
    answer = await member.request(method, f"{_D}{path}", json=body)
    assert answer.status_code == code, answer.text
    return answer.json()


async def test_preview_decide_look_and_undo(site: Site) -> None:
    mia, max_ = await site.member("mia", role="moderator"), await site.member("max", role="moderator")
    ann, bob = await site.members("ann", "bob")
    status = await ann.say("You are vermin")
    case = site.services.ids.encode(await case_about_post(site, ann, status))
    ruling: dict[str, Any] = {
        "version": 1, "policy": "harassment", "facts": "It insults a member.", "template": "repeated",
        "values": {"earlier": "on 3 May"}, "territory": ["fr"],
        "actions": [{"kind": "withdraw"}, {"kind": "strike", "severity": 20, "until": "2099-01-01T00:00:00Z"}],
    }  # fmt: skip
    seen = await send(mia, "POST", f"/cases/{case}/preview", **ruling)
    assert (seen["posts"], seen["told"], seen["not_allowed"]) == (1, 1, [])
    assert [(one["aspect"], one["would_change"]) for one in seen["changes"]] == [
        ("visibility", 1),
        ("strike", 1),
    ]
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 200
    assert (
        "earlier"
        in (await send(mia, "POST", f"/cases/{case}/decide", 422, **{**ruling, "values": {}}))["error"]
    )
    made = await send(mia, "POST", f"/cases/{case}/decide", **ruling)
    assert made["effects"] == {"waiting": 0, "in_force": 2, "changed": 2, "taken_back": 0, "nothing": 0}
    assert made["policy"] == "harassment@1"
    assert "on 3 May" in made["statements"][0]["text"]
    assert "Where it applies: FR" in made["statements"][0]["text"]
    assert (
        "changed since you read it"
        in (await send(max_, "POST", f"/cases/{case}/decide", 422, **ruling))["error"]
    )
    assert [one["id"] for one in await send(max_, "GET", f"/decisions?case_id={case}")] == [made["id"]]
    effects = await send(max_, "GET", f"/decisions/{made['id']}/effects")
    assert [(one["kind"], one["aspect"], one["state"]) for one in effects] == [
        ("post", "visibility", "in_force"), ("account", "strike", "in_force"), ("account", "told", "in_force"),
    ]  # fmt: skip
    undone = await send(max_, "POST", f"/decisions/{made['id']}/undo", reason="read it again")
    assert (undone["undone"]["by"]["acct"], undone["undone"]["reason"]) == ("max", "read it again")
    assert (await bob.request("GET", f"/api/v1/statuses/{status['id']}")).status_code == 200
    assert (await send(mia, "GET", f"/cases/{case}"))["closed_at"] is None
    assert "already" in (await send(mia, "POST", f"/decisions/{made['id']}/undo", 422))["error"]


@pytest.mark.parametrize(
    "ruling",
    [
        {},
        {"actions": [{"kind": "explode"}]},
        {"actions": [{"kind": "warn"}]},
        {"actions": [{"kind": "warn"}], "policy": "harassment"},
        {"actions": [{"kind": "warn"}], "policy": "nothing@9", "facts": "x"},
        {"actions": [{"kind": "warn"}], "policy": "!!", "facts": "x"},
        {"actions": [{"kind": "warn"}], "policy": "spam@1@1", "facts": "x"},
        {"actions": [{"kind": "suspend", "until": "2020-01-01T00:00:00Z"}], "policy": "spam", "facts": "x"},
        {"actions": [{"kind": "suspend", "until": "2099-01-01T00:00:00"}], "policy": "spam", "facts": "x"},
        {"actions": [{"kind": "block_image", "value": "x"}], "policy": "spam", "facts": "x"},
        {"actions": [{"kind": "warn"}], "policy": "spam", "facts": "x", "account_ids": ["17"]},
        {"actions": [{"kind": "warn"}], "policy": "spam", "facts": "x" * 5001},
        {"actions": [{"kind": "warn"}], "policy": "spam", "facts": "x", "template": "nothing"},
    ],
)
async def test_what_does_not_fit_is_refused_with_a_sentence_and_changes_nothing(
    site: Site, ruling: dict[str, Any]
) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    case = site.services.ids.encode(await case_about(site, Subject.account(ann.account_id)))
    answer = await mia.request("POST", f"{_D}/cases/{case}/decide", json={"version": 1, **ruling})
    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["error"]
    assert await site.services.database.fetchval("select count(*) from decisions") == 0


async def test_bulk_over_the_api(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    for number in range(3):
        await ann.say(f"cheap coins {number}")
    plan = await send(
        mia, "POST", "/bulk", query={"text": "cheap coins"},
        ruling={"actions": [{"kind": "hide"}], "policy": "spam", "facts": "The same in many posts."},
    )  # fmt: skip
    assert (plan["found"], len(plan["sample"]), plan["needs_second"]) == (3, 3, False)
    assert plan["largest"][0]["found"] == 3
    assert (await send(mia, "GET", f"/bulk/{plan['id']}"))["digest"] == plan["digest"]
    made = await send(mia, "POST", f"/bulk/{plan['id']}/run", digest=plan["digest"])
    assert (made["kind"], made["subjects"], made["plan_id"]) == ("bulk", 3, plan["id"])
    assert (await send(mia, "GET", "/bulk"))[0]["decision_id"] == made["id"]
    assert await send(mia, "POST", "/bulk", 422, query={}, ruling={"actions": [{"kind": "dismiss"}]})


async def test_policies_are_published_in_versions_that_stay(site: Site) -> None:
    owner, ann = await site.member("olga", role="admin"), await site.member("ann")
    async with site.services.database.transaction() as tx:
        first = await publish_shipped(tx, site.services.clock.now())
    assert len(first) == 18
    async with site.services.database.transaction() as tx:
        assert await publish_shipped(tx, site.services.clock.now()) == []
    policy = await send(ann, "GET", "/policies/spam")
    document = {**policy["document"], "severity": 40}
    assert await send(ann, "POST", "/policies", 403, document=document)
    later = "2098-01-01T00:00:00Z"
    assert await send(owner, "POST", "/policies", 422, document=document, effective_from=later)
    made = await send(owner, "POST", "/policies", document=document)
    assert (made["reference"], made["version"]) == ("spam@2", 2)
    assert await send(owner, "POST", "/policies", 422, document=document)
    assert (await send(ann, "GET", "/policies/spam"))["reference"] == "spam@2"
    assert (await send(ann, "GET", "/policies/spam@1"))["document"]["severity"] == 20
    assert len(await send(ann, "GET", "/policies/spam/versions")) == 2
    lines = (await send(ann, "GET", "/policies/spam/difference"))["lines"]
    assert "+lane: P4  severity: 40" in lines
    assert "spam@1" in (await site.client.get("/policies/spam@2")).text
    kept = await site.services.database.fetchval(
        "select count(*) from ledger_records where kind = 'policy.published'"
    )
    assert kept == 19
    with pytest.raises(Exception, match="never changed"):
        await site.services.database.fetch("update policies set document = '{}' where id = 'spam'")
    template: dict[str, Any] = {
        "id": "hello",
        "title": "Greeting",
        "texts": {"en": "Good day, {{ name }}."},
        "variables": ["name"],
    }
    assert (await send(owner, "POST", "/templates", **template))["reference"] == "hello@1"
    filled = await send(owner, "POST", "/templates/hello/fill", values={"name": "Ann"})
    assert filled == {"en": "Good day, Ann."}
    assert await send(owner, "POST", "/templates/hello/fill", 422, values={})
