"""Push messages through a local push service: how they are written, who is told of what, and what is never told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from holdfast.main.jobs_runner import run_worker
from holdfast.platform.config import Settings
from holdfast.platform.errands import count_errands
from holdfast.social.accounts import AccountId, reinstate_account, suspend_account
from holdfast.social.push import SEND_PUSH, PushErrand
from tests.support.browser import Town
from tests.support.emojis import animation
from tests.support.push_desk import EVERY_ALERT, PATH, Desk, desk_at
from tests.support.push_service import Device, checked_claims

pytestmark = pytest.mark.integration


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async with desk_at(settings) as opened:
        yield opened


async def test_a_message_shows_the_picture_that_its_author_has_now_without_motion(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    device = await desk.subscribed(ann, **EVERY_ALERT)
    changed = await bob.request(
        "PATCH", "/api/v1/accounts/update_credentials", files={"avatar": ("a.gif", animation())}
    )
    await bob.say("@ann hello")
    [message] = await desk.told(device)
    account = changed.json()
    assert "/media/" in account["avatar_static"] != account["avatar"]
    assert message["icon"] == account["avatar_static"]


@pytest.mark.parametrize("standard", [True, False])
async def test_a_message_is_signed_encrypted_and_says_what_apps_need(desk: Desk, standard: bool) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    device = await desk.subscribed(ann, **EVERY_ALERT, **{"subscription[standard]": str(standard).lower()})
    post = await bob.say("@ann hello  there")
    [message] = await desk.told(device)
    [notification] = await ann.get("/api/v1/notifications")
    assert message == {
        "access_token": ann.token, "preferred_locale": "en", "notification_id": message["notification_id"],
        "notification_type": "mention", "icon": message["icon"], "title": "bob mentioned you",
        "body": "@ann hello there",
    }  # fmt: skip
    # Apps read a number of 53 bits, and ask for it.
    assert 0 < message["notification_id"] < 2**53
    assert await ann.get(f"/api/v1/notifications/{message['notification_id']}") == notification
    assert (
        await bob.request("GET", f"/api/v1/notifications/{message['notification_id']}")
    ).status_code == 404
    assert notification["status"]["id"] == post["id"]
    icon = await desk.site.client.get(message["icon"].removeprefix(desk.site.services.base_url))
    assert icon.status_code == 200
    assert message["icon"] == notification["account"]["avatar_static"]
    [sent] = desk.service.messages
    assert sent.path == "/device"
    key = desk.site.services.keyring.vapid_public()
    if standard:
        scheme, token, shown = sent.headers["authorization"].split()
        assert (scheme, shown) == ("vapid", f"k={key}")
        claims = checked_claims(token.removeprefix("t=").removesuffix(","), key)
        assert sent.headers["content-encoding"] == "aes128gcm"
    else:
        scheme, token = sent.headers["authorization"].split()
        assert scheme == "WebPush"
        assert sent.headers["crypto-key"].endswith(f";p256ecdsa={key}")
        claims = checked_claims(token, key)
        assert sent.headers["content-encoding"] == "aesgcm"
    assert claims["aud"] == desk.service.url
    assert 0 < int(sent.headers["ttl"]) <= desk.site.services.settings.push_ttl_seconds
    assert sent.headers["urgency"] == "high"
    assert len(sent.headers["topic"]) == 32


async def test_nothing_of_a_message_is_kept(desk: Desk) -> None:
    """The access token is sealed in the table, and errands hold ids alone."""
    ann, bob = await desk.site.members("ann", "bob")
    await desk.subscribed(ann)
    await bob.say("@ann a secret word")
    await desk.site.settle()
    database = desk.site.services.database
    kept = await database.fetch("select payload from jobs where kind = $1", SEND_PUSH)
    assert [msgspec.json.decode(row[0], type=PushErrand).subscription_id for row in kept] == [
        await database.fetchval("select id from push_subscriptions")
    ]
    sealed = await database.fetchval("select sealed_token from push_subscriptions")
    assert ann.token.encode() not in sealed
    assert await desk.deliver() == 1
    assert await database.fetchval("select count(*) from jobs where kind = $1", SEND_PUSH) == 0


async def test_an_operator_can_keep_access_tokens_out_of_messages(settings: Settings) -> None:
    async with desk_at(settings, push_access_token=False) as desk:
        ann, bob = await desk.site.members("ann", "bob")
        device = await desk.subscribed(ann)
        assert (
            await desk.site.services.database.fetchval("select sealed_token from push_subscriptions") is None
        )
        await bob.say("@ann hi")
        [message] = await desk.told(device)
        assert message["access_token"] == ""


async def test_a_token_that_the_browser_keeps_for_the_app_is_never_in_a_message(desk: Desk) -> None:
    """ADR 0025: scripts cannot read that token, and the service worker is a script."""
    town = Town(desk.site.app, desk.site.services)
    try:
        await town.member("ada")
        browser = await town.signed_in("ada")
        entered = await browser.client.post(
            "/api/holdfast/v1/session", headers={"x-requested-with": "Holdfast", "origin": browser.origin}
        )
        account = entered.json()["account_id"]
        secret = browser.client.cookies[f"holdfast_app_{account}"]
        device = Device()
        answer = await browser.client.post(
            PATH,
            data={"subscription[endpoint]": f"{desk.service.url}/app", **device.form, **EVERY_ALERT},
            headers={"x-holdfast-account": account, "origin": browser.origin},
        )
        assert answer.status_code == 200, answer.text
        assert secret not in answer.text
        (bob,) = await desk.site.members("bob")
        await bob.say("@ada hi")
        [message] = await desk.told(device)
        assert message["title"] == "bob mentioned you"
        assert message["access_token"] == ""
        assert secret not in json.dumps(message)
    finally:
        await town.close()


async def test_a_browser_can_show_a_declarative_message_by_itself(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    device = await desk.subscribed(
        ann, **EVERY_ALERT, **{"subscription[standard]": "true", "subscription[declarative]": "true"}
    )
    post = await bob.say("@ann hi")
    [message] = await desk.told(device)
    assert message["web_push"] == 8030
    shown = message["notification"]
    assert (shown["title"], shown["body"], shown["navigate"]) == ("bob mentioned you", "@ann hi", post["url"])
    assert message["notification_type"] == "mention"


async def test_a_warning_hides_what_it_warns_of(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    device = await desk.subscribed(ann)
    await bob.say("@ann the end of the film", spoiler_text="film")
    assert [message["body"] for message in await desk.told(device)] == ["film"]


async def test_alerts_and_policy_say_who_is_told_of_what(desk: Desk) -> None:
    ann, bob, eve = await desk.site.members("ann", "bob", "eve")
    post = await ann.say("hello")
    await ann.post(f"/api/v1/accounts/{bob.id}/follow")
    await eve.post(f"/api/v1/accounts/{ann.id}/follow")
    await desk.site.settle()
    device = await desk.subscribed(ann, **{"data[alerts][favourite]": "true", "data[policy]": "all"})

    async def told_of(policy: str) -> list[str]:
        await ann.request("PUT", PATH, json={"data": {"alerts": {"favourite": True}, "policy": policy}})
        for member in (bob, eve):
            await member.post(f"/api/v1/statuses/{post['id']}/unfavourite")
            await member.say("@ann hi")
            await desk.site.settle()
            await member.post(f"/api/v1/statuses/{post['id']}/favourite")
            await desk.site.settle()
        return [message["title"].split()[0] for message in await desk.told(device)]

    assert await told_of("all") == ["bob", "eve"]
    assert await told_of("followed") == ["bob"]
    assert await told_of("follower") == ["eve"]
    assert await told_of("none") == []


async def test_a_deleted_post_is_not_pushed_later(desk: Desk) -> None:
    """Row P3 of the security history: replay after delete."""
    ann, bob = await desk.site.members("ann", "bob")
    await desk.subscribed(ann)
    post = await bob.say("@ann I should not have said that")
    await desk.site.settle()
    assert (await bob.request("DELETE", f"/api/v1/statuses/{post['id']}")).status_code == 200
    assert await desk.deliver() == 0
    assert await count_errands(desk.site.services.database, SEND_PUSH) == (0, 0)


async def test_what_is_hidden_dismissed_or_turned_away_meanwhile_is_not_pushed(desk: Desk) -> None:
    ann, bob, eve, joe = await desk.site.members("ann", "bob", "eve", "joe")
    await desk.subscribed(ann)
    held = await bob.say("@ann one")
    await eve.say("@ann two")
    await joe.say("@ann three")
    await desk.site.settle()
    services = desk.site.services
    async with services.database.transaction() as tx:
        await tx.execute("update posts set state = 2 where id = $1", services.ids.decode(held["id"]))
        tx.touch_everything()
    await ann.post(f"/api/v1/accounts/{eve.id}/block")
    [newest, *_] = await ann.get("/api/v1/notifications")
    await ann.post(f"/api/v1/notifications/{newest['id']}/dismiss")
    assert await desk.deliver() == 0


async def test_what_a_policy_keeps_apart_is_not_pushed(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    await desk.subscribed(ann)
    await ann.request("PATCH", "/api/v2/notifications/policy", data={"for_not_following": "filter"})
    await bob.say("@ann hi")
    assert await desk.deliver() == 0
    assert await count_errands(desk.site.services.database, SEND_PUSH) == (0, 0)


async def test_a_suspended_member_is_sent_nothing(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    await desk.subscribed(ann)
    await bob.say("@ann one")
    await desk.site.settle()
    services = desk.site.services
    async with services.database.transaction() as tx:
        await suspend_account(tx, AccountId(ann.account_id), now=services.clock.now())
    assert await desk.deliver() == 0
    async with services.database.transaction() as tx:
        await reinstate_account(tx, AccountId(ann.account_id), now=services.clock.now())
    # Tokens from before a suspension open nothing after it.
    await bob.say("@ann two")
    assert await desk.deliver() == 0


async def test_a_service_that_is_busy_is_asked_again_when_it_wants(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    device = await desk.subscribed(ann)
    services = desk.site.services
    desk.service.answers = ["429 Too Many Requests\r\nRetry-After: 3600", "503 Service Unavailable"]
    await bob.say("@ann one")
    await bob.say("@ann two")
    assert await desk.deliver() == 1
    # The second of the same subscription waits behind the first.
    assert await desk.deliver() == 0
    [first, second] = await services.database.fetch(
        "select id, payload, run_at from jobs where kind = $1 order by id", SEND_PUSH
    )
    wait = first["run_at"] - services.clock.now()
    assert timedelta(minutes=59) < wait <= timedelta(minutes=60)
    assert second["run_at"] < first["run_at"]
    later = await desk.sender.errand(first["payload"])
    assert later is not None
    assert timedelta(seconds=50) < later - services.clock.now() <= timedelta(seconds=61)
    row = await services.database.fetchrow("select failures, failing_since from push_subscriptions")
    assert row is not None
    assert row["failures"] == 2
    async with services.database.transaction() as tx:
        await tx.execute("update jobs set run_at = now()")
    assert sorted(message["body"] for message in await desk.told(device)) == ["@ann one", "@ann two"]
    row = await services.database.fetchrow("select failures, failing_since from push_subscriptions")
    assert tuple(row or ()) == (0, None)


async def test_a_message_that_is_refused_is_dropped_and_the_next_one_sent(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    device = await desk.subscribed(ann)
    desk.service.answers = ["413 Too Large", "400 Bad Request"]
    for text in ("one", "two", "three"):
        await bob.say(f"@ann {text}")
        await desk.site.settle()
    told = await desk.told(device)
    assert [message["body"] for message in told] == ["@ann one", "@ann two", "@ann three"]
    assert await count_errands(desk.site.services.database, SEND_PUSH) == (0, 0)


async def test_what_is_too_old_is_not_sent(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    await desk.subscribed(ann)
    await bob.say("@ann one")
    await desk.site.settle()
    async with desk.site.services.database.transaction() as tx:
        await tx.execute("update notifications set created_at = now() - interval '3 days'")
    assert await desk.deliver() == 0


async def test_of_a_group_a_device_that_was_away_is_sent_the_last_alone(desk: Desk) -> None:
    """A push service keeps the newest message of a topic."""
    ann, bob, eve = await desk.site.members("ann", "bob", "eve")
    await desk.subscribed(ann)
    post = await ann.say("hello")
    for member in (bob, eve):
        await member.post(f"/api/v1/statuses/{post['id']}/favourite")
    await bob.say("@ann hi")
    assert await desk.deliver() == 3
    topics = [message.headers["topic"] for message in desk.service.messages]
    assert len(set(topics)) == 2
    assert sorted(message.headers["urgency"] for message in desk.service.messages) == [
        "high",
        "normal",
        "normal",
    ]


async def test_members_without_devices_cost_no_job(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    await bob.say("@ann hi")
    await desk.site.settle()
    assert await desk.site.services.database.fetchval("select count(*) from jobs") == 0
    assert ann.account_id != bob.account_id


async def test_a_worker_sends_what_is_due_by_itself(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    device = await desk.subscribed(ann)
    stop = asyncio.Event()
    working = asyncio.create_task(run_worker(desk.site.services.settings, stop))
    await bob.say("@ann hi")
    async with asyncio.timeout(60):
        await desk.service.came.acquire()
    stop.set()
    await working
    [message] = desk.service.messages
    assert b"@ann hi" in device.read(message.headers, message.body)
