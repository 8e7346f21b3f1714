"""What a decoding process is told, and what it answers."""

from __future__ import annotations

import msgspec

READY = b"ready"
"""What the prepared process says when it takes orders."""
DESCRIPTORS = 3
"""That come with an order: the file, where the results go, the socket for the answer."""


class DecoderLimits(msgspec.Struct, frozen=True):
    """What one decoding process may use, and how many there may be; every number is a setting."""

    memory_bytes: int = 1 << 30
    seconds: float = 20.0
    concurrent: int = 2
    output_bytes: int = 64 << 20


class ImageOrder(msgspec.Struct, frozen=True):
    """One picture to be read and written anew.

    `decoder`: the one format it is opened as. `max_pixels`: larger ones are refused before they are decoded.
    `original_pixels`, `small_pixels`: areas that the results are scaled down to. `crop`: width and height that
    the original is cut to instead. `animate`: keep the motion of an animated picture.
    """

    decoder: str
    max_pixels: int
    original_pixels: int = 3840 * 2160
    small_pixels: int = 640 * 360
    crop: tuple[int, int] | None = None
    animate: bool = False
    memory_bytes: int = 1 << 30
    seconds: float = 20.0
    output_bytes: int = 64 << 20


class Rendition(msgspec.Struct, frozen=True):
    """One picture that came of it. `content` is filled in by the process that asked."""

    mime: str
    width: int
    height: int
    content: bytes = b""


class Decoded(msgspec.Struct, frozen=True):
    """What came of a picture. `frames`: 1 for a still one. `pdq`: 256 bits and their quality, 0 to 100."""

    original: Rendition
    small: Rendition
    still: Rendition | None
    frames: int
    blurhash: str
    pdq: bytes
    pdq_quality: int


class Refused(msgspec.Struct, frozen=True):
    """Why a picture was not taken, in words for the member."""

    problem: str


class Outcome(msgspec.Struct, frozen=True):
    """What a decoding process writes before it ends."""

    decoded: Decoded | None = None
    refused: Refused | None = None
