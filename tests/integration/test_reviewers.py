"""The people of the desk: exposure is counted and has an end, and preferences are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.trust import reviewers
from holdfast.trust.cases import Source
from holdfast.trust.reviewers import Bounds
from tests.support.rulings import case_about_post
from tests.support.site import Member, Site, open_site

pytestmark = pytest.mark.integration

API = "/api/holdfast/v1"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    small = msgspec.structs.replace(settings, reviewer_daily_items=2, reviewer_daily_heavy=1)
    async with open_site(small) as opened:
        yield opened


async def json_of(member: Member, method: str, path: str, code: int = 200, **body: Any) -> Any:
    answer = await member.request(method, f"{API}{path}", json=body or None)
    assert answer.status_code == code, answer.text
    return answer.json()


async def open_cases(site: Site, *wanted: tuple[str, str]) -> None:
    author = await site.member("author")
    for number, (lane, category) in enumerate(wanted):
        post = await author.say(f"post {number} about {'quite ' * number}different things each time")
        await case_about_post(site, author, post, source=Source.ADMIN, lane=lane, category=category)


async def test_a_day_has_an_end_but_threats_to_life_are_never_kept_back(site: Site) -> None:
    mod = await site.member("mod", role="moderator")
    await open_cases(site, ("P3", "spam"), ("P3", "other"), ("P3", "spam"))
    for _ in range(2):
        case = await json_of(mod, "POST", "/cases/next")
        form = {"version": case["version"], "actions": [{"kind": "no_violation"}]}
        await json_of(mod, "POST", f"/cases/{case['id']}/decide", **form)
    refused = await mod.request("POST", f"{API}/cases/next")
    assert refused.status_code == 429
    assert "threats to life" in refused.json()["error"]
    assert int(refused.headers["retry-after"]) > 0
    (left,) = await json_of(mod, "GET", "/cases")
    await json_of(mod, "POST", f"/cases/{left['id']}/claim", 429)
    me = await json_of(mod, "GET", "/reviewers/me")
    assert (me["today"]["items"], me["break_due"]) == (2, "items")
    author = await site.services.database.fetchval("select id from accounts where username = 'author'")
    post = await (await site.login("author", author)).say("he will come tonight with a knife")
    who = Member(site, "author", author, "")
    await case_about_post(site, who, post, source=Source.ADMIN, lane="P0", category="threat")
    assert (await json_of(mod, "POST", "/cases/next"))["lane"] == "P0"


async def test_heavy_categories_end_before_the_day_does_and_opt_outs_are_not_given(site: Site) -> None:
    mod, other = [await site.member(name, role="moderator") for name in ("mod", "other")]
    await open_cases(site, ("P1", "threat"), ("P1", "violence"), ("P4", "spam"), ("P2", "gore"))
    kept = await json_of(mod, "PUT", "/reviewers/me", opt_outs=["gore", " gore "], greyscale=True)
    assert kept["preferences"] == {
        "opt_outs": ["gore"], "blur": True, "greyscale": True, "mute_media": True, "text_first": True,
    }  # fmt: skip
    await json_of(mod, "PUT", "/reviewers/me", 422, opt_outs=["x" * 60])
    first = await json_of(mod, "POST", "/cases/next")
    assert first["category"] == "threat"
    await json_of(mod, "POST", f"/cases/{first['id']}/skip", reason="not today")
    second = await json_of(mod, "POST", "/cases/next")
    assert second["category"] == "spam"
    assert (await json_of(other, "POST", "/cases/next"))["category"] == "threat"
    admin = await site.member("admin", role="admin")
    await json_of(mod, "GET", "/reviewers", 403)
    seen = await json_of(admin, "GET", "/reviewers")
    assert {one["account"]["acct"]: one["heavy"] for one in seen["people"]} == {"mod": 1, "other": 1}
    assert seen["skips"] == {"threat": 1}
    assert "skips" not in seen["people"][0]


async def test_a_case_counts_once_and_time_is_added_up_to_the_last_sign_of_life(site: Site) -> None:
    mod = await site.member("mod", role="moderator")
    await open_cases(site, ("P3", "spam"), ("P3", "other"))
    case_id, other = await site.services.database.fetchval("select array_agg(id order by id) from cases")
    bounds, now = Bounds(), site.services.clock.now().replace(hour=9)
    async with site.services.database.transaction() as tx:
        me = mod.account_id
        await reviewers.begin_look(tx, me, case_id, "spam", bounds, now=now)
        await reviewers.keep_look(tx, me, case_id, bounds, now=now + timedelta(seconds=60))
        await reviewers.end_look(tx, me, case_id, bounds, now=now + timedelta(seconds=90))
        await reviewers.begin_look(tx, me, case_id, "spam", bounds, now=now + timedelta(seconds=100))
        # Gone for an hour without a word; then the next one.
        await reviewers.keep_look(tx, me, case_id, bounds, now=now + timedelta(seconds=110))
        await reviewers.begin_look(tx, me, other, "other", bounds, now=now + timedelta(hours=1))
        day = await reviewers.day_of(tx, me, now)
    assert (day.items, day.seconds) == (2, 100.0)
