"""Reads a picture and writes it anew: upright, in sRGB, small enough, and without anything but its pixels.

Runs in a confined process only (see `zygote.py`): what it opens was sent by a stranger.
"""

from __future__ import annotations

import io
import math
from typing import Any, BinaryIO

import numpy as np
import pdqhash
import pillow_heif
from PIL import AvifImagePlugin, Image, ImageCms, ImageOps, ImageSequence

from .blurhash import blurhash
from .model import Decoded, ImageOrder, Rendition

_SRGB = ImageCms.createProfile("sRGB")
_PDQ_SIDE = 512
_BLURHASH_SIDE = 64
# All frames of an animated picture together; each is held in memory once.
_ANIMATION_PIXELS = 160_000_000
_FRAME_MILLISECONDS = 100
_MIMES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 88, "method": 2},
}


class Unacceptable(Exception):
    """The picture is not taken; the text says why, for the member."""


def prepare() -> None:
    """Load all that decoding needs, before the process is confined: afterwards no file can be opened."""
    # The size is checked here, against the order; Pillow's own warning would come on top of it.
    Image.MAX_IMAGE_PIXELS = None
    pillow_heif.register_heif_opener(thumbnails=False)
    pillow_heif.options.DECODE_THREADS = 1
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    Image.init()
    sample = Image.new("RGBA", (16, 16), (200, 30, 60, 128))
    for kind in ("PNG", "WEBP", "AVIF", "GIF"):
        kept = io.BytesIO()
        sample.save(kept, kind)
        kept.seek(0)
        render(ImageOrder(kind, 1000), kept)
    for kind in ("JPEG", "HEIF"):
        kept = io.BytesIO()
        sample.convert("RGB").save(kept, kind)
        kept.seek(0)
        render(ImageOrder(kind, 1000), kept)
    frames = io.BytesIO()
    sample.save(frames, "GIF", save_all=True, append_images=[Image.new("RGB", (16, 16))])
    frames.seek(0)
    render(ImageOrder("GIF", 1000, animate=True), frames)


def render(order: ImageOrder, source: BinaryIO) -> Decoded:
    """What becomes of a picture. Raises Unacceptable, and whatever a decoder makes of a broken file."""
    image = Image.open(source, formats=[order.decoder])
    width, height = image.size
    if width * height > order.max_pixels:
        raise Unacceptable(
            f"The picture has {width}x{height} pixels; at most {order.max_pixels} in all are taken. Make it smaller."
        )
    if width < 1 or height < 1:
        raise Unacceptable("The picture is empty.")
    frames = int(getattr(image, "n_frames", 1))
    if frames * width * height > max(_ANIMATION_PIXELS, width * height) and order.animate:
        raise Unacceptable("The animation has too many frames for its size. Make it shorter or smaller.")
    animated = _animated(order, image) if order.animate and frames > 1 else None
    image.seek(0)
    still = _one(order, image)
    kind = _kind_for(order.decoder, still)
    first = _written(still, kind)
    preview = _within(still, order.small_pixels)
    rgb = _flat(preview)
    hashed, quality = _pdq(still)
    rgb.thumbnail((_BLURHASH_SIDE, _BLURHASH_SIDE))
    return Decoded(
        original=animated or first,
        small=_written(preview, kind),
        still=first if animated else None,
        frames=frames,
        blurhash=blurhash(np.asarray(rgb)),
        pdq=hashed,
        pdq_quality=quality,
    )


def _one(order: ImageOrder, image: Image.Image) -> Image.Image:
    """The picture upright, in sRGB, cut or scaled as ordered, and bare."""
    pixels = order.original_pixels if order.crop is None else 16 * order.crop[0] * order.crop[1]
    if image.format == "JPEG" and image.width * image.height > 4 * pixels:
        # The decoder itself can leave out what would be scaled away.
        factor = math.sqrt(pixels / (image.width * image.height))
        image.draft(None, (math.ceil(image.width * factor), math.ceil(image.height * factor)))
    upright = ImageOps.exif_transpose(image)
    if order.crop is None:
        # Scaling first: there are fewer pixels to convert then. Palettes cannot be scaled.
        small = _within(upright if upright.mode in ("RGB", "RGBA", "L") else _in_srgb(upright), pixels)
        return _bare(_in_srgb(small))
    return _bare(ImageOps.fit(_in_srgb(upright), order.crop, Image.Resampling.LANCZOS))


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    image = _plain_mode(image, keep_ink=bool(profile))
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = "RGBA" if image.mode == "RGBA" else "RGB"
            changed = ImageCms.profileToProfile(image, source, _SRGB, outputMode=target)
            image = changed or image
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile: the numbers are taken for sRGB, as a browser does
    return image.convert("RGB") if image.mode == "CMYK" else image


def _plain_mode(image: Image.Image, *, keep_ink: bool) -> Image.Image:
    mode = image.mode
    if mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if mode == "CMYK" and keep_ink:
        return image
    if mode in ("RGB", "RGBA", "L"):
        return image.convert("RGBA") if "transparency" in image.info and mode != "RGBA" else image
    transparent = mode in ("PA", "LA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def _within(image: Image.Image, pixels: int) -> Image.Image:
    area = image.width * image.height
    if area <= pixels:
        return image
    factor = math.sqrt(pixels / area)
    size = (max(1, int(image.width * factor)), max(1, int(image.height * factor)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _bare(image: Image.Image) -> Image.Image:
    """Only pixels: no note, no position, no profile."""
    image = image.copy() if type(image) is not Image.Image else image
    image.info = {}
    return image


def _kind_for(decoder: str, image: Image.Image) -> str:
    """The format a picture is written in: its own where browsers all know it, else one that keeps what it has."""
    if decoder in _MIMES:
        return decoder
    if decoder == "GIF":
        return "PNG"
    return "WEBP" if image.mode == "RGBA" else "JPEG"


def _written(image: Image.Image, kind: str) -> Rendition:
    kept = io.BytesIO()
    shown = _bare(_flat(image) if kind == "JPEG" and image.mode not in ("RGB", "L") else image)
    shown.save(kept, kind, **_OPTIONS[kind])
    return Rendition(_MIMES[kind], image.width, image.height, kept.getvalue())


def _animated(order: ImageOrder, image: Image.Image) -> Rendition:
    """The motion, as an animated WebP: the one format that keeps colours, transparency and size in bounds."""
    frames, times = [], []
    smaller = _frame_order(order)
    for frame in ImageSequence.Iterator(image):
        times.append(int(frame.info.get("duration", _FRAME_MILLISECONDS)) or _FRAME_MILLISECONDS)
        frames.append(_one(smaller, frame.convert("RGBA")))
    kept = io.BytesIO()
    frames[0].save(
        kept, "WEBP", save_all=True, append_images=frames[1:], duration=times, loop=0, quality=80, method=1
    )
    return Rendition("image/webp", frames[0].width, frames[0].height, kept.getvalue())


def _frame_order(order: ImageOrder) -> ImageOrder:
    """Frames are scaled further down than a still picture: there are many."""
    if order.crop is not None:
        return order
    return ImageOrder(order.decoder, order.max_pixels, original_pixels=min(order.original_pixels, 1280 * 720))


def _flat(image: Image.Image) -> Image.Image:
    """Without transparency, on white."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, (255, 255, 255))
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _pdq(image: Image.Image) -> tuple[bytes, int]:
    small = _flat(image)
    small.thumbnail((_PDQ_SIDE, _PDQ_SIDE))
    bits, quality = pdqhash.compute(np.asarray(small))
    return np.packbits(bits).tobytes(), int(quality)
