"""Uploads over HTTP: sent, described, attached, served, gone."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import msgspec
import pytest
from PIL import Image

from holdfast.platform.config import Settings
from holdfast.social.posts import PostState, decide_post
from tests.support import pictures
from tests.support.pictures import SECRET, send, upload
from tests.support.site import Member, Site, open_site


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
