"""Reports: who may report what, who hears of it, and what follows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from holdfast.main.lazy_screen import LazyScreen
from holdfast.main.reported_posts import REPORTED, CloserLook, closer_look_runner
from holdfast.platform.config import Settings
from holdfast.screening import Content, Opinion, Screen
from tests.support.site import Member, Site, open_site

pytestmark = pytest.mark.integration


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    rules = ("Be kind.", "No spam.")
    async with open_site(msgspec.structs.replace(settings, rules=rules, rate_reports=20)) as opened:
        yield opened


async def report(member: Member, about: Member, **form: Any) -> Any:
    return await member.post("/api/v1/reports", account_id=about.id, **form)


async def test_a_report_with_posts_and_rules_is_answered_as_the_api_has_it(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await bob.say("buy my things")
    form = {"status_ids[]": post["id"], "rule_ids[]": ["2"], "comment": "spam again", "forward": "true"}
    answer = await report(ann, bob, category="violation", **form)
    assert answer["target_account"]["id"] == bob.id
    assert answer["status_ids"] == [post["id"]]
    assert answer["rule_ids"] == ["2"]
    assert (answer["category"], answer["comment"], answer["forwarded"]) == ("violation", "spam again", True)
    assert (answer["action_taken"], answer["action_taken_at"], answer["collection_ids"]) == (
        False,
        None,
        None,
    )


async def test_a_report_names_only_posts_of_the_account_that_the_reporter_can_see(site: Site) -> None:
    ann, bob, cat = await site.members("ann", "bob", "cat")
    secret = await bob.say("to nobody", visibility="direct")
    private = await bob.say("to followers", visibility="private")
    of_another = await cat.say("hello")
    for ident in (secret["id"], private["id"], of_another["id"], "1", "nothing"):
        answer = await ann.request(
            "POST", "/api/v1/reports", data={"account_id": bob.id, "status_ids[]": ident}
        )
        assert (answer.status_code, answer.json()) == (404, {"error": "Record not found"})
    assert await site.services.database.fetchval("select count(*) from reports") == 0


async def test_limits_say_what_is_wrong(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    for form, field in (
        ({"comment": "x" * 1001}, "comment"),
        ({"category": "violation", "rule_ids[]": "3"}, "rule_ids"),
        ({"category": "violation", "rule_ids[]": "one"}, "rule_ids"),
        ({"category": "boring"}, "category"),
    ):
        answer = await ann.request("POST", "/api/v1/reports", data={"account_id": bob.id, **form})
        assert answer.status_code == 422
        assert field in answer.json()["details"]
    for _ in range(17):  # with three of those above, as many as there may be
        await report(ann, bob)
    answer = await ann.request("POST", "/api/v1/reports", data={"account_id": bob.id})
    assert (answer.status_code, "retry-after" in answer.headers) == (429, True)


async def test_mastodon_17652_who_reported_is_told_to_staff_alone(site: Site) -> None:
    """Mastodon 17652: the reporter's name reached those who must not know it."""
    ann, bob = await site.members("ann", "bob")
    mod = await site.member("mod", role="moderator")
    post = await bob.say("something")
    made = await report(ann, bob, **{"status_ids[]": post["id"], "comment": "look at this"})
    await site.settle()
    await mod.post(
        f"/api/v1/admin/accounts/{bob.id}/action",
        type="silence",
        report_id=made["id"],
        text="Mind the rules.",
    )
    await site.settle()
    told = await bob.get("/api/v1/notifications")
    assert [row["type"] for row in told] == ["moderation_warning"]
    assert told[0]["account"]["id"] == bob.id
    assert told[0]["moderation_warning"]["text"] == "Mind the rules."
    paths = (
        "/api/v1/notifications", "/api/v2/notifications", "/api/v1/accounts/verify_credentials",
        f"/api/v1/statuses/{post['id']}",
    )  # fmt: skip
    everything = "".join([(await bob.request("GET", path)).text for path in paths])
    for name in ("ann", ann.id, "mod", mod.id, "look at this"):
        assert f'"{name}"' not in everything
    # The staff knows.
    known = await mod.get("/api/v1/notifications")
    about = [row for row in known if row["type"] == "admin.report"]
    assert about[0]["account"]["id"] == ann.id
    assert about[0]["report"]["id"] == made["id"]
    assert "account" not in about[0]["report"]


async def test_staff_that_is_reported_is_not_told_of_it(site: Site) -> None:
    ann = await site.member("ann")
    mod, other = [await site.member(name, role="moderator") for name in ("mod", "other")]
    await report(ann, mod)
    await site.settle()
    assert await mod.get("/api/v1/notifications") == []
    assert [row["type"] for row in await other.get("/api/v1/notifications")] == ["admin.report"]


async def test_a_member_may_ask_the_staff_to_look_at_the_own_account(site: Site) -> None:
    ann = await site.member("ann")
    report = await ann.post("/api/v1/reports", account_id=ann.id, comment="somebody else has my password")
    assert report["target_account"]["id"] == ann.id


async def test_a_legal_report_is_a_fact_of_its_own(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    seen: list[str] = []
    before = site.services.database.reactions

    def watch(event: Any) -> Any:
        seen.append(type(event).__name__)
        return before(event)

    site.services.database.reactions = watch
    await report(ann, bob, category="legal")
    assert [name for name in seen if "Report" in name] == ["ReportFiled", "LegalReportFiled"]


class OnlyIfReported:
    """A judge that holds what is reported."""

    version = "only-if-reported"
    may_refuse = False

    def judge(self, content: Content) -> Opinion:
        if content.is_reported:
            return Opinion(action="hold", lane="P2", rules=["closer.look"], scores={"spam": 0.9})
        return Opinion()


@pytest.mark.parametrize("may_hold", [True, False])
async def test_a_reported_post_is_read_again_with_everything_there_is(site: Site, may_hold: bool) -> None:
    ann, bob = await site.members("ann", "bob")
    post = await bob.say("something")
    await report(ann, bob, **{"status_ids[]": post["id"]})
    services = site.services
    screening = LazyScreen(
        services.settings, services.database, services.clock, screen=Screen([OnlyIfReported()])
    )
    look = CloserLook(services.database, services.clock, screening, may_hold=may_hold)
    assert await closer_look_runner(look, services.database, services.clock).drain() == 1
    verdict = await services.database.fetchrow("select * from post_verdicts order by id desc limit 1")
    assert verdict is not None
    assert verdict["version"].endswith(REPORTED)
    assert verdict["action"] == ("hold" if may_hold else "flag")
    answer = await ann.request("GET", f"/api/v1/statuses/{post['id']}")
    assert answer.status_code == (404 if may_hold else 200)
    # A second report of the same version changes nothing.
    await report(ann, bob, **({} if may_hold else {"status_ids[]": post["id"]}))
    await closer_look_runner(look, services.database, services.clock).drain()
    count = await services.database.fetchval("select count(*) from post_verdicts")
    assert count == 1
