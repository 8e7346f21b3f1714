"""Uploads of posts as the templates show them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ...social.media import MediaKind, MediaView
from ...social.posts import PostView
from ..links import media_path
from ..ports import Services

_NAMES = {
    MediaKind.IMAGE: "Picture",
    MediaKind.GIFV: "Animation",
    MediaKind.VIDEO: "Video",
    MediaKind.AUDIO: "Sound",
}
_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}


class Attachment(msgspec.Struct, frozen=True):
    """One upload. `kind`: image, gifv, video or audio; `preview`: a picture, empty when there is none. `position`: the
    point of interest, in percent from the left and the top, where its author named one."""

    kind: str
    name: str
    url: str
    preview: str
    description: str
    width: int
    height: int
    content_type: str
    position: str


def attachments(services: Services, post: PostView) -> list[Attachment]:
    """Those of a post, in order."""
    return attachments_of(services, post.media)


def attachments_of(services: Services, media: Iterable[MediaView]) -> list[Attachment]:
    """Uploads that can be shown, in order."""
    return [_attachment(services, one) for one in media if one.original is not None]


def first_picture(services: Services, post: PostView) -> str:
    """A picture that stands for the post where others show a link to it; empty for a post behind a warning."""
    if post.sensitive or post.spoiler:
        return ""
    return next((media_path(services, media.small) for media in post.media if media.small), "")


def _attachment(services: Services, media: MediaView) -> Attachment:
    small = media.meta.small or media.meta.original
    name = media.original or ""
    return Attachment(
        media.kind.name.lower(), _NAMES[media.kind], media_path(services, name),
        media_path(services, media.small) if media.small else "", media.description,
        (small.width if small else None) or 0, (small.height if small else None) or 0,
        _TYPES.get(name.rpartition(".")[2], "application/octet-stream"), _position(media),
    )  # fmt: skip


def _position(media: MediaView) -> str:
    if media.focus is None:
        return ""
    x, y = media.focus
    return f"{round((x + 1) * 50)}% {round((1 - y) * 50)}%"
