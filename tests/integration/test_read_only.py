"""A server that was replaced, or that does not hold the site yet: it can be read, and says where to go."""

from __future__ import annotations

from holdfast.continuity.shipping import mark_superseded
from holdfast.continuity.standing import keep_notice, mark_unheld, unmark_unheld
from holdfast.platform.config import Settings
from tests.support.site import open_site


async def test_a_replaced_server_is_read_takes_nothing_and_points_to_the_new_one(settings: Settings) -> None:
    async with open_site(settings) as site:
        ann = await site.member("ann")
        post = await ann.say("before")
        mark_superseded(settings.data, 2, "h", site.services.clock.now())
        refused = await ann.request("POST", "/api/v1/statuses", data={"status": "after"})
        assert refused.status_code == 503
        assert "ask the people who run it" in refused.json()["error"]
        keep_notice(settings.data, b'{"signed": "notice"}', "https://new.example")
        refused = await ann.request("POST", "/api/v1/statuses", data={"status": "after"})
        assert "https://new.example" in refused.json()["error"]
        assert (await ann.get(f"/api/v1/statuses/{post['id']}"))["id"] == post["id"]
        notice = await site.client.get("/relaunch.json")
        assert notice.json() == {"signed": "notice"}
        for method, path in (
            ("DELETE", f"/api/v1/statuses/{post['id']}"),
            ("PATCH", "/api/v1/accounts/update_credentials"),
        ):
            assert (await ann.request(method, path)).status_code == 503


async def test_a_site_that_is_not_held_yet_is_read_only_until_it_is(settings: Settings) -> None:
    async with open_site(settings) as site:
        ann = await site.member("ann")
        mark_unheld(settings.data, 2)
        refused = await ann.request("POST", "/api/v1/statuses", data={"status": "too early"})
        assert refused.status_code == 503
        assert "can only be read" in refused.json()["error"]
        unmark_unheld(settings.data)
        await ann.say("now")
