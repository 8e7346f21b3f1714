"""Custom emoji: put in, named in posts and profiles, shown on pages, taken out."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from PIL import Image

from holdfast.platform.config import Settings
from holdfast.pure.errors import Invalid, NotFound
from holdfast.social.emojis import EmojiReader, remove_emoji
from holdfast.social.media import take_unused_blobs
from tests.support import pictures
from tests.support.emojis import animation, put_emoji
from tests.support.entities import problems
from tests.support.site import Site, open_site

PATH = "/api/v1/custom_emojis"


async def served(site: Site, url: str) -> Image.Image:
    response = await site.client.get(urlsplit(url).path)
    assert response.status_code == 200, response.text
    return Image.open(io.BytesIO(response.content))


def codes(entity: dict[str, Any]) -> list[str]:
    assert all(problems("CustomEmoji", one) == [] for one in entity["emojis"])
    return [one["shortcode"] for one in entity["emojis"]]


async def test_an_emoji_is_listed_and_served_without_what_its_file_says(site: Site) -> None:
    assert (await site.client.get(PATH)).json() == []
    await put_emoji(site, ":blob:", pictures.png(pictures.picture(600, 300, mode="RGBA")), " Fun  things ")
    await put_emoji(site, "wave", animation())
    blob, wave = (await site.client.get(PATH)).json()
    assert problems("CustomEmoji", blob) == problems("CustomEmoji", wave) == []
    assert (blob["shortcode"], blob["category"], wave["category"]) == ("blob", "Fun things", None)
    assert blob["url"] == blob["static_url"]
    response = await site.client.get(urlsplit(blob["url"]).path)
    assert pictures.SECRET.encode() not in response.content
    shown = await served(site, blob["url"])
    assert shown.width * shown.height <= 256 * 256
    assert shown.width == pytest.approx(2 * shown.height, abs=1)
    moving, still = await served(site, wave["url"]), await served(site, wave["static_url"])
    assert (getattr(moving, "n_frames", 1), getattr(still, "n_frames", 1)) == (3, 1)


async def test_posts_polls_and_profiles_name_their_emoji(site: Site) -> None:
    ann = await site.member("ann")
    before = await ann.say("hello :blob:", spoiler_text="a :cat:")
    assert codes(before) == []
    await put_emoji(site, "blob")
    await put_emoji(site, "cat")
    await put_emoji(site, "dog")
    again = await ann.get(f"/api/v1/statuses/{before['id']}")
    assert (codes(again), ":blob:" in again["content"]) == (["blob", "cat"], True)
    assert codes(await ann.say("12:blob:30 and ::cat::")) == []
    poll = {"poll[options][]": [":dog:", "none"], "poll[expires_in]": "600"}
    asked = await ann.say("which?", **poll)
    assert codes(asked) == codes(asked["poll"]) == ["dog"]
    changed = await ann.request(
        "PATCH",
        "/api/v1/accounts/update_credentials",
        data={"display_name": "Ann :cat:", "note": ":blob: here"},
    )
    assert codes(changed.json()) == ["cat", "blob"]
    assert codes((await ann.get(f"/api/v1/statuses/{before['id']}"))["account"]) == ["cat", "blob"]
    await ann.request("PUT", f"/api/v1/statuses/{before['id']}", data={"status": "now :dog:"})
    assert [codes(one) for one in await ann.get(f"/api/v1/statuses/{before['id']}/history")] == [
        ["blob", "cat"], ["dog"],
    ]  # fmt: skip


async def test_pages_show_the_pictures_and_escape_the_rest(site: Site) -> None:
    ann = await site.member("ann")
    await put_emoji(site, "blob")
    [blob] = (await site.client.get(PATH)).json()
    picture = f'<img class="emoji" src="{urlsplit(blob["url"]).path}" alt=":blob:"'
    await ann.request(
        "PATCH",
        "/api/v1/accounts/update_credentials",
        data={"display_name": "<b> :blob:", "note": "n :blob:"},
    )
    status = await ann.say("text :blob: https://x.example/:blob:/", spoiler_text="warned :blob:")
    page = (await site.client.get(f"/@ann/{status['id']}")).text
    assert page.count(picture) >= 3
    assert "<bdi>&lt;b&gt; <img" in page
    assert "<b>" not in page
    assert 'href="https://x.example/:blob:/"' in page
    assert (await site.client.get("/@ann")).text.count(picture) >= 3


async def test_every_process_sees_a_change_at_once_and_what_was_taken_out_is_gone(site: Site) -> None:
    ann = await site.member("ann")
    other = EmojiReader(site.services.database)
    status = await ann.say("hello :blob:")
    await put_emoji(site, "blob")
    [first] = (await site.client.get(PATH)).json()
    assert list((await other.look()).emojis) == ["blob"]
    await put_emoji(site, "blob", animation())
    [second] = (await site.client.get(PATH)).json()
    assert second["url"] != first["url"]
    assert (await other.look()).emojis["blob"].file in second["url"]
    shown = await ann.get(f"/api/v1/statuses/{status['id']}")
    assert [one["url"] for one in shown["emojis"]] == [second["url"]]
    assert (await site.client.get(urlsplit(first["url"]).path)).status_code == 404
    async with site.services.database.transaction() as tx:
        await remove_emoji(tx, ":blob:")
    assert codes(await ann.get(f"/api/v1/statuses/{status['id']}")) == []
    assert (await site.client.get(urlsplit(second["url"]).path)).status_code == 404
    assert (await other.look()).emojis == {}
    with pytest.raises(NotFound):
        async with site.services.database.transaction() as tx:
            await remove_emoji(tx, "blob")


async def test_the_sweep_leaves_the_files_of_emoji_alone(site: Site) -> None:
    services = site.services
    await put_emoji(site, "blob")
    async with services.database.transaction() as tx:
        assert await take_unused_blobs(tx, services.clock.now() + timedelta(days=1)) == []
        await remove_emoji(tx, "blob")
        assert len(await take_unused_blobs(tx, services.clock.now() + timedelta(days=1))) == 1


async def test_what_is_no_emoji_is_refused(settings: Settings) -> None:
    async with open_site(msgspec.structs.replace(settings, media_emoji_max_bytes=2000)) as site:
        with pytest.raises(Invalid, match="File size must be less than"):
            await put_emoji(site, "large", pictures.jpeg())
        with pytest.raises(Invalid):
            await put_emoji(site, "words", b"no picture at all")
        for shortcode, category in (("x", None), ("a-b", None), ("good", "c" * 51), ("good", "a\x07b")):
            with pytest.raises(Invalid):
                await put_emoji(site, shortcode, pictures.encoded(pictures.picture(9, 9), "PNG"), category)
        assert (await site.client.get(PATH)).json() == []
