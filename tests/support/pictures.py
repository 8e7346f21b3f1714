"""Files to upload: pictures with secrets in them, and a client that uploads."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

from tests.support.site import Member

SECRET = "Hideout-47.6205N-122.3493W"
"""Stands for what a file says beside its picture: where, when, who."""


def picture(width: int = 320, height: int = 200, *, mode: str = "RGB", seed: int = 1) -> Image.Image:
    """A colourful picture; the upper left corner is red, so that one can tell which way up it is."""
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [rows * seed % 256, columns % 256, (rows + columns * seed) % 256]
    image = Image.fromarray(np.stack(waves, axis=2).astype(np.uint8))
    image.paste((255, 0, 0), (0, 0, width // 4, height // 4))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    kept = io.BytesIO()
    image.save(kept, kind, **options)
    return kept.getvalue()


def exif(*, orientation: int = 1) -> bytes:
    """EXIF with a GPS position, a description and a serial number."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = SECRET
    data[0x013B] = SECRET
    gps = data.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (47.0, 37.0, 13.8), "W", (122.0, 20.0, 57.5)
    gps[27] = SECRET.encode()
    details = data.get_ifd(0x8769)
    details[0xA431] = SECRET
    return data.tobytes()


XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description exif:GPSLatitude="{SECRET}"/></rdf:RDF></x:xmpmeta>'


def jpeg(image: Image.Image | None = None, *, orientation: int = 1) -> bytes:
    """A JPEG with EXIF, XMP, IPTC, a comment, and bytes after its end."""
    plain = encoded(image or picture(), "JPEG", exif=exif(orientation=orientation), comment=SECRET.encode())
    xmp = b"http://ns.adobe.com/xap/1.0/\x00" + XMP.encode()
    caption = SECRET.encode()
    iptc = b"\x1c\x02\x78" + struct.pack(">H", len(caption)) + caption
    iptc += b"\x00" * (len(iptc) % 2)
    photoshop = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00" + struct.pack(">I", len(iptc)) + iptc
    segments = b"".join(
        b"\xff" + marker + struct.pack(">H", len(body) + 2) + body
        for marker, body in ((b"\xe1", xmp), (b"\xed", photoshop))
    )
    return plain[:2] + segments + plain[2:] + SECRET.encode()


def png(image: Image.Image | None = None) -> bytes:
    """A PNG with text chunks, EXIF and XMP."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET)
    notes.add_itxt("XML:com.adobe.xmp", XMP)
    return encoded(image or picture(), "PNG", pnginfo=notes, exif=exif())


def webp(image: Image.Image | None = None) -> bytes:
    """A WebP with EXIF and XMP."""
    return encoded(image or picture(), "WEBP", exif=exif(), xmp=XMP.encode())


def gif(frames: int = 6) -> bytes:
    """An animation."""
    images = [picture(120, 80, seed=number + 1) for number in range(frames)]
    return encoded(
        images[0], "GIF", save_all=True, append_images=images[1:], duration=100, loop=0, comment=SECRET
    )


def bomb(side: int = 30_000) -> bytes:
    """A small PNG that says it has 900 million pixels, and would, if somebody decoded it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def send(member: Member, content: bytes, *, name: str = "a.jpg", edition: int = 2, **form: str) -> Any:
    """Upload; the response."""
    return await member.request(
        "POST", f"/api/v{edition}/media", files={"file": (name, content, "image/jpeg")}, data=form
    )


async def upload(member: Member, content: bytes, **form: Any) -> dict[str, Any]:
    """Upload something that is ready at once; the MediaAttachment."""
    response = await send(member, content, **form)
    assert response.status_code == 200, response.text
    media: dict[str, Any] = response.json()
    return media
