"""Uploads as the Mastodon API's MediaAttachment."""

from __future__ import annotations

from typing import Any

from ...social.media import Measures, MediaKind, MediaView
from ..links import media_url
from ..ports import Services

_TYPES = {
    MediaKind.IMAGE: "image",
    MediaKind.GIFV: "gifv",
    MediaKind.VIDEO: "video",
    MediaKind.AUDIO: "audio",
}


def media_entity(services: Services, media: MediaView) -> dict[str, Any]:
    """The MediaAttachment entity; `url` is null while the file is processed."""
    url = None if media.original is None else media_url(services, media.original)
    return {
        "id": services.ids.encode(media.id),
        "type": _TYPES[media.kind],
        "url": url,
        "preview_url": None if media.small is None else media_url(services, media.small),
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": _meta(media),
        "description": media.description or None,
        "blurhash": media.blurhash,
    }


def _meta(media: MediaView) -> dict[str, Any] | None:
    meta: dict[str, Any] = {}
    original, small = media.meta.original, media.meta.small
    if original is not None:
        if media.kind in (MediaKind.VIDEO, MediaKind.GIFV, MediaKind.AUDIO):
            meta |= _of_player(original)
            meta["original"] = _played(original)
        else:
            meta["original"] = _sized(original)
    if small is not None:
        meta["small"] = _sized(small)
    if media.focus is not None:
        meta["focus"] = {"x": media.focus[0], "y": media.focus[1]}
    return meta or None


def _sized(measures: Measures) -> dict[str, Any]:
    width, height = measures.width or 0, measures.height or 0
    return {
        "width": width,
        "height": height,
        "size": f"{width}x{height}",
        "aspect": width / height if height else 1.0,
    }


def _played(measures: Measures) -> dict[str, Any]:
    played: dict[str, Any] = {}
    if measures.width:
        played |= {
            "width": measures.width,
            "height": measures.height,
            "frame_rate": measures.frame_rate or "0/1",
        }
    if measures.duration is not None:
        played["duration"] = measures.duration
    if measures.bitrate is not None:
        played["bitrate"] = measures.bitrate
    return played


def _of_player(measures: Measures) -> dict[str, Any]:
    """What players of the first clients read: beside `original`, not in it."""
    seconds = measures.duration or 0.0
    whole, hundredths = int(seconds), int(seconds * 100) % 100
    told: dict[str, Any] = {
        "length": f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}.{hundredths:02}",
        "duration": seconds,
    }
    if measures.frame_rate and measures.width:
        count, _, base = measures.frame_rate.partition("/")
        told["fps"] = round(int(count) / int(base or 1)) if int(base or 1) else 0
        told |= _sized(measures)
    if measures.audio_codec:
        told["audio_encode"] = measures.audio_codec
        told["audio_channels"] = measures.audio_channels or ""
    return told
