"""Uploads over HTTP: sent, described, attached, served, gone."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec
import pytest
from PIL import Image

from holdfast.main.media_work import open_media_worker
from holdfast.platform.config import Settings
from holdfast.social.accounts import suspend_account
from holdfast.social.posts import PostState, decide_post
from tests.support import pictures
from tests.support.pictures import SECRET, send, upload
from tests.support.site import Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, rate_media=1000)) as opened:
        yield opened


def path(url: str | None) -> str:
    assert url is not None
    return urlsplit(url).path


async def served(site: Site, url: str | None) -> bytes:
    response = await site.client.get(path(url))
    assert response.status_code == 200, response.text
    return bytes(response.content)


async def test_a_picture_is_uploaded_described_attached_and_seen(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg(), description="A <b>red</b> corner", focus="0.5,-0.25")
    assert media["type"] == "image"
    assert media["description"] == "A <b>red</b> corner"
    assert media["meta"]["original"] == {"width": 320, "height": 200, "size": "320x200", "aspect": 1.6}
    assert media["meta"]["focus"] == {"x": 0.5, "y": -0.25}
    assert len(media["blurhash"]) == 36
    post = await ann.say("look", **{"media_ids[]": media["id"]})
    assert [one["id"] for one in post["media_attachments"]] == [media["id"]]
    assert post["media_attachments"][0] == media
    answer = await site.client.get(path(media["url"]))
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(answer.content)).size == (320, 200)
    page = await site.client.get(f"/@ann/{post['id']}")
    assert media["preview_url"] in page.text or path(media["preview_url"]) in page.text
    assert "A &lt;b&gt;red&lt;/b&gt; corner" in page.text


async def test_media_of_others_unfinished_or_attached_ones_are_refused(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    mine = await upload(ann, pictures.jpeg())
    for member, ids in ((bob, [mine["id"]]), (ann, ["12345"]), (ann, [mine["id"], "x"])):
        answer = await member.request("POST", "/api/v1/statuses", data={"status": "x", "media_ids[]": ids})
        assert answer.status_code == 422, answer.text
        assert "attachment was not found" in answer.json()["error"]
    for method in ("GET", "PUT", "DELETE"):
        assert (await bob.request(method, f"/api/v1/media/{mine['id']}")).status_code == 404
    post = await ann.say("first", **{"media_ids[]": mine["id"]})
    again = await ann.request("POST", "/api/v1/statuses", data={"status": "x", "media_ids[]": mine["id"]})
    assert again.status_code == 422
    taken = await ann.request("DELETE", f"/api/v1/media/{mine['id']}")
    assert taken.status_code == 422
    assert taken.json()["error"] == "Media attachment is currently used by a status"
    # What a post has is described by editing the post, so that it is screened.
    assert (
        await ann.request("PUT", f"/api/v1/media/{mine['id']}", data={"description": "y"})
    ).status_code == 404
    assert (await ann.get(f"/api/v1/statuses/{post['id']}"))["media_attachments"][0]["description"] is None


async def test_order_is_kept_and_five_are_too_many(site: Site) -> None:
    ann = await site.member("ann")
    ids = [(await upload(ann, pictures.png(pictures.picture(40, 30, seed=n + 1))))["id"] for n in range(5)]
    answer = await ann.request("POST", "/api/v1/statuses", data={"media_ids[]": ids})
    assert answer.status_code == 422
    assert "more than 4" in answer.json()["error"]
    wanted = [ids[2], ids[0], ids[3], ids[1]]
    post = await ann.post("/api/v1/statuses", **{"media_ids[]": wanted})
    assert [media["id"] for media in post["media_attachments"]] == wanted


async def test_a_repeated_request_with_media_gives_the_same_post(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg())
    form = {"status": "once", "media_ids[]": media["id"]}
    first, second = [
        (await ann.request("POST", "/api/v1/statuses", data=form, headers={"idempotency-key": "k"})).json()
        for _ in range(2)
    ]
    assert first["id"] == second["id"]


async def test_an_edit_changes_media_and_history_keeps_them(site: Site) -> None:
    ann = await site.member("ann")
    one, two = [await upload(ann, pictures.png(pictures.picture(40, 30, seed=n))) for n in (3, 4)]
    post = await ann.say("v1", **{"media_ids[]": one["id"]})
    edited = await ann.request(
        "PUT",
        f"/api/v1/statuses/{post['id']}",
        json={
            "status": "v2",
            "media_ids": [two["id"], one["id"]],
            "media_attributes": [{"id": one["id"], "description": "new words", "focus": "1,1"}],
        },
    )
    assert edited.status_code == 200, edited.text
    shown = edited.json()["media_attachments"]
    assert [media["id"] for media in shown] == [two["id"], one["id"]]
    assert shown[1]["description"] == "new words"
    await ann.request("PUT", f"/api/v1/statuses/{post['id']}", json={"status": "v3"})
    kept = await ann.get(f"/api/v1/statuses/{post['id']}")
    assert len(kept["media_attachments"]) == 2, "an edit that says nothing of media leaves them"
    await ann.request(
        "PUT", f"/api/v1/statuses/{post['id']}", json={"status": "v4", "media_ids": [two["id"]]}
    )
    history = await ann.get(f"/api/v1/statuses/{post['id']}/history")
    assert [len(version["media_attachments"]) for version in history] == [1, 2, 2, 1]
    assert history[0]["media_attachments"][0]["description"] is None
    assert history[1]["media_attachments"][1]["description"] == "new words"


async def test_an_edit_brings_another_preview(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg())
    post = await ann.say("v1", **{"media_ids[]": media["id"]})
    edited = await ann.request(
        "PUT",
        f"/api/v1/statuses/{post['id']}",
        data={"status": "v1", "media_attributes[][id]": media["id"], "media_ids[]": media["id"]},
        files={
            "media_attributes[][thumbnail]": ("t.png", pictures.png(pictures.picture(30, 30)), "image/png")
        },
    )
    assert edited.status_code == 200, edited.text
    [shown] = edited.json()["media_attachments"]
    assert shown["preview_url"] != media["preview_url"]
    assert shown["url"] == media["url"]
    assert shown["meta"]["small"]["width"] == 30
    assert (await site.client.get(urlsplit(shown["preview_url"]).path)).status_code == 200
    address = f"data:image/png;base64,{b64encode(pictures.png(pictures.picture(20, 20))).decode()}"
    attributes = [{"id": media["id"], "thumbnail": address}]
    again = await ann.request(
        "PUT", f"/api/v1/statuses/{post['id']}", json={"status": "v1", "media_attributes": attributes}
    )
    assert again.json()["media_attachments"][0]["meta"]["small"]["width"] == 20
    attributes[0]["thumbnail"] = "data:image/png;base64,!"
    broken = await ann.request(
        "PUT", f"/api/v1/statuses/{post['id']}", json={"status": "v1", "media_attributes": attributes}
    )
    assert broken.status_code == 422


async def test_a_post_has_media_and_a_poll(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg())
    poll = {"options": ["yes", "no"], "expires_in": 600}
    body = {"status": "both", "media_ids": [media["id"]], "poll": poll}
    post = (await ann.request("POST", "/api/v1/statuses", json=body)).json()
    assert [option["title"] for option in post["poll"]["options"]] == ["yes", "no"]
    assert [one["id"] for one in post["media_attachments"]] == [media["id"]]


async def test_p3_deleted_posts_leave_no_file_behind(site: Site) -> None:
    ann = await site.member("ann")
    for how in ({}, {"delete_media": "true"}):
        media = await upload(ann, pictures.jpeg(), description="kept words")
        post = await ann.say("soon gone", **{"media_ids[]": media["id"]})
        answer = await ann.request("DELETE", f"/api/v1/statuses/{post['id']}", params=how)
        assert answer.status_code == 200
        for url in (media["url"], media["preview_url"]):
            assert (await site.client.get(path(url))).status_code == 404
        if how:
            assert answer.json()["media_attachments"] == []
            assert (await ann.request("GET", f"/api/v1/media/{media['id']}")).status_code == 404
        else:
            # For a redraft it is there, under another address.
            (left,) = answer.json()["media_attachments"]
            assert left["description"] == "kept words"
            assert await served(site, left["url"])
            again = await ann.say("redraft", **{"media_ids[]": media["id"]})
            assert again["media_attachments"][0]["url"] == left["url"]


async def test_files_that_nothing_has_are_removed_from_the_store(site: Site) -> None:
    services = site.services
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg())
    twin = await upload(ann, pictures.jpeg())
    post = await ann.say("kept", **{"media_ids[]": twin["id"]})
    only = await upload(ann, pictures.png(pictures.picture(50, 50, seed=9)))
    hashes = [row[0] for row in await services.database.fetch("select hash from blobs")]
    assert len(hashes) == 2, "equal content is stored once; a small picture is its own preview"
    later = services.clock.now() + timedelta(hours=25)
    async with open_media_worker(services.settings, services.database, services.clock) as worker:
        for _ in range(2):
            async with services.database.transaction() as tx:
                await worker.sweep(tx, later)
    for gone in (media, only):
        assert (await ann.request("GET", f"/api/v1/media/{gone['id']}")).status_code == 404
        assert (await site.client.get(path(gone["url"]))).status_code == 404
    assert await served(site, twin["url"])
    left = [row[0] for row in await services.database.fetch("select hash from blobs")]
    for digest in hashes:
        assert (await services.media.blobs.size(digest) is not None) == (digest in left)
    assert len(left) < len(hashes)
    assert (await ann.get(f"/api/v1/statuses/{post['id']}"))["media_attachments"]


async def test_ranges_and_conditions(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg())
    whole = await site.client.get(path(media["url"]))
    size = len(whole.content)
    for asked, status, content, told in (
        ("bytes=0-9", 206, whole.content[:10], f"bytes 0-9/{size}"),
        ("bytes=10-", 206, whole.content[10:], f"bytes 10-{size - 1}/{size}"),
        ("bytes=-7", 206, whole.content[-7:], f"bytes {size - 7}-{size - 1}/{size}"),
        (f"bytes={size}-", 416, b"", f"bytes */{size}"),
        ("bytes=5-2", 416, b"", f"bytes */{size}"),
        ("bytes=0-1,3-4", 200, whole.content, None),
        ("lines=1-2", 200, whole.content, None),
    ):
        answer = await site.client.get(path(media["url"]), headers={"range": asked})
        assert (answer.status_code, answer.content) == (status, content), asked
        assert answer.headers.get("content-range") == told
    same = await site.client.get(path(media["url"]), headers={"if-none-match": whole.headers["etag"]})
    assert same.status_code == 304
    other = await site.client.get(
        path(media["url"]), headers={"range": "bytes=0-9", "if-range": '"something else"'}
    )
    assert other.status_code == 200
    head = await site.client.head(path(media["url"]))
    assert head.headers["content-length"] == str(size)
    assert head.content == b""


async def test_a_withdrawn_post_and_a_suspended_account_serve_nothing(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg())
    post = await ann.say("hello", **{"media_ids[]": media["id"]})
    internal = site.services.ids.decode(post["id"])
    assert internal is not None
    for state, status in ((PostState.WITHDRAWN, 404), (PostState.VISIBLE, 200)):
        async with site.services.database.transaction() as tx:
            await decide_post(tx, internal, state)
        assert (await site.client.get(path(media["url"]))).status_code == status
    async with site.services.database.transaction() as tx:
        await suspend_account(tx, ann.account_id, now=site.services.clock.now())
    assert (await site.client.get(path(media["url"]))).status_code == 404


async def test_descriptions_are_screened_with_the_post(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg(), description="I will kill the senator tomorrow at noon")
    post = await ann.say("look", **{"media_ids[]": media["id"]})
    assert post["holdfast"]["state"] == "held"


async def test_timelines_can_be_narrowed_to_media(site: Site) -> None:
    ann = await site.member("ann")
    await ann.say("words #town")
    media = await upload(ann, pictures.jpeg())
    post = await ann.say("picture #town", **{"media_ids[]": media["id"]})
    for where in ("timelines/public", "timelines/tag/town", f"accounts/{ann.id}/statuses"):
        assert await ann.ids(f"/api/v1/{where}", only_media="true") == [post["id"]], where
        assert len(await ann.ids(f"/api/v1/{where}")) == 2
    feed = (await site.client.get("/@ann/feed.atom")).text
    assert f'rel="enclosure" href="{media["url"]}" type="image/jpeg"' in feed


async def test_a_scheduled_post_keeps_its_media(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg())
    waiting = await ann.say("later", scheduled_at="2032-01-02T03:04:05Z", **{"media_ids[]": media["id"]})
    assert [one["id"] for one in waiting["media_attachments"]] == [media["id"]]
    other = await ann.request("POST", "/api/v1/statuses", data={"status": "x", "media_ids[]": media["id"]})
    assert other.status_code == 422
    assert (await ann.request("DELETE", f"/api/v1/scheduled_statuses/{waiting['id']}")).status_code == 200
    assert (await ann.say("now", **{"media_ids[]": media["id"]}))["media_attachments"]


async def test_avatars_and_headers(site: Site) -> None:
    ann = await site.member("ann")
    before = await ann.get("/api/v1/accounts/verify_credentials")
    assert (await ann.get("/api/v1/profile"))["avatar"] is None
    answer = await ann.request(
        "PATCH",
        "/api/v1/accounts/update_credentials",
        files={"avatar": ("a.png", pictures.gif(), "image/png"), "header": ("h", pictures.jpeg(), "x/y")},
        data={"display_name": "Ann", "avatar_description": "Me, blinking"},
    )
    assert answer.status_code == 200, answer.text
    now = answer.json()
    assert now["display_name"] == "Ann"
    assert now["avatar_description"] == "Me, blinking"
    assert now["avatar"] != now["avatar_static"] != before["avatar_static"]
    moving = Image.open(io.BytesIO(await served(site, now["avatar"])))
    still = Image.open(io.BytesIO(await served(site, now["avatar_static"])))
    assert (moving.size, getattr(moving, "is_animated", False)) == ((400, 400), True)
    assert (still.size, getattr(still, "is_animated", False)) == ((400, 400), False)
    assert Image.open(io.BytesIO(await served(site, now["header"]))).size == (1500, 500)
    assert SECRET.encode() not in await served(site, now["header"])
    page = (await site.client.get("/@ann")).text
    assert path(now["avatar"]) in page
    back = await ann.request("DELETE", "/api/v1/profile/avatar")
    assert back.json()["avatar"] == before["avatar"]
    assert (await site.client.get(path(now["avatar"]))).status_code == 404
    assert (await ann.get("/api/v1/profile"))["header"] == now["header"]
    bad = await ann.request(
        "PATCH", "/api/v1/accounts/update_credentials", files={"avatar": ("a.png", b"<svg/>", "image/png")}
    )
    assert bad.status_code == 422
    text = await ann.request("PATCH", "/api/v1/profile", json={"header": "data:image/png;base64,AAAA"})
    assert text.status_code == 422


async def test_a_quota_and_a_rate(settings: Settings) -> None:
    tight = msgspec.structs.replace(settings, rate_media=2)
    async with open_site(tight) as site:
        ann = await site.member("ann")
        site.services.media.__dict__["limits"] = msgspec.structs.replace(
            site.services.media.limits, quota_bytes=1
        )
        full = await send(ann, pictures.jpeg())
        assert full.status_code == 422
        assert "all the room" in full.json()["error"]
        await send(ann, pictures.jpeg())
        third = await send(ann, pictures.jpeg())
        assert third.status_code == 429
        assert third.headers["x-ratelimit-limit"] == "2"


async def test_instance_says_what_is_taken(site: Site) -> None:
    told = (await site.client.get("/api/v2/instance")).json()["configuration"]
    assert told["statuses"]["max_media_attachments"] == 4
    media = told["media_attachments"]
    assert media["image_size_limit"] == 16 * 1024 * 1024
    assert media["description_limit"] == 1500
    assert {"image/jpeg", "image/heic", "image/avif"} <= set(media["supported_mime_types"])
    assert "image/svg+xml" not in media["supported_mime_types"]


async def test_the_page_of_edits_shows_what_each_version_had(site: Site) -> None:
    ann = await site.member("ann")
    first, second = [
        await upload(ann, content, description=name)
        for name, content in (("one", pictures.jpeg()), ("two", pictures.png()))
    ]
    status = await ann.say("with one", **{"media_ids[]": first["id"]})
    edited = await ann.request(
        "PUT", f"/api/v1/statuses/{status['id']}", data={"status": "with two", "media_ids[]": second["id"]}
    )
    assert edited.status_code == 200
    page = (await site.client.get(f"/@ann/{status['id']}/history")).text
    now, before = page.split("First version")
    assert ('alt="two"' in now, 'alt="one"' in now) == (True, False)
    assert ('alt="two"' in before, 'alt="one"' in before) == (False, True)
    assert path(first["preview_url"]) in before
