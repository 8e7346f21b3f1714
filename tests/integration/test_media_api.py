"""Uploads over HTTP: sent, described, attached, served, gone."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from PIL import Image

from holdfast.main.media_work import media_runner, open_media_worker
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


needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="NO FFMPEG: videos, sounds and animations are not tested here"
)


async def work_on_media(site: Site) -> None:
    """What a worker does about uploads that wait."""
    services = site.services
    async with open_media_worker(services.settings, services.database, services.clock) as worker:
        runner = media_runner(worker, services.settings, services.database, services.clock)
        await runner.drain()


@needs_ffmpeg
async def test_an_animated_gif_becomes_a_silent_video(site: Site) -> None:
    ann = await site.member("ann")
    answer = await send(ann, pictures.gif())
    assert answer.status_code == 202
    media = answer.json()
    assert media["type"] == "gifv"
    assert media["url"] is None
    assert media["preview_url"]
    waiting = await ann.request("GET", f"/api/v1/media/{media['id']}")
    assert waiting.status_code == 206
    early = await ann.request("POST", "/api/v1/statuses", data={"status": "x", "media_ids[]": media["id"]})
    assert early.status_code == 422
    assert "not finished processing" in early.json()["error"]
    await work_on_media(site)
    ready = await ann.get(f"/api/v1/media/{media['id']}")
    assert ready["meta"]["original"]["width"] == 120
    content = await served(site, ready["url"])
    assert content[4:8] == b"ftyp"
    assert SECRET.encode() not in content


@needs_ffmpeg
async def test_a_video_is_made_playable_upright_and_without_its_secrets(site: Site, tmp_path: Path) -> None:
    ann = await site.member("ann")
    source = tmp_path / "in.mov"
    make = ["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=30:duration=1"]
    make += ["-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-c:v", "libx264", "-c:a", "aac"]
    make += ["-metadata", f"location={SECRET}", "-metadata", f"com.apple.quicktime.location.ISO6709={SECRET}"]
    make += ["-metadata", f"title={SECRET}", "-movflags", "use_metadata_tags", str(tmp_path / "flat.mov")]
    subprocess.run(make, check=True)
    rotated = ["ffmpeg", "-y", "-loglevel", "error", "-i", str(tmp_path / "flat.mov"), "-c", "copy"]
    if b"display_rotation" in subprocess.run(["ffmpeg", "-h", "full"], capture_output=True).stdout:
        rotated[4:4] = ["-display_rotation", "90"]
    rotated += ["-metadata:s:v", "rotate=90", "-movflags", "use_metadata_tags", str(source)]
    subprocess.run(rotated, check=True)
    raw = source.read_bytes()
    assert SECRET.encode() in raw
    answer = await send(ann, raw, name="clip.jpg")
    assert answer.status_code == 202, answer.text
    assert answer.json()["type"] == "video"
    await work_on_media(site)
    media = await ann.get(f"/api/v1/media/{answer.json()['id']}")
    assert media["meta"]["original"]["width"] == 240
    assert media["meta"]["original"]["height"] == 320
    assert media["meta"]["original"]["frame_rate"] == "30/1"
    assert media["meta"]["length"].startswith("0:00:01")
    for url in (media["url"], media["preview_url"]):
        content = await served(site, url)
        assert SECRET.encode() not in content
    assert media["blurhash"]
    post = await ann.say("clip", **{"media_ids[]": media["id"]})
    assert post["media_attachments"][0]["type"] == "video"


@needs_ffmpeg
async def test_a_sound_and_a_broken_video(site: Site, tmp_path: Path) -> None:
    ann = await site.member("ann")
    tone = tmp_path / "tone.wav"
    make = ["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=1"]
    subprocess.run([*make, "-metadata", f"title={SECRET}", str(tone)], check=True)
    sound = (await send(ann, tone.read_bytes())).json()
    broken = (await send(ann, b"\x00\x00\x00\x18ftypisom" + bytes(4000))).json()
    await work_on_media(site)
    ready = await ann.get(f"/api/v1/media/{sound['id']}")
    assert ready["type"] == "audio"
    content = await served(site, ready["url"])
    assert SECRET.encode() not in content
    failed = await ann.request("GET", f"/api/v1/media/{broken['id']}")
    assert failed.status_code == 422
    assert "damaged" in failed.json()["error"]
