"""What the staff does: each act changes what it says, is recorded, is told, and can be taken back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from holdfast.main.jobs_runner import PERIODIC
from holdfast.platform.config import Settings
from holdfast.social.accounts import NewAccount, create_account
from holdfast.trust.sanctions import lift_ended_sanctions
from tests.support.site import Member, Site, open_site

pytestmark = pytest.mark.integration


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    wanted = {"rules": ("Be kind.",), "warning_presets": ("Please read our rules.",), "rate_reports": 1000}
    async with open_site(msgspec.structs.replace(settings, **wanted)) as opened:
        yield opened


@pytest.fixture
async def admin(site: Site) -> Member:
    return await site.member("admin", role="admin")


async def act(admin: Member, about: Member, kind: str, **form: Any) -> None:
    await admin.post(f"/api/v1/admin/accounts/{about.id}/action", type=kind, **form)


async def recorded(site: Site) -> list[str]:
    rows = await site.services.database.fetch("select verb from moderation_actions order by id")
    return [row["verb"] for row in rows]


async def test_accounts_are_found_by_every_filter(site: Site, admin: Member) -> None:
    ann, bob = await site.members("ann", "bob")
    await act(admin, bob, "silence")
    new = NewAccount("waits", "waits@example.org", None, reason="please", ip="192.0.2.7")
    async with site.services.database.transaction() as tx:
        await create_account(tx, new, registrations="approval", now=site.services.clock.now())

    async def names(version: str = "v2", **query: str) -> set[str]:
        return {row["username"] for row in await admin.get(f"/api/{version}/admin/accounts", **query)}

    assert await names() == {"admin", "ann", "bob", "waits"}
    assert await names(status="pending") == {"waits"}
    assert await names(status="silenced") == {"bob"} == await names("v1", silenced="true")
    assert await names(status="active") == {"admin", "ann", "bob"} == await names("v1", active="true")
    assert await names(permissions="staff") == {"admin"} == await names("v1", staff="true")
    assert await names(**{"role_ids[]": "2"}) == {"admin"}
    assert await names(username="AN") == {"ann"}
    assert await names(username="%") == set()
    assert await names(email="waits@") == {"waits"}
    assert await names(ip="192.0.2.0/24") == {"waits"}
    assert await names(origin="remote") == set() == await names(by_domain="other.example")
    assert await names(invited_by=ann.id) == set()
    answer = await admin.request("GET", "/api/v2/admin/accounts", params={"status": "odd"})
    assert answer.status_code == 422
    entity = (await admin.get("/api/v2/admin/accounts", status="pending"))[0]
    assert (entity["approved"], entity["invite_request"], entity["ip"]) == (False, "please", "192.0.2.7")
    page = await admin.request("GET", "/api/v2/admin/accounts", params={"limit": "2"})
    assert len(page.json()) == 2
    assert 'rel="next"' in page.headers["link"]


async def test_sign_ups_are_approved_or_turned_away_once(site: Site, admin: Member) -> None:
    async def wait(name: str) -> str:
        async with site.services.database.transaction() as tx:
            new = NewAccount(name, f"{name}@example.org", None)
            ident = await create_account(tx, new, registrations="approval", now=site.services.clock.now())
        return site.services.ids.encode(ident)

    first, second = await wait("first"), await wait("second")
    assert (await admin.post(f"/api/v1/admin/accounts/{first}/approve"))["approved"] is True
    assert (await admin.request("POST", f"/api/v1/admin/accounts/{first}/approve")).status_code == 403
    assert (await admin.request("POST", f"/api/v1/admin/accounts/{first}/reject")).status_code == 403
    assert (await admin.post(f"/api/v1/admin/accounts/{second}/reject"))["username"] == "second"
    assert (await admin.request("GET", f"/api/v1/admin/accounts/{second}")).status_code == 404
    # The name is free again.
    await wait("second")
    assert await recorded(site) == ["account.approve", "account.reject"]


async def test_a_limited_account_leaves_public_view_but_not_its_followers(site: Site, admin: Member) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.post(f"/api/v1/accounts/{bob.id}/follow")
    post = await bob.say("hello #town")
    await site.settle()
    for path in ("/api/v1/timelines/public", "/api/v1/timelines/tag/town"):
        assert await ann.ids(path) == [post["id"]]
    await act(admin, bob, "silence", text="Too loud.")
    for path in ("/api/v1/timelines/public", "/api/v1/timelines/tag/town"):
        assert await ann.ids(path) == []
    assert await ann.ids("/api/v1/timelines/home") == [post["id"]]
    assert (await ann.get(f"/api/v1/accounts/{bob.id}"))["limited"] is True
    await site.settle()
    warning = (await bob.get("/api/v1/notifications"))[0]
    assert warning["type"] == "moderation_warning"
    assert warning["moderation_warning"] == {
        "id": warning["moderation_warning"]["id"],
        "action": "silence",
        "text": "Too loud.",
        "status_ids": None,
        "target_account": await bob.get(f"/api/v1/accounts/{bob.id}"),
        "appeal": None,
        "created_at": warning["moderation_warning"]["created_at"],
    }
    await admin.post(f"/api/v1/admin/accounts/{bob.id}/unsilence")
    assert await ann.ids("/api/v1/timelines/public") == [post["id"]]
    assert await recorded(site) == ["account.silence", "account.unsilence"]


async def test_a_disabled_account_can_do_nothing_until_it_signs_in_anew(site: Site, admin: Member) -> None:
    bob = await site.member("bob")
    await act(admin, bob, "disable")
    assert (await bob.request("GET", "/api/v1/accounts/verify_credentials")).status_code == 401
    # Its profile stays.
    assert (await site.client.get(f"/api/v1/accounts/{bob.id}")).status_code == 200
    entity = await admin.post(f"/api/v1/admin/accounts/{bob.id}/enable")
    assert entity["disabled"] is False
    # The tokens of before stay ended: perhaps it was disabled because somebody had stolen one.
    assert (await bob.request("GET", "/api/v1/accounts/verify_credentials")).status_code == 401
    again = await site.login("bob", bob.account_id)
    assert (await again.request("GET", "/api/v1/accounts/verify_credentials")).status_code == 200


async def test_everything_of_a_sensitized_account_is_sensitive(site: Site, admin: Member) -> None:
    bob = await site.member("bob")
    post = await bob.say("hello")
    assert (await admin.get(f"/api/v1/statuses/{post['id']}"))["sensitive"] is False
    await act(admin, bob, "sensitive")
    assert (await admin.get(f"/api/v1/statuses/{post['id']}"))["sensitive"] is True
    await admin.post(f"/api/v1/admin/accounts/{bob.id}/unsensitive")
    assert (await admin.get(f"/api/v1/statuses/{post['id']}"))["sensitive"] is False


async def test_what_is_done_resolves_reports_and_what_is_said_resolves_one(site: Site, admin: Member) -> None:
    ann, bob = await site.members("ann", "bob")
    first, second, third = [(await ann.post("/api/v1/reports", account_id=bob.id))["id"] for _ in range(3)]
    await act(admin, bob, "none", report_id=first, warning_preset_id="1", text="Really.")
    assert {row["id"] for row in await admin.get("/api/v1/admin/reports")} == {second, third}
    resolved = await admin.get("/api/v1/admin/reports", resolved="true")
    assert [row["id"] for row in resolved] == [first]
    assert resolved[0]["action_taken_by_account"]["username"] == "admin"
    told = await site.services.database.fetchval("select text from account_warnings")
    assert told == "Please read our rules.\n\nReally."
    await act(admin, bob, "silence")
    assert await admin.get("/api/v1/admin/reports") == []
    answer = await admin.request("POST", f"/api/v1/admin/accounts/{ann.id}/action", data={"report_id": first})
    assert answer.status_code == 422
    answer = await admin.request(
        "POST", f"/api/v1/admin/accounts/{bob.id}/action", data={"warning_preset_id": "2"}
    )
    assert answer.status_code == 422


async def test_reports_are_assigned_moved_closed_and_opened(site: Site, admin: Member) -> None:
    ann, bob = await site.members("ann", "bob")
    secret = await bob.say("for @ann alone", visibility="direct")
    made = await ann.post("/api/v1/reports", account_id=bob.id, **{"status_ids[]": secret["id"]})
    path = f"/api/v1/admin/reports/{made['id']}"
    shown = await admin.get(path)
    # The staff reads what was reported, and of the direct messages nothing else.
    assert [post["id"] for post in shown["statuses"]] == [secret["id"]]
    assert (await admin.request("GET", f"/api/v1/statuses/{secret['id']}")).status_code == 404
    assert (shown["account"]["username"], shown["target_account"]["username"]) == ("ann", "bob")
    assert (await admin.post(f"{path}/assign_to_self"))["assigned_account"]["username"] == "admin"
    assert (await admin.post(f"{path}/unassign"))["assigned_account"] is None
    moved = await admin.request("PUT", path, data={"category": "violation", "rule_ids[]": "1"})
    assert (moved.json()["category"], [rule["id"] for rule in moved.json()["rules"]]) == ("violation", ["1"])
    assert (await admin.request("PUT", path, data={"rule_ids[]": "9"})).status_code == 422
    assert (await admin.post(f"{path}/resolve"))["action_taken"] is True
    reopened = await admin.post(f"{path}/reopen")
    assert (reopened["action_taken"], reopened["action_taken_by_account"]) == (False, None)
    assert await admin.get("/api/v1/admin/reports", account_id=bob.id) == []
    assert len(await admin.get("/api/v1/admin/reports", target_account_id=bob.id)) == 1
    assert await recorded(site) == [
        "report.assign", "report.unassign", "report.update", "report.resolve", "report.reopen",
    ]  # fmt: skip


async def test_posts_of_a_report_are_withdrawn_or_marked(site: Site, admin: Member) -> None:
    ann, bob = await site.members("ann", "bob")
    one, two = await bob.say("one"), await bob.say("two")
    form = {"status_ids[]": [one["id"], two["id"]]}
    answer = await ann.request("POST", "/api/v1/reports", data={"account_id": bob.id, **form})
    made = answer.json()
    await act(admin, bob, "mark_as_sensitive", **{"status_ids[]": one["id"]})
    assert (await ann.get(f"/api/v1/statuses/{one['id']}"))["sensitive"] is True
    await site.settle()
    await act(admin, bob, "delete", report_id=made["id"], text="Both broke rule 1.")
    for post in (one, two):
        assert (await ann.request("GET", f"/api/v1/statuses/{post['id']}")).status_code == 404
        assert (await bob.request("GET", f"/api/v1/statuses/{post['id']}")).status_code == 200
    await site.settle()
    told = await bob.get("/api/v1/notifications")
    assert [row["moderation_warning"]["action"] for row in told] == [
        "delete_statuses",
        "mark_statuses_as_sensitive",
    ]
    assert set(told[0]["moderation_warning"]["status_ids"]) == {one["id"], two["id"]}
    of_another = await ann.say("mine")
    answer = await admin.request(
        "POST", f"/api/v1/admin/accounts/{bob.id}/action",
        data={"type": "delete", "status_ids[]": of_another["id"]},
    )  # fmt: skip
    assert answer.status_code == 422


async def test_nobody_acts_on_oneself_or_on_equals(site: Site, admin: Member) -> None:
    moderator = await site.member("mod", role="moderator")
    owner = await site.member("boss", role="owner")
    other = await site.member("admin2", role="admin")
    for actor, about in ((admin, admin), (admin, other), (moderator, admin), (admin, owner)):
        answer = await actor.request(
            "POST", f"/api/v1/admin/accounts/{about.id}/action", data={"type": "suspend"}
        )
        assert answer.status_code == 403
    await act(admin, moderator, "silence")
    await act(owner, admin, "silence")


async def test_sanctions_end_by_themselves(site: Site, admin: Member) -> None:
    bob = await site.member("bob")
    now = site.services.clock.now()
    for kind in ("silence", "sensitive", "disable", "suspend"):
        await act(admin, bob, kind, until=(now + timedelta(hours=1)).isoformat())
    answer = await admin.request(
        "POST", f"/api/v1/admin/accounts/{bob.id}/action",
        data={"type": "silence", "until": (now - timedelta(hours=1)).isoformat()},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "lift_ended_sanctions" in {due.name for due in PERIODIC}
    async with site.services.database.transaction() as tx:
        await lift_ended_sanctions(tx, now)
    assert (await admin.get(f"/api/v1/admin/accounts/{bob.id}"))["suspended"] is True
    async with site.services.database.transaction() as tx:
        await lift_ended_sanctions(tx, now + timedelta(hours=2))
    entity = await admin.get(f"/api/v1/admin/accounts/{bob.id}")
    assert not any(entity[name] for name in ("suspended", "silenced", "sensitized", "disabled"))
    assert len(await recorded(site)) == 8


async def test_the_record_of_the_staff_can_only_grow(site: Site, admin: Member) -> None:
    bob = await site.member("bob")
    await act(admin, bob, "none", text="hello", reason="for the file")
    row = await site.services.database.fetchrow("select * from moderation_actions")
    assert row is not None
    assert (row["verb"], row["actor_id"], row["policy"], row["reason"]) == (
        "account.none", admin.account_id, "hello", "for the file",
    )  # fmt: skip
    for statement in ("update moderation_actions set reason = 'x'", "delete from moderation_actions"):
        with pytest.raises(Exception, match="only ever added"):
            async with site.services.database.transaction() as tx:
                await tx.execute(statement)


async def test_suspending_an_account_with_many_posts_is_quick(site: Site, admin: Member) -> None:
    bob = await site.member("bob")
    async with site.services.database.transaction() as tx:
        await tx.execute(
            "insert into posts (id, account_id, thread_id, visibility, text, created_at)"
            " select $1::bigint + n, $2, $1::bigint + n, 0, 'x', now() from generate_series(1, 20000) as n",
            1 << 50, bob.account_id,
        )  # fmt: skip
    begun = time.perf_counter()
    await act(admin, bob, "suspend")
    assert time.perf_counter() - begun < 1
    assert (await site.client.get(f"/api/v1/accounts/{bob.id}")).status_code == 404
    assert await admin.ids("/api/v1/timelines/public") == []
