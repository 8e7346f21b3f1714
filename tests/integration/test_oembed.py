"""Posts in pages of others: oEmbed, the framed page, and the timeline of a link."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import msgspec
import pytest

from holdfast.platform.config import Settings
from holdfast.platform.stamps import Kind
from tests.support.site import Site, open_site

pytestmark = pytest.mark.integration


async def test_another_site_finds_and_frames_a_public_post(site: Site) -> None:
    ann = await site.member("ann")
    said = await ann.say("hello <b>world</b>", spoiler_text="")
    answer = await site.client.get(said["url"])
    found = re.search(r'type="application/json\+oembed"[^>]*href="([^"]*)"', answer.text)
    assert found is not None
    entity = (await site.client.get(unescape(found[1]))).json()
    assert (entity["type"], entity["version"], entity["width"]) == ("rich", "1.0", 400)
    assert (entity["author_name"], entity["author_url"]) == ("ann", ann.site.services.base_url + "/@ann")
    assert "<script" not in entity["html"]
    frame = re.search(r'<iframe src="([^"]*)" width="400" height="\d+"', entity["html"])
    assert frame is not None
    framed = await site.client.get(frame[1])
    assert framed.status_code == 200
    assert "hello &lt;b&gt;world" in framed.text
    assert "<script" not in framed.text
    assert "<form" not in framed.text
    assert "set-cookie" not in framed.headers
    policy = framed.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("; sandbox allow-popups allow-popups-to-escape-sandbox")
    assert "x-frame-options" not in framed.headers
    # All other pages let nobody frame them.
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "DENY"


async def test_sizes_and_formats_that_are_asked_for(site: Site) -> None:
    ann = await site.member("ann")
    url = (await ann.say("word " * 90))["url"]

    async def ask(**params: Any) -> dict[str, Any]:
        answer = await site.client.get("/api/oembed", params={"url": url, **params})
        assert answer.status_code == 200, answer.text
        entity: dict[str, Any] = answer.json()
        return entity

    assert 'width="250"' in str((await ask(maxwidth=250))["html"])
    assert 'height="200"' in str((await ask(maxheight=200))["html"])
    assert (await ask(maxwidth=250, format="json"))["width"] == 250
    answer = await site.client.get("/api/oembed", params={"url": url, "format": "xml"})
    assert answer.status_code == 501
    for bad in ({"url": url, "maxwidth": "wide"}, {}):
        assert (await site.client.get("/api/oembed", params=bad)).status_code == 422


async def test_parler_p2_only_what_a_stranger_may_see_is_handed_out(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    base = site.services.base_url
    public = await ann.say("to all")
    for visibility in ("private", "direct"):
        said = await ann.say("@bob to few", visibility=visibility)
        for who in (site.client, ann, bob):
            answer = await who.request("GET", "/api/oembed", params={"url": said["url"]})
            assert answer.status_code == 404
            assert (await who.request("GET", said["url"].removeprefix(base) + "/embed")).status_code == 404
        assert "oembed" not in (await site.client.get(said["url"])).text
    unlisted = await ann.say("hidden in plain sight", visibility="unlisted")
    boost = await bob.post(f"/api/v1/statuses/{public['id']}/reblog")
    good = [
        public["url"], public["uri"], unlisted["url"], f"{public['url']}/embed", f"{base}/@bob/{boost['id']}",
        public["url"].replace("/@ann", "/%40ann"), public["url"] + "?a=b#c",
    ]  # fmt: skip
    for url in good:
        assert (await site.client.get("/api/oembed", params={"url": url})).status_code == 200, url
    bad = [
        "", "x", "http://[", "https://elsewhere.example/@ann/" + public["id"], f"{base}/@bob/{public['id']}",
        f"{base}/@ann/1", f"{base}/@ann", f"{base}/about", f"{base}@evil.example/@ann/{public['id']}",
        f"{base}/@ann/{public['id']}/history", "\0", f"{base}/@ann/" + "9" * 500,
    ]  # fmt: skip
    for url in bad:
        assert (await site.client.get("/api/oembed", params={"url": url})).status_code == 404, url
    await ann.request("DELETE", f"/api/v1/statuses/{public['id']}")
    assert (await site.client.get("/api/oembed", params={"url": public["url"]})).status_code == 404
    assert (await site.client.get(public["url"] + "/embed")).status_code == 404


async def _with_card(site: Site, status_id: str, url: str, final_url: str = "") -> None:
    database, post_id = site.services.database, site.services.ids.decode(status_id)
    await database.fetch(
        "insert into preview_cards (id, url, final_url, state, title, provider_name, created_at)"
        " values ($1, $2, $3, 1, 'A title', 'The Site', now()) on conflict do nothing",
        abs(hash(url)) % (1 << 60), url, final_url or url,
    )  # fmt: skip
    async with database.transaction() as tx:
        await tx.execute(
            "insert into post_cards (post_id, card_id) select $1, id from preview_cards where url = $2",
            post_id,
            url,
        )
        tx.touch(Kind.POST, post_id or 0)


async def test_posts_that_link_to_an_address(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    url = "https://site.example/article"
    shown = [(await ann.say(f"{number} {url}"))["id"] for number in range(3)]
    others = [(await ann.say(url, visibility=visibility))["id"] for visibility in ("unlisted", "private")]
    shy = await bob.say(url)
    await bob.request("PATCH", "/api/v1/accounts/update_credentials", data={"discoverable": "false"})
    led = await ann.say("by way of another")
    for ident in (*shown, *others, shy["id"]):
        await _with_card(site, ident, url)
    await _with_card(site, led["id"], "https://short.example/1", url)
    expected = [led["id"], *reversed(shown)]
    assert await ann.ids("/api/v1/timelines/link", url=url) == expected
    assert await ann.ids("/api/v1/timelines/link", url="HTTPS://Site.example:443/article#part") == expected
    assert await ann.ids("/api/v1/timelines/link", url=url, limit=2) == expected[:2]
    assert await ann.ids("/api/v1/timelines/link", url=url, max_id=expected[1]) == expected[2:]
    assert await ann.ids("/api/v1/timelines/link", url=url, min_id=expected[3], limit=1) == [expected[2]]
    for unknown in ("https://other.example/", "no address", "javascript:1", "\0"):
        assert (
            await ann.request("GET", "/api/v1/timelines/link", params={"url": unknown})
        ).status_code == 404
    assert (await ann.request("GET", "/api/v1/timelines/link")).status_code == 422
    page = await site.client.get(f"/@ann/{shown[0]}")
    assert 'class="link-card" href="https://site.example/article"' in page.text
    assert "<bdi>site.example</bdi> · <bdi>The Site</bdi>" in page.text


async def test_parler_p2_the_timeline_of_a_link_is_for_members_where_timelines_are(
    settings: Settings,
) -> None:
    async with open_site(msgspec.structs.replace(settings, timelines_access="members")) as site:
        ann = await site.member("ann")
        asked = {"url": "https://site.example/"}
        assert (await site.client.get("/api/v1/timelines/link", params=asked)).status_code == 401
        assert (await ann.request("GET", "/api/v1/timelines/link", params=asked)).status_code == 404
