"""What uploads must never do: tell where somebody was, be a page, or take the server down (P4, TootRoot)."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from PIL import Image, ImageCms

from holdfast.platform.config import Settings
from holdfast.platform.decoding.confine import confinement
from tests.support import pictures
from tests.support.pictures import SECRET, encoded, exif, picture, send, upload
from tests.support.site import Site, open_site


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(msgspec.structs.replace(settings, rate_media=1000)) as opened:
        yield opened


async def served(site: Site, url: str) -> bytes:
    response = await site.client.get(urlsplit(url).path)
    assert response.status_code == 200, response.text
    return bytes(response.content)


async def test_p4_no_served_byte_says_where_or_by_whom_a_picture_was_taken(site: Site) -> None:
    ann = await site.member("ann")
    for name, content in (
        ("jpeg", pictures.jpeg()),
        ("png", pictures.png()),
        ("webp", pictures.webp()),
        ("avif", encoded(picture(), "AVIF", exif=exif(), xmp=pictures.XMP.encode())),
        ("large jpeg", pictures.jpeg(picture(3000, 2000))),
    ):
        assert SECRET.encode() in content, name
        media = await upload(ann, content)
        for url in (media["url"], media["preview_url"]):
            clean = await served(site, url)
            assert SECRET.encode() not in clean, name
            assert b"Exif" not in clean, name
            opened = Image.open(io.BytesIO(clean))
            assert not opened.getexif(), name
            assert not {"exif", "xmp", "comment", "photoshop", "icc_profile"} & set(opened.info), name


async def test_p4_orientation_is_kept(site: Site) -> None:
    ann = await site.member("ann")
    media = await upload(ann, pictures.jpeg(picture(320, 200), orientation=6))
    assert media["meta"]["original"]["size"] == "200x320"
    shown = Image.open(io.BytesIO(await served(site, media["url"]))).convert("RGB")
    pixel = shown.getpixel((190, 10))  # the corner that was up and left is up and right
    assert isinstance(pixel, tuple)
    assert pixel[0] > 200
    assert pixel[1] < 80


async def test_colours_of_another_profile_look_the_same(site: Site) -> None:
    ann = await site.member("ann")
    swapped = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    Image.new("RGB", (64, 64), (10, 200, 30)).save(swapped, "PNG", icc_profile=profile.tobytes())
    media = await upload(ann, swapped.getvalue())
    pixel = Image.open(io.BytesIO(await served(site, media["url"]))).getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert max(abs(one - other) for one, other in zip(pixel, (10, 200, 30), strict=True)) <= 2
    inks = await upload(ann, encoded(picture(64, 64, mode="CMYK"), "JPEG"))
    assert Image.open(io.BytesIO(await served(site, inks["url"]))).mode == "RGB"
    deep = await upload(ann, encoded(Image.new("I;16", (32, 32), 40_000), "PNG"))
    assert Image.open(io.BytesIO(await served(site, deep["url"]))).getpixel((1, 1)) == 156


PAGE = b"<html><script>alert(document.cookie)</script></html>"


NO_PICTURES = (
    b"",
    b"x",
    PAGE,
    b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"%PDF-1.7 ...",
    b"MZ\x90\x00",
    b"PK\x03\x04",
    b"#EXTM3U\nhttp://127.0.0.1/\n",
    b"8BPS\x00\x01" + bytes(100),
    b"%!PS-Adobe-3.0 EPSF-3.0\n",
    b"II*\x00" + bytes(100),
    b"\xff\xd8\xff\xe0" + bytes(50),
    pictures.png()[:300],
    pictures.jpeg()[:2000],
    b"\x89PNG\r\n\x1a\n" + PAGE,
    b"GIF89a" + PAGE,
    b"RIFF\x00\x00\x00\x00WEBP" + PAGE,
)


async def test_what_is_no_whole_picture_is_refused_with_words(site: Site) -> None:
    ann = await site.member("ann")
    for content in NO_PICTURES:
        answer = await send(ann, content, name="holiday.jpg")
        assert answer.status_code == 422, (content[:12], answer.text)
        assert len(answer.json()["error"]) > 10


async def test_a_page_inside_a_picture_is_not_served(site: Site) -> None:
    """Polyglots: HTML in a comment, after the end, and in a text chunk."""
    ann = await site.member("ann")
    jpeg = encoded(picture(), "JPEG", comment=PAGE) + PAGE
    for content, kind in ((jpeg, "image/jpeg"), (pictures.png() + PAGE, "image/png")):
        media = await upload(ann, content)
        answer = await site.client.get(urlsplit(media["url"]).path)
        assert b"script" not in answer.content
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("inline")


async def test_the_name_and_the_header_of_a_file_play_no_part(site: Site) -> None:
    ann = await site.member("ann")
    answer = await send(ann, pictures.png(), name="../../../etc/passwd\x00.html")
    assert answer.status_code == 200
    assert answer.json()["url"].endswith(".png")
    assert "passwd" not in answer.text


async def test_cve_2024_25623_an_upload_is_never_served_as_an_activity(site: Site) -> None:
    ann = await site.member("ann")
    activity = b'{"@context":"https://www.w3.org/ns/activitystreams","type":"Note"}'
    assert (await send(ann, activity, name="a.json")).status_code == 422
    media = await upload(ann, encoded(picture(), "JPEG", comment=activity) + activity)
    answer = await site.client.get(
        urlsplit(media["url"]).path, headers={"accept": "application/activity+json"}
    )
    assert answer.headers["content-type"] == "image/jpeg"
    assert b"activitystreams" not in answer.content


async def test_cve_2023_36460_a_decompression_bomb_is_refused_before_it_is_decoded(site: Site) -> None:
    ann = await site.member("ann")
    bomb = pictures.bomb()
    assert len(bomb) < 1_000_000
    answer = await send(ann, bomb)
    assert answer.status_code == 422
    assert "30000x30000 pixels" in answer.json()["error"]


async def test_too_large_a_file_is_refused_while_it_comes(settings: Settings) -> None:
    small = msgspec.structs.replace(settings, media_image_max_bytes=65_536, media_video_max_bytes=65_536)
    async with open_site(small) as site:
        ann = await site.member("ann")
        answer = await send(ann, pictures.jpeg() + bytes(100_000))
        assert answer.status_code == 422
        assert "less than 0.0625 MB" in answer.json()["error"]
        huge = await send(ann, bytes(3_000_000))
        assert huge.status_code == 422
        assert "larger than" in huge.json()["error"]
        assert (await send(ann, encoded(picture(), "JPEG"))).status_code == 200
        left = list((Path(small.data) / "run" / "uploads").glob("*"))
        assert left == [], "an upload leaves no file behind, whatever comes of it"


async def test_a_decoder_that_dies_or_hangs_takes_nothing_along(settings: Settings) -> None:
    quick = msgspec.structs.replace(settings, media_decoder_seconds=1, rate_media=100)
    async with open_site(quick) as site:
        ann = await site.member("ann")
        assert (await send(ann, pictures.jpeg())).status_code == 200
        # A picture that takes longer than it may: its frames are small, and there are very many.
        slow = encoded(
            picture(600, 400),
            "GIF",
            save_all=True,
            append_images=[picture(600, 400, seed=n) for n in range(2, 90)],
        )
        member = await ann.request(
            "PATCH", "/api/v1/accounts/update_credentials", files={"avatar": ("a", slow, "image/gif")}
        )
        assert member.status_code == 422
        zygote = site.services.media.decoders._process
        assert zygote is not None
        os.kill(zygote.pid, signal.SIGKILL)
        zygote.wait()
        assert (await send(ann, pictures.jpeg())).status_code == 200
        assert (await site.client.get("/healthz")).status_code == 200


async def test_banks_of_known_media_refuse_and_hold(settings: Settings, tmp_path: Path) -> None:
    known, wanted = picture(300, 200, seed=5), picture(300, 200, seed=11)
    rules = tmp_path / "rules.toml"
    async with open_site(msgspec.structs.replace(settings, rate_media=100)) as site:
        ann = await site.member("ann")
        await upload(ann, encoded(known, "PNG"))
        await upload(ann, encoded(wanted, "PNG"))
        rows = await site.services.database.fetch("select source_sha256, pdq from media order by id")
    rules.write_text(
        f"""
name = "test"
version = 1
[banks.abuse]
kind = "media"
human_made_by = "the moderators"
entries = ["pdq:{rows[0]["pdq"].hex()}"]
[banks.watched]
kind = "media"
entries = ["sha256:{rows[1]["source_sha256"].hex()}"]
[[rules]]
id = "media.known"
title = "A picture that is known to be abusive"
stage = "live"
when = 'bank("abuse")'
action = "refuse"
lane = "P0"
reason = "This picture is known to be abusive"
[[rules]]
id = "media.watched"
title = "A file that somebody has to look at"
stage = "live"
when = 'bank("watched")'
action = "hold"
lane = "P0"
"""
    )
    async with open_site(
        msgspec.structs.replace(settings, screening_rules_file=rules, rate_media=100)
    ) as site:
        assert site.services.screen.problems == ()
        bob = await site.member("bob")
        # Smaller, and as a JPEG: another file, the same picture.
        refused = await send(bob, encoded(known.resize((240, 160)), "JPEG", quality=70))
        assert refused.status_code == 422
        assert refused.json()["error"] == "This picture is known to be abusive"
        media = await upload(bob, encoded(wanted, "PNG"))
        post = await bob.say("look", **{"media_ids[]": media["id"]})
        assert post["holdfast"]["state"] == "held"
        assert (await send(bob, encoded(picture(seed=77), "PNG"))).status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="NOT LINUX: decoders have resource limits alone here")
def test_a_decoder_can_compute_and_answer_and_nothing_else(tmp_path: Path) -> None:
    """What a picture could make its decoder do, were there a hole in it."""
    tried = """
import os, socket, subprocess, sys
from holdfast.platform.decoding.confine import confine_decoder
confine_decoder(memory_bytes=1 << 30, seconds=5, output_bytes=1000)
def refused(what):
    try:
        what()
    except (OSError, MemoryError):
        return "refused"
    return "possible"
print(
    refused(lambda: socket.socket()),
    refused(lambda: open("/etc/passwd")),
    refused(lambda: open("new", "w")),
    refused(lambda: os.fork()),
    refused(lambda: os.execv("/bin/true", ["true"])),
    refused(lambda: os.kill(os.getppid(), 0)),
    refused(lambda: bytearray(2 << 30)),
    flush=True,
)
os._exit(0)
"""
    done = subprocess.run(
        [sys.executable, "-c", tried], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["refused"] * 7, done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="NOT LINUX: programs have resource limits alone here")
def test_a_confined_program_has_no_network_and_no_files_but_its_own(tmp_path: Path) -> None:
    place, secret = tmp_path / "place", tmp_path / "secret"
    place.mkdir()
    secret.write_text(SECRET)
    bind = confinement(memory_bytes=1 << 30, seconds=5, output_bytes=1000, workplace=place)
    script = f"cat {secret}; echo a > {tmp_path}/new; echo b > mine && cat mine"
    done = subprocess.run(
        ["sh", "-c", script], cwd=place, preexec_fn=bind, capture_output=True, text=True, check=False
    )
    assert SECRET not in done.stdout
    assert not (tmp_path / "new").exists()
    assert done.stdout == "b\n"
    asks = ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9"]
    networked = subprocess.run(asks, cwd=place, preexec_fn=bind, capture_output=True, text=True, check=False)
    assert "not permitted" in networked.stderr
