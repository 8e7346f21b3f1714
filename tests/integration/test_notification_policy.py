"""Policies and requests: what is kept apart, what is dropped, and how it comes back."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast.main.subscriptions import ERRANDS, HANDLERS
from holdfast.platform.config import Settings
from holdfast.platform.jobs import JobRunner
from holdfast.social.accounts import AccountId, Actor
from holdfast.social.follows import follow_account
from holdfast.social.graph import FollowOptions
from holdfast.social.notification_policies import Treatment, policy_of
from tests.support.browser import open_town
from tests.support.entities import problems
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration

POLICY = "/api/v2/notifications/policy"
REQUESTS = "/api/v1/notifications/requests"


async def told(member: Member, **params: Any) -> list[tuple[str, str]]:
    await member.site.settle()
    rows = await member.get("/api/v1/notifications", **params)
    return [(row["type"], row["account"]["acct"]) for row in rows]


async def policy(member: Member, **form: str) -> dict[str, Any]:
    answer = await member.request("PATCH", POLICY, data=form)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_policy_has_defaults_and_is_changed_in_part(site: Site) -> None:
    ann = await site.member("ann")
    shown = await ann.get(POLICY)
    assert problems("NotificationPolicy", shown) == []
    assert shown == {
        "for_not_following": "accept", "for_not_followers": "accept", "for_new_accounts": "accept",
        "for_private_mentions": "filter", "for_limited_accounts": "filter", "for_bots": "accept",
        "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
    }  # fmt: skip
    changed = await policy(ann, for_new_accounts="drop")
    assert changed == {**shown, "for_new_accounts": "drop"}
    assert await ann.get(POLICY) == changed
    bad = await ann.request("PATCH", POLICY, data={"for_not_following": "perhaps"})
    assert bad.status_code == 422
    assert list(bad.json()["details"]) == ["for_not_following"]


async def test_the_first_version_says_the_same_in_its_words(site: Site) -> None:
    ann = await site.member("ann")
    await policy(ann, for_new_accounts="drop")
    old = "/api/v1/notifications/policy"
    assert await ann.get(old) == {
        "filter_not_following": False, "filter_not_followers": False, "filter_new_accounts": True,
        "filter_private_mentions": True,
        "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
    }  # fmt: skip
    for method in ("PATCH", "PUT"):
        answer = await ann.request(
            method, old, data={"filter_not_following": "true", "filter_private_mentions": "0"}
        )
        assert answer.status_code == 200
    shown = await ann.get(POLICY)
    assert (shown["for_not_following"], shown["for_private_mentions"]) == ("filter", "accept")
    # What the first version does not speak of stays.
    assert (shown["for_new_accounts"], shown["for_limited_accounts"]) == ("drop", "filter")


async def test_what_is_kept_apart_waits_in_a_request(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await policy(ann, for_not_following="filter")
    await ann.post(f"/api/v1/accounts/{eve.id}/follow")
    post = await bob.say("@ann hi")
    await site.settle()
    await bob.post(f"/api/v1/accounts/{ann.id}/follow")
    await site.settle()
    await eve.say("@ann hi")
    assert await told(ann) == [("mention", "eve")]
    assert await told(ann, include_filtered="true") == [
        ("mention", "eve"),
        ("follow", "bob"),
        ("mention", "bob"),
    ]
    # Who asks for one sender wants all of that sender.
    assert len(await told(ann, account_id=bob.id)) == 2
    assert await ann.get("/api/v1/notifications/unread_count") == {"count": 1}
    assert len((await ann.get("/api/v2/notifications"))["notification_groups"]) == 1
    [request] = await ann.get(REQUESTS)
    assert problems("NotificationRequest", request) == []
    assert (request["account"]["acct"], request["notifications_count"]) == ("bob", "2")
    assert request["last_status"]["id"] == post["id"]
    assert await ann.get(f"{REQUESTS}/{request['id']}") == request
    assert (await ann.get(POLICY))["summary"] == {
        "pending_requests_count": 1, "pending_notifications_count": 2,
    }  # fmt: skip
    assert (await bob.request("GET", f"{REQUESTS}/{request['id']}")).status_code == 404
    assert (await bob.request("POST", f"{REQUESTS}/{request['id']}/accept")).status_code == 404
    assert await ann.get(f"{REQUESTS}/merged") == {"merged": True}


async def test_an_accepted_sender_is_heard_from_then_on(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await policy(ann, for_not_following="filter")
    await bob.say("@ann one")
    assert await told(ann) == []
    [request] = await ann.get(REQUESTS)
    assert await ann.post(f"{REQUESTS}/{request['id']}/accept") == {}
    assert await told(ann) == [("mention", "bob")]
    await bob.say("@ann two")
    assert await told(ann) == [("mention", "bob")] * 2
    assert await ann.get(REQUESTS) == []
    assert (await ann.request("POST", f"{REQUESTS}/{request['id']}/accept")).status_code == 404


async def test_a_dismissed_request_is_gone_until_something_new_comes(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await policy(ann, for_not_following="filter")
    await bob.say("@ann one")
    await site.settle()
    [request] = await ann.get(REQUESTS)
    assert await ann.post(f"{REQUESTS}/{request['id']}/dismiss") == {}
    assert await ann.get(REQUESTS) == []
    assert await told(ann, include_filtered="true") == []
    await bob.say("@ann two")
    await site.settle()
    [again] = await ann.get(REQUESTS)
    assert again["notifications_count"] == "1"
    assert again["id"] != request["id"]


async def test_many_requests_are_settled_at_once_and_paged(site: Site) -> None:
    ann, bob, eve, joe = await site.members("ann", "bob", "eve", "joe")
    await policy(ann, for_not_following="filter")
    for member in (bob, eve, joe):
        await member.say("@ann hi")
        await site.settle()
    rows = await ann.get(REQUESTS)
    assert [row["account"]["acct"] for row in rows] == ["joe", "eve", "bob"]
    assert await ann.ids(REQUESTS, limit="1") == [rows[0]["id"]]
    assert await ann.ids(REQUESTS, max_id=rows[0]["id"]) == [row["id"] for row in rows[1:]]
    assert await ann.ids(REQUESTS, min_id=rows[2]["id"], limit="1") == [rows[1]["id"]]
    await ann.request("POST", f"{REQUESTS}/accept", data={"id[]": [rows[0]["id"], rows[1]["id"], "123"]})
    assert sorted(await told(ann)) == [("mention", "eve"), ("mention", "joe")]
    await ann.request("POST", f"{REQUESTS}/dismiss", json={"id": [rows[2]["id"]]})
    assert await ann.get(REQUESTS) == []
    too_many = await ann.request("POST", f"{REQUESTS}/accept", json={"id": ["1"] * 1000})
    assert too_many.status_code == 422


async def test_what_is_dropped_is_never_made(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await policy(ann, for_not_following="drop")
    await bob.say("@ann hi")
    assert await told(ann, include_filtered="true") == []
    assert await ann.get(REQUESTS) == []
    await policy(ann, for_not_following="accept")
    assert await told(ann) == []


async def test_a_strangers_letter_waits_unless_the_member_wrote_first(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await bob.say("@ann psst", visibility="direct")
    assert await told(ann) == []
    own = await ann.say("@eve psst", visibility="direct")
    await site.settle()
    await eve.say("@ann yes?", visibility="direct", in_reply_to_id=own["id"])
    assert await told(ann) == [("mention", "eve")]


async def test_a_limited_account_waits_apart_and_the_staff_does_not(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    guard = await site.member("guard", role="moderator")
    await policy(ann, for_not_following="drop", for_private_mentions="drop")
    await guard.say("@ann about your report", visibility="direct")
    assert await told(ann) == [("mention", "guard")]
    await policy(ann, for_not_following="accept")
    async with site.services.database.transaction() as tx:
        await tx.execute("update accounts set limited_at = now() where id = $1", bob.account_id)
        tx.touch_everything()
    await bob.say("@ann hi")
    assert await told(ann) == [("mention", "guard")]
    assert [row["account"]["acct"] for row in await ann.get(REQUESTS)] == ["bob"]


async def test_what_the_member_brought_about_is_always_told(site: Site) -> None:
    """The end of a poll and the edit of a boosted post follow from what the member did."""
    ann, bob = await site.members("ann", "bob")
    post = await bob.say("first")
    await ann.post(f"/api/v1/statuses/{post['id']}/reblog")
    await site.settle()
    await policy(ann, for_not_following="drop", for_not_followers="drop", for_new_accounts="drop")
    await bob.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "second"})
    assert await told(ann) == [("update", "bob")]


async def test_a_request_of_somebody_turned_away_or_of_nothing_is_not_shown(site: Site) -> None:
    ann, bob, eve = await site.members("ann", "bob", "eve")
    await policy(ann, for_not_following="filter")
    post = await bob.say("@ann hi")
    await eve.say("@ann hi")
    await site.settle()
    assert len(await ann.get(REQUESTS)) == 2
    await bob.request("DELETE", f"/api/v1/statuses/{post['id']}")
    await ann.post(f"/api/v1/accounts/{eve.id}/block")
    assert await ann.get(REQUESTS) == []
    assert (await ann.get(POLICY))["summary"]["pending_requests_count"] == 0


async def test_a_member_without_an_app_decides_on_a_page(settings: Settings) -> None:
    async with open_town(settings) as town:
        services = town.services
        ann, bob = await town.member("ann"), await town.member("bob")
        browser = await town.signed_in("ann")
        await browser.open("/settings/notifications")
        assert "Nobody is kept apart" in browser.page
        saved = await browser.send("/settings/notifications", not_following="filter", bots="nonsense")
        assert saved.status_code == 303
        chosen = await policy_of(services.database, ann)
        assert (chosen.not_following, chosen.bots) == (Treatment.FILTER, Treatment.ACCEPT)
        async with services.database.transaction() as tx:
            await follow_account(tx, Actor(bob), AccountId(ann), FollowOptions(), now=services.clock.now())
        await JobRunner(services.database, services.clock, HANDLERS, elsewhere=ERRANDS).drain()
        await browser.open("/settings/notifications")
        assert "@bob" in browser.page
        request_id = await services.database.fetchval("select id from notification_requests")
        path = f"/settings/notifications/requests/{services.ids.encode(request_id)}"
        assert (await browser.send(f"{path}/accept")).status_code == 303
        assert await services.database.fetchval("select filtered from notifications") is False
        await browser.open("/settings/notifications")
        assert "@bob" not in browser.page
