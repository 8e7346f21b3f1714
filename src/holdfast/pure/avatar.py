"""Pictures for accounts that have none: a soft two-colour gradient, large pale discs and the first letter.

The same seed and letter give the same bytes with the same version of the imaging library.
"""

from __future__ import annotations

import hashlib
import math
import struct
import unicodedata
import zlib
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

AVATAR_SIDE_PIXELS = 400
HEADER_WIDTH_PIXELS = 1500
HEADER_HEIGHT_PIXELS = 500

Colour = tuple[int, int, int]

# Pairs chosen so that a white letter keeps a contrast of 3:1 or more against both ends (WCAG, large text).
PALETTE: tuple[tuple[Colour, Colour], ...] = (
    ((0x3B, 0x82, 0xC4), (0x1E, 0x3A, 0x6E)),
    ((0x2A, 0x8C, 0x82), (0x14, 0x4A, 0x5C)),
    ((0x7A, 0x5A, 0xC8), (0x3A, 0x2C, 0x78)),
    ((0xC2, 0x5B, 0x7C), (0x6A, 0x2A, 0x5A)),
    ((0xC8, 0x6A, 0x3C), (0x7A, 0x2C, 0x34)),
    ((0x5A, 0x8C, 0x3C), (0x1E, 0x56, 0x46)),
    ((0x4A, 0x6F, 0xD8), (0x6A, 0x36, 0x8E)),
    ((0xA8, 0x6E, 0x28), (0x5C, 0x36, 0x24)),
    ((0x5C, 0x72, 0x84), (0x2A, 0x34, 0x48)),
    ((0xB8, 0x4E, 0xA0), (0x46, 0x2C, 0x86)),
    ((0x2C, 0x86, 0xA8), (0x2C, 0x3A, 0x84)),
    ((0xC4, 0x50, 0x50), (0x5E, 0x22, 0x4A)),
)

_LETTER_SIZE_PIXELS = 200
_OVERSAMPLING = 2
_DISC_OPACITY = 20


def default_avatar_png(seed: bytes, letter: str) -> bytes:
    """A 400x400 PNG of less than 30 kB. Of `letter` the first character that the built-in font has is drawn in
    upper case; when it has none of them the picture has no letter."""
    digest = hashlib.blake2b(seed, digest_size=32).digest()
    image = _background(digest, AVATAR_SIDE_PIXELS, AVATAR_SIDE_PIXELS, discs=2)
    initial = _drawable(letter)
    if initial:
        centre = AVATAR_SIDE_PIXELS / 2
        ImageDraw.Draw(image).text((centre, centre), initial, font=_font(), fill=(255, 255, 255), anchor="mm")
    return _png(image)


def default_header_png(seed: bytes) -> bytes:
    """A 1500x500 PNG of less than 30 kB in the colours that `default_avatar_png` gives the same seed."""
    digest = hashlib.blake2b(seed, digest_size=32).digest()
    return _png(_background(digest, HEADER_WIDTH_PIXELS, HEADER_HEIGHT_PIXELS, discs=2))


def _background(digest: bytes, width: int, height: int, *, discs: int) -> Image.Image:
    first, second = PALETTE[digest[0] % len(PALETTE)]
    # A slope of whole pixels makes every row a slice of one line, which is quick to build and packs well.
    slope = 1 + digest[1] % 2
    line = _gradient_line(first, second, width + slope * height)
    rows = b"".join(line[3 * slope * y : 3 * (slope * y + width)] for y in range(height))
    image = Image.frombytes("RGB", (width, height), rows)
    white = Image.new("RGB", (width, height), (255, 255, 255))
    for number in range(discs):
        x, y, size = digest[2 + 3 * number : 5 + 3 * number]
        radius = height * (0.35 + 0.45 * size / 255)
        image.paste(white, (0, 0), _disc(width, height, width * x / 255, height * y / 255, radius))
    return image


def _gradient_line(first: Colour, second: Colour, length: int) -> bytes:
    line = bytearray()
    for position in range(length):
        # Half a cosine: both ends rest, the change happens in the middle.
        share = (1 - math.cos(math.pi * position / (length - 1))) / 2
        line.extend(round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return bytes(line)


def _disc(width: int, height: int, x: float, y: float, radius: float) -> Image.Image:
    scale = _OVERSAMPLING
    mask = Image.new("L", (width * scale, height * scale), 0)
    box = ((x - radius) * scale, (y - radius) * scale, (x + radius) * scale, (y + radius) * scale)
    ImageDraw.Draw(mask).ellipse(box, fill=_DISC_OPACITY)
    return mask.reduce(scale)


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=_LETTER_SIZE_PIXELS)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType; install a wheel of it that has it.")
    return font


def _drawable(text: str) -> str:
    missing = bytes(_font().getmask("\uffff"))
    for character in text[:16]:
        upper = character.upper()[:1]
        # Where the font lacks an accented letter the plain one is nearer than none.
        for candidate in (upper, unicodedata.normalize("NFKD", upper)[:1]):
            if candidate.isalnum() and bytes(_font().getmask(candidate)) not in (missing, b""):
                return candidate
    return ""


def _png(image: Image.Image) -> bytes:
    """An RGB image as PNG. Rows are stored unfiltered: they repeat each other shifted, which the compressor finds,
    while the filters that an encoder would choose by itself hide it and double the size."""
    row_length = 3 * image.width
    pixels = image.tobytes()
    rows = b"".join(b"\0" + pixels[at : at + row_length] for at in range(0, len(pixels), row_length))
    header = struct.pack(">IIBBBBB", image.width, image.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
