"""Videos, sounds and animations: what ffmpeg makes of them, and what it is not let do."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from holdfast.main.media_work import media_runner, open_media_worker
from holdfast.main.subscriptions import PROCESS_MEDIA
from holdfast.platform.config import Settings
from holdfast.social.media import MediaKind, MediaLimits, Meta, TakenMedia, add_media, touch_blobs
from tests.support import pictures
from tests.support.pictures import SECRET, send
from tests.support.site import Site, open_site

needs_ffmpeg = pytest.mark.skipif(
    shutil.which("ffmpeg") is None, reason="NO FFMPEG: videos, sounds and animations are not tested here"
)


async def work_on_media(site: Site) -> None:
    """What a worker does about uploads that wait."""
    services = site.services
    async with open_media_worker(services.settings, services.database, services.clock) as worker:
        runner = media_runner(worker, services.settings, services.database, services.clock)
        await runner.drain()


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, rate_media=1000)) as opened:
        yield opened


async def served(site: Site, url: str) -> bytes:
    response = await site.client.get(urlsplit(url).path)
    assert response.status_code == 200, response.text
    return bytes(response.content)


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
    make = [
        "ffmpeg",
        "-y",
        "-loglevel",
        "error",
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=320x240:rate=30:duration=1",
    ]
    make += ["-f", "lavfi", "-i", "sine=frequency=440:duration=1", "-c:v", "libx264", "-c:a", "aac"]
    make += ["-metadata", f"location={SECRET}", "-metadata", f"com.apple.quicktime.location.ISO6709={SECRET}"]
    make += ["-metadata", f"title={SECRET}", "-movflags", "use_metadata_tags", str(tmp_path / "flat.mov")]
    subprocess.run(make, check=True)
    rotated = ["ffmpeg", "-y", "-loglevel", "error", "-i", str(tmp_path / "flat.mov"), "-c", "copy"]
    if (
        b"display_rotation"
        in subprocess.run(["ffmpeg", "-h", "full"], check=True, capture_output=True).stdout
    ):
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
async def test_a_preview_that_was_given_with_a_video_stays(site: Site) -> None:
    ann = await site.member("ann")
    files = {
        "file": ("a.gif", pictures.gif(), "image/gif"),
        "thumbnail": ("b.jpg", pictures.jpeg(pictures.picture(40, 40)), "image/jpeg"),
    }
    media = (await ann.request("POST", "/api/v2/media", files=files)).json()
    await work_on_media(site)
    ready = await ann.get(f"/api/v1/media/{media['id']}")
    assert (ready["meta"]["small"]["width"], ready["meta"]["original"]["width"]) == (40, 120)
    assert ready["preview_url"] == media["preview_url"]
    assert ready["blurhash"] == media["blurhash"]


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


@needs_ffmpeg
async def test_a_video_stands_alone_in_a_post(site: Site, tmp_path: Path) -> None:
    ann = await site.member("ann")
    clip = tmp_path / "clip.webm"
    make = ["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=5:duration=1"]
    subprocess.run([*make, "-c:v", "libvpx", str(clip)], check=True)
    video = (await send(ann, clip.read_bytes())).json()
    still = (await send(ann, pictures.jpeg())).json()
    await work_on_media(site)
    both = {"status": "x", "media_ids[]": [video["id"], still["id"]]}
    answer = await ann.request("POST", "/api/v1/statuses", data=both)
    assert answer.status_code == 422
    assert "video or audio" in answer.json()["error"]
    media = await ann.get(f"/api/v1/media/{video['id']}")
    part = await site.client.get(urlsplit(media["url"]).path, headers={"range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


async def test_without_ffmpeg_pictures_are_taken_and_the_rest_is_refused_with_words(
    settings: Settings,
) -> None:
    async with open_site(msgspec.structs.replace(settings, ffmpeg_program="no-such-program")) as site:
        ann = await site.member("ann")
        refused = await send(ann, b"\x00\x00\x00\x18ftypisom" + bytes(100))
        assert refused.status_code == 422
        assert "no ffmpeg" in refused.json()["error"]
        moving = (await send(ann, pictures.gif())).json()
        assert moving["type"] == "image"
        content = await served(site, moving["url"])
        assert content[8:12] == b"WEBP"
        assert b"ANIM" in content
        assert SECRET.encode() not in content
        told = (await site.client.get("/api/v2/instance")).json()["configuration"]["media_attachments"]
        assert not any(kind.startswith("video/") for kind in told["supported_mime_types"])


@needs_ffmpeg
async def test_a_playlist_in_disguise_reads_no_other_file(site: Site, tmp_path: Path) -> None:
    """An HLS playlist, a concat list and an MP4 with references to elsewhere are not followed."""
    ann = await site.member("ann")
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    playlist = f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n".encode()
    assert (await send(ann, playlist, name="a.mp4")).status_code == 422
    assert (await send(ann, f"ffconcat version 1.0\nfile {secret}\n".encode())).status_code == 422
    disguised = (await send(ann, b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isom" + playlist)).json()
    await work_on_media(site)
    assert (await ann.request("GET", f"/api/v1/media/{disguised['id']}")).status_code == 422


async def test_an_upload_whose_errand_was_given_up_has_failed(site: Site) -> None:
    ann, services = await site.member("ann"), site.services
    async with services.database.transaction() as tx:
        waiting = TakenMedia(MediaKind.VIDEO, (), Meta(), None, b"s" * 32, source_hash=b"h" * 32)
        await touch_blobs(tx, {b"h" * 32: 10}, services.clock.now())
        now = services.clock.now()
        media_id, other = [
            await add_media(tx, ann.actor, waiting, limits=MediaLimits(), now=now) for _ in range(2)
        ]
    async with services.database.transaction() as tx:
        await tx.execute("update jobs set state = 2 where unique_key = $1", f"{PROCESS_MEDIA} {media_id}")
    path = f"/api/v1/media/{services.ids.encode(media_id)}"
    assert (await ann.request("GET", path)).status_code == 206
    async with (
        open_media_worker(services.settings, services.database, services.clock) as worker,
        services.database.transaction() as tx,
    ):
        await worker.sweep(tx, services.clock.now())
    failed = await ann.request("GET", path)
    assert failed.status_code == 422
    assert "could not be processed" in failed.json()["error"]
    assert (await ann.request("GET", f"/api/v1/media/{services.ids.encode(other)}")).status_code == 206
