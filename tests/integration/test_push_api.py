"""Web Push over HTTP and a local push service: who is told of what, how it is written, and what ends it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from holdfast.main.push_sending import PushSender
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner, count_errands
from holdfast.platform.jobs import RunnerLimits
from holdfast.social.accounts import AccountId, reinstate_account, suspend_account
from holdfast.social.push import SEND_PUSH, PushErrand
from tests.support.entities import problems
from tests.support.push_service import Device, PushService, checked_claims, open_push_service
from tests.support.site import Member, Site, open_site

pytestmark = pytest.mark.integration

PATH = "/api/v1/push/subscription"
EVERY_ALERT = {
    f"data[alerts][{name}]": "true"
    for name in (
        "mention",
        "status",
        "reblog",
        "favourite",
        "follow",
        "follow_request",
        "update",
        "poll",
        "quote",
    )
}


@dataclass
class Desk:
    """A site beside a push service."""

    site: Site
    service: PushService
    sender: PushSender

    async def subscribed(self, member: Member, path: str = "/device", **form: str) -> Device:
        """A device of the member's; `form` takes the place of all alerts."""
        device = Device()
        answer = await member.post(
            PATH,
            **{"subscription[endpoint]": self.service.url + path, **device.form, **(form or EVERY_ALERT)},
        )
        assert answer["endpoint"] == self.service.url + path
        return device

    async def deliver(self) -> int:
        """Run all that is due; how many messages the service holds since the last time."""
        services = self.site.services
        before = len(self.service.messages)
        await self.site.settle()
        runner = ErrandRunner(
            services.database, services.clock, {SEND_PUSH: self.sender.errand}, RunnerLimits()
        )
        await runner.drain()
        return len(self.service.messages) - before

    async def told(self, device: Device) -> list[dict[str, Any]]:
        """What the device reads, from now on."""
        count = await self.deliver()
        messages = self.service.messages[len(self.service.messages) - count :]
        return [json.loads(device.read(message.headers, message.body)) for message in messages]

    async def subscriptions(self) -> int:
        found: int = await self.site.services.database.fetchval("select count(*) from push_subscriptions")
        return found


@asynccontextmanager
async def desk_at(settings: Settings, **changes: Any) -> AsyncIterator[Desk]:
    async with open_push_service() as service:
        changed = msgspec.structs.replace(settings, outbound_private_allowed=(service.host,), **changes)
        async with open_site(changed) as site:
            services = site.services
            sender = PushSender(services.settings, services.database, services.clock, services.outbound)
            yield Desk(site, service, sender)


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    async with desk_at(settings) as opened:
        yield opened


async def test_a_subscription_has_the_fields_that_clients_decode(desk: Desk) -> None:
    ann = await desk.site.member("ann")
    assert (await ann.request("GET", PATH)).status_code == 404
    device = Device()
    form = {
        "subscription[endpoint]": f"{desk.service.url}/x", **device.form, "data[alerts][mention]": "true",
        "data[alerts][admin.sign_up]": "1", "data[alerts][poll]": "false", "data[policy]": "followed",
    }  # fmt: skip
    made = await ann.post(PATH, **form)
    # Mastodon sends a number, and apps decode one.
    assert problems("WebPushSubscription", {**made, "id": str(made["id"])}) == []
    assert type(made["id"]) is int
    assert [name for name, wanted in made["alerts"].items() if wanted] == ["mention", "admin.sign_up"]
    assert (made["standard"], made["policy"]) == (False, "followed")
    # 32 bits: some apps read no more.
    assert 0 < made["id"] < 2**31
    instance = (await desk.site.client.get("/api/v2/instance")).json()
    assert made["server_key"] == instance["configuration"]["vapid"]["public_key"]
    assert await ann.get(PATH) == made
    answer = await ann.request("PUT", PATH, json={"data": {"alerts": {"follow": True}, "policy": "all"}})
    assert answer.status_code == 200
    assert [name for name, wanted in answer.json()["alerts"].items() if wanted] == ["follow"]
    assert (await ann.request("DELETE", PATH)).json() == {}
    assert (await ann.request("GET", PATH)).status_code == 404
    assert (await ann.request("PUT", PATH, json={"data": {"alerts": {}}})).status_code == 404
    assert (await ann.request("DELETE", PATH)).status_code == 200


async def test_a_token_has_one_subscription_and_needs_the_scope(desk: Desk) -> None:
    ann = await desk.site.member("ann")
    first = await ann.post(PATH, **{"subscription[endpoint]": f"{desk.service.url}/1", **Device().form})
    second = await ann.post(
        PATH,
        **{
            "subscription[endpoint]": f"{desk.service.url}/2",
            "subscription[standard]": "true",
            **Device().form,
        },
    )
    assert (first["standard"], second["standard"]) == (False, True)
    assert await desk.subscriptions() == 1
    other = await desk.site.login("ann", ann.account_id)
    assert (await other.request("GET", PATH)).status_code == 404
    reader = await desk.site.login("ann", ann.account_id, scopes="read write follow")
    assert (await reader.request("GET", PATH)).status_code == 403


_NOWHERE = (
    "", "no address", "ftp://push.example.org/x", "https://", "https://push.example.org:22/x",
    "http://push.example.org/x", "https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:10.0.0.1]/x",
    "https://169.254.169.254/latest", "https://2130706433/x", "https://user:secret@push.example.org/x",
    "https://push.example.org\\@10.0.0.1/x", "https://" + "a" * 3000 + ".example.org/",
)  # fmt: skip


async def test_an_endpoint_that_leads_nowhere_we_go_is_refused(desk: Desk) -> None:
    """The push endpoint was the way in of ntfy's CVE-2026-39087."""
    ann = await desk.site.member("ann")
    for endpoint in _NOWHERE:
        form = {"subscription[endpoint]": endpoint, **Device().form}
        answer = await ann.request("POST", PATH, data=form)
        assert answer.status_code == 422, endpoint
        assert list(answer.json()["details"]) == ["subscription[endpoint]"]
    assert await desk.subscriptions() == 0


async def test_a_name_that_leads_into_the_private_network_is_never_asked(settings: Settings) -> None:
    """What was a good name when the app subscribed may lead elsewhere later: each message is checked."""
    async with open_push_service() as service, open_site(settings) as site:
        ann, bob = await site.members("ann", "bob")
        await ann.post(
            PATH,
            **{
                "subscription[endpoint]": f"https://localhost:{service.port}/x",
                **Device().form,
                **EVERY_ALERT,
            },
        )
        services = site.services
        desk = Desk(
            site, service, PushSender(services.settings, services.database, services.clock, services.outbound)
        )
        await bob.say("@ann hi")
        assert await desk.deliver() == 0
        assert await services.database.fetchval("select failures from push_subscriptions") == 1
        assert await count_errands(services.database, SEND_PUSH) == (0, 0)


async def test_bad_choices_are_named(desk: Desk) -> None:
    ann = await desk.site.member("ann")
    good = {"subscription[endpoint]": f"{desk.service.url}/x", **Device().form}
    for form, field in (
        ({**good, "data[policy]": "friends"}, "data[policy]"),
        ({**good, "data[alerts][mention]": "perhaps"}, "data[alerts][mention]"),
        ({**good, "subscription[keys][auth]": "AA"}, "subscription[keys][auth]"),
    ):
        answer = await ann.request("POST", PATH, data=form)
        assert answer.status_code == 422
        assert list(answer.json()["details"]) == [field]
    for body in ({"subscription": "x"}, {"subscription": {"keys": []}}, {"data": {"alerts": [1]}}):
        assert (await ann.request("POST", PATH, json=body)).status_code == 422


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


async def test_a_subscription_goes_with_its_token(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    await desk.subscribed(ann)
    await bob.say("@ann one")
    await desk.site.settle()
    database = desk.site.services.database
    async with database.transaction() as tx:
        await tx.execute("delete from access_tokens where account_id = $1", ann.account_id)
    assert await desk.subscriptions() == 0
    assert await desk.deliver() == 0
    again = await desk.site.login("ann", ann.account_id)
    await desk.subscribed(again)
    async with database.transaction() as tx:
        await tx.execute(
            "delete from apps where id in (select app_id from access_tokens where account_id = $1)",
            ann.account_id,
        )
    assert await desk.subscriptions() == 0


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


async def test_a_subscription_that_ended_is_removed(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    for answer in ("404 Not Found", "410 Gone"):
        await desk.subscribed(ann)
        desk.service.answers = [answer]
        await bob.say(f"@ann {answer}")
        assert await desk.deliver() == 1
        assert await desk.subscriptions() == 0
        assert await count_errands(desk.site.services.database, SEND_PUSH) == (0, 0)


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


async def test_an_endpoint_that_takes_nothing_for_days_is_given_up(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    await desk.subscribed(ann)
    desk.service.answers = ["500 Broken", "403 Forbidden"]
    await bob.say("@ann one")
    assert await desk.deliver() == 1
    assert await desk.subscriptions() == 1
    database = desk.site.services.database
    async with database.transaction() as tx:
        await tx.execute("update push_subscriptions set failing_since = now() - interval '8 days'")
        await tx.execute("update jobs set run_at = now()")
    assert await desk.deliver() == 1
    assert await desk.subscriptions() == 0


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


async def test_an_account_has_so_many_subscriptions_and_no_more(settings: Settings) -> None:
    async with desk_at(settings, push_subscriptions_max=2) as desk:
        ann = await desk.site.member("ann")
        for number in range(3):
            device = await desk.site.login("ann", ann.account_id)
            await desk.subscribed(device, f"/{number}")
        rows = await desk.site.services.database.fetch(
            "select endpoint from push_subscriptions order by endpoint"
        )
        assert [row[0][-2:] for row in rows] == ["/1", "/2"]


async def test_members_without_devices_cost_no_job(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    await bob.say("@ann hi")
    await desk.site.settle()
    assert await desk.site.services.database.fetchval("select count(*) from jobs") == 0
    assert ann.account_id != bob.account_id
