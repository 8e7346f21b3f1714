"""Rules at the desk: stages, trials, hits; and bars that reach what is there already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from holdfast.main.rule_trying import RuleTrier
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.jobs import RunnerLimits
from holdfast.trust.trials import TRY_RULE
from tests.support.rulings import case_about_post
from tests.support.site import Member, Site, open_site

pytestmark = pytest.mark.integration
_D = "/api/holdfast/v1"
_RULES = """
name = "orchard"
version = 3

[banks.quinces]
kind = "words"
about = "Fruit"
entries = ["quince"]

[[rules]]
id = "fruit.quince"
title = "Quinces"
lane = "P3"
action = "flag"
stage = "shadow"
when = 'bank("quinces")'
"""
_MEDLAR = """
name = "medlars"
version = 1

[banks.medlars]
kind = "words"
about = "Fruit"
entries = ["medlar"]

[[rules]]
id = "fruit.medlar"
title = "Medlars"
lane = "P2"
action = "hold"
when = 'bank("medlars")'
"""


@pytest.fixture
async def site(settings: Settings, tmp_path: Path) -> AsyncIterator[Site]:
    rules = tmp_path / "rules.toml"
    rules.write_text(_RULES)
    async with open_site(msgspec.structs.replace(settings, screening_rules_file=rules)) as opened:
        yield opened


async def send(member: Member, method: str, path: str, code: int = 200, **body: Any) -> Any:
    answer = await member.request(method, f"{_D}{path}", json=body)
    assert answer.status_code == code, answer.text
    return answer.json()


async def tried(site: Site) -> None:
    """Run the trials that wait."""
    services = site.services
    trier = RuleTrier(services.settings, services.database, services.clock)
    await ErrandRunner(services.database, services.clock, {TRY_RULE: trier.errand}, RunnerLimits()).drain()


async def test_a_rule_on_trial_shows_its_hits_and_goes_from_stage_to_stage(site: Site) -> None:
    mia, ada = await site.member("mia", role="moderator"), await site.member("ada", role="admin")
    ann = await site.member("ann")
    said = await ann.say("A quince for you")
    listed = await send(mia, "GET", "/rules")
    assert (listed["version"].split("+")[0], listed["may_change"]) == ("orchard@3", False)
    assert [(one["id"], one["stage"]) for one in listed["rules"]] == [("fruit.quince", "shadow")]
    one = await send(mia, "GET", "/rules/fruit.quince")
    assert [(hit["post"]["id"], hit["action"]) for hit in one["hits"]] == [(said["id"], "shadow")]
    assert "canary" in one["next"]
    assert "live" not in one["next"]
    await send(mia, "POST", "/rules/fruit.quince/stage", 403, to="canary", share=0.5, reason="it is right")
    assert (
        "can go to"
        in (await send(ada, "POST", "/rules/fruit.quince/stage", 422, to="live", reason="in a hurry"))[
            "error"
        ]
    )
    moved = await send(ada, "POST", "/rules/fruit.quince/stage", to="canary", share=0.5, reason="it is right")
    assert (moved["stage"], moved["share"]) == ("canary", 0.5)
    steps = (await send(ada, "GET", "/rules/fruit.quince"))["steps"]
    assert [(step["stage"], step["taken_by"], step["reason"]) for step in steps] == [
        ("canary", "@ada", "it is right")
    ]


async def test_a_trial_says_what_a_rule_would_have_done_and_changes_nothing(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    quince, medlar = await ann.say("A quince for you"), await ann.say("A medlar for me")
    await ann.say("Bread")
    of_file = await send(mia, "POST", "/rule_trials", rule="fruit.quince", posts=100)
    of_text = await send(mia, "POST", "/rule_trials", source=_MEDLAR, posts=100)
    broken = await send(mia, "POST", "/rule_trials", source="[[rules]]\nid = 'x.y'", posts=100)
    await send(mia, "POST", "/rule_trials", 422, posts=100)
    await send(mia, "POST", "/rule_trials", 422, rule="fruit.quince", posts=10_000_000)
    await send(mia, "POST", "/rule_trials", 404, rule="fruit.none", posts=1)
    assert of_file["state"] == "waiting"
    await tried(site)
    first = await send(mia, "GET", f"/rule_trials/{of_file['id']}")
    assert (first["state"], first["found"]["posts"], first["found"]["newly"]) == ("done", 3, 1)
    assert [one["post"]["id"] for one in first["found"]["newly_samples"]] == [quince["id"]]
    second = (await send(mia, "GET", f"/rule_trials/{of_text['id']}"))["found"]
    assert [(one["id"], one["hits"], one["newly"]) for one in second["rules"]] == [("fruit.medlar", 1, 1)]
    assert [one["post"]["id"] for one in second["newly_samples"]] == [medlar["id"]]
    failed = await send(mia, "GET", f"/rule_trials/{broken['id']}")
    assert failed["state"] == "failed"
    assert "x.y" in failed["problem"]
    assert (await ann.request("GET", f"/api/v1/statuses/{medlar['id']}")).status_code == 200


async def test_barring_a_link_withdraws_what_carries_it_and_undo_brings_it_back(site: Site) -> None:
    mia, other = await site.member("mia", role="moderator"), await site.member("max", role="moderator")
    ann, bob, cem = await site.members("ann", "bob", "cem")
    first = await ann.say("Buy here https://shop.example/coins now")
    second = await bob.say("https://www.shop.example/coins?ref=7 is good")
    near = await cem.say("https://notshop.example/coins is another place")
    theirs = await other.say("Beware of https://shop.example/coins")
    case = site.services.ids.encode(await case_about_post(site, ann, first))
    found = await send(mia, "GET", f"/cases/{case}")
    assert found["items"][0]["post"]["links"] == ["shop.example/coins"]
    ruling: dict[str, Any] = {
        "version": found["version"], "policy": "spam", "facts": "It sells forged coins.",
        "actions": [{"kind": "block_link", "value": "shop.example", "existing": True}],
    }  # fmt: skip
    seen = await send(mia, "POST", f"/cases/{case}/preview", **ruling)
    # What somebody of the same rank wrote is left to somebody above.
    assert (seen["swept"], seen["told"]) == (1, 2)
    made = await send(mia, "POST", f"/cases/{case}/decide", **ruling)
    await site.settle()
    assert made["subjects"] == 2
    texts = {
        one["account_id"]: one["text"]
        for one in (await send(mia, "GET", f"/decisions/{made['id']}"))["statements"]
    }
    assert set(texts) == {ann.id, bob.id}
    assert texts[ann.id] == seen["statements"][0]["text"], "what was shown is what was sent"
    assert "is good" in texts[bob.id]
    assert "taken away" in texts[bob.id]
    codes = {
        one["id"]: (await cem.request("GET", f"/api/v1/statuses/{one['id']}")).status_code
        for one in (first, second, near, theirs)
    }
    assert codes == {first["id"]: 404, second["id"]: 404, near["id"]: 200, theirs["id"]: 200}
    await send(other, "POST", f"/decisions/{made['id']}/undo", reason="forged they were not")
    await site.settle()
    assert (await cem.request("GET", f"/api/v1/statuses/{second['id']}")).status_code == 200


async def test_more_than_one_person_may_withdraw_alone_needs_a_plan(settings: Settings) -> None:
    async with open_site(msgspec.structs.replace(settings, bulk_second_person_above=1)) as site:
        mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
        posts = [await ann.say(f"https://shop.example/{number}") for number in range(3)]
        case = site.services.ids.encode(await case_about_post(site, ann, posts[0]))
        action = {"kind": "block_link", "value": "shop.example", "existing": True}
        ruling = {"version": 1, "policy": "spam", "facts": "It is spam.", "actions": [action]}
        said = await send(mia, "POST", f"/cases/{case}/decide", 422, **ruling)
        assert "plan the rest in bulk" in said["error"]
        bulk = {"query": {"link": "shop.example"}, "ruling": {**ruling, "version": 0}}
        await send(mia, "POST", "/bulk", 422, **bulk)
