"""Push subscriptions over HTTP: what an app asks for, what is refused, and what ends a subscription."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from holdfast.main.push_sending import PushSender
from holdfast.platform.config import Settings
from holdfast.platform.errands import count_errands
from holdfast.social.push import SEND_PUSH
from tests.support.entities import problems
from tests.support.push_desk import EVERY_ALERT, PATH, Desk, desk_at
from tests.support.push_service import Device, open_push_service
from tests.support.site import open_site

pytestmark = pytest.mark.integration


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
    broken: tuple[dict[str, Any], ...] = (
        {"subscription": "x"},
        {"subscription": {"keys": []}},
        {"data": {"alerts": [1]}},
    )
    for body in broken:
        assert (await ann.request("POST", PATH, json=body)).status_code == 422


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


async def test_a_subscription_that_ended_is_removed(desk: Desk) -> None:
    ann, bob = await desk.site.members("ann", "bob")
    for answer in ("404 Not Found", "410 Gone"):
        await desk.subscribed(ann)
        desk.service.answers = [answer]
        await bob.say(f"@ann {answer}")
        assert await desk.deliver() == 1
        assert await desk.subscriptions() == 0
        assert await count_errands(desk.site.services.database, SEND_PUSH) == (0, 0)


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
