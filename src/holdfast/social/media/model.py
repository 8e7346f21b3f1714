"""What an upload is, and the pure decisions about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

import msgspec

from ...pure.markup import clean_text
from .errors import MediaNotAttachable, MediaNotTaken


class Purpose(IntEnum):
    """What an upload is for. PREVIEW: a picture for another upload, EMOJI: one of this server's own emoji; neither has a row of
    its own."""

    ATTACHMENT = 0
    AVATAR = 1
    HEADER = 2
    PREVIEW = 3
    EMOJI = 4


class MediaKind(IntEnum):
    """What it is to somebody who looks. A GIFV is a silent video that repeats."""

    IMAGE = 0
    GIFV = 1
    VIDEO = 2
    AUDIO = 3


class MediaState(IntEnum):
    """Where its processing stands."""

    PROCESSING = 0
    READY = 1
    FAILED = 2


class Role(IntEnum):
    """Which of an upload's files one is. STILL: an animated avatar without its motion."""

    ORIGINAL = 0
    SMALL = 1
    STILL = 2


class Measures(msgspec.Struct, frozen=True, omit_defaults=True):
    """How large a file is, and how long. `bitrate`: bits per second; `frame_rate`: a fraction as text, `30/1`."""

    width: int | None = None
    height: int | None = None
    duration: float | None = None
    frame_rate: str | None = None
    bitrate: int | None = None
    audio_codec: str | None = None
    audio_channels: str | None = None


class Meta(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of an upload's files."""

    original: Measures | None = None
    small: Measures | None = None


class MediaView(msgspec.Struct, frozen=True, array_like=True):
    """An upload as anybody may see it who sees what it is part of. `original`, `small`: names of files."""

    id: int
    kind: MediaKind
    state: MediaState
    description: str
    focus: tuple[float, float] | None
    meta: Meta
    blurhash: str | None
    original: str | None
    small: str | None


class FileOfMedia(msgspec.Struct, frozen=True):
    """One file that may be served."""

    role: Role
    hash: bytes
    content_type: str
    size_bytes: int


class TakenMedia(msgspec.Struct, frozen=True):
    """An upload that was read and stored, before any row of it exists. Made by `take_upload` alone.

    `source_hash`: the blob of the upload itself, where more is to be done with it.
    """

    kind: MediaKind
    files: tuple[FileOfMedia, ...]
    meta: Meta
    blurhash: str | None
    source_sha256: bytes
    pdq: bytes | None = None
    source_hash: bytes | None = None

    @property
    def size_bytes(self) -> int:
        """What its files take."""
        return sum(file.size_bytes for file in self.files)


class OwnMedia(msgspec.Struct, frozen=True):
    """An upload as its owner has it: what it looks like, and what has it."""

    view: MediaView
    post_id: int | None
    scheduled_id: int | None
    problem: str | None
    hashes: tuple[str, ...]
    """What banks of known media are asked for: `sha256:` and `pdq:` with hexadecimal digits."""
    preview: TakenMedia | None = None
    """Another picture for it, which an edit brings."""


class MediaLimits(msgspec.Struct, frozen=True):
    """How large uploads may be; every number is a setting."""

    image_bytes: int = 16 << 20
    image_pixels: int = 33_177_600
    video_bytes: int = 99 << 20
    picture_bytes: int = 8 << 20
    emoji_bytes: int = 256 << 10
    description_characters: int = 1500
    quota_bytes: int = 0
    per_post: int = 4


ATTACHMENT_PIXELS: Final = 3840 * 2160
"""Larger pictures are scaled down to this area."""
PREVIEW_PIXELS: Final = 640 * 360
"""The area of previews."""
EMOJI_PIXELS: Final = 256 * 256
"""The area of custom emoji."""
PICTURE_SIZES: Final[dict[Purpose, tuple[int, int]]] = {
    Purpose.AVATAR: (400, 400),
    Purpose.HEADER: (1500, 500),
}
"""Width and height that avatars and headers are cut to."""
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "video/mp4": ".mp4",
    "audio/mpeg": ".mp3",
}
SERVED_TYPES: Final = frozenset(_EXTENSIONS)
"""What files may be, to a browser. All else is served as something to be kept, never shown."""


def extension_of(content_type: str) -> str:
    """How the name of a file of this type ends."""
    return _EXTENSIONS.get(content_type, ".bin")


def hash_facts(sha256: bytes, pdq: bytes | None) -> tuple[str, ...]:
    """How an upload is named in banks of known media."""
    exact = f"sha256:{sha256.hex()}"
    return (exact,) if pdq is None else (exact, f"pdq:{pdq.hex()}")


def cleaned_description(text: str, limits: MediaLimits) -> str:
    """A description as it is kept. Raises MediaNotTaken when it is too long."""
    text = clean_text(text)
    if len(text) > limits.description_characters:
        raise MediaNotTaken(
            "Validation failed: Description is too long"
            f" (maximum is {limits.description_characters} characters)"
        )
    return text


def read_focus(text: str) -> tuple[float, float] | None:
    """`x,y` with both from -1 to 1, clamped; None for what says nothing. Raises MediaNotTaken."""
    if not text.strip():
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise MediaNotTaken("Validation failed: Focus must be two numbers such as 0.5,-0.25") from None
    if x != x or y != y:
        raise MediaNotTaken("Validation failed: Focus must be two numbers such as 0.5,-0.25")
    return min(max(x, -1.0), 1.0), min(max(y, -1.0), 1.0)


def check_attachable(
    wanted: Sequence[int],
    found: Mapping[int, OwnMedia],
    limits: MediaLimits,
    *,
    post_id: int | None = None,
    scheduled_id: int | None = None,
) -> list[OwnMedia]:
    """The uploads that a post is to have, in its order. `found`: those of them that are the author's own.

    `post_id`: the post that is edited, whose own uploads it may keep. `scheduled_id`: the post that waited and is due.
    Raises MediaNotAttachable.
    """
    if len(wanted) > limits.per_post:
        raise MediaNotAttachable(f"Validation failed: Cannot attach more than {limits.per_post} files")
    chosen = []
    for ident in dict.fromkeys(wanted):
        media = found.get(ident)
        if (
            media is None
            or media.post_id not in (None, post_id)
            or media.scheduled_id not in (None, scheduled_id)
        ):
            raise MediaNotAttachable
        if media.view.state is MediaState.PROCESSING:
            raise MediaNotAttachable(
                "Cannot attach files that have not finished processing. Try again in a moment!"
            )
        if media.view.state is MediaState.FAILED:
            raise MediaNotAttachable(
                "Validation failed: A file could not be processed; take it out of the post"
            )
        chosen.append(media)
    if len(chosen) > 1 and any(media.view.kind in (MediaKind.VIDEO, MediaKind.AUDIO) for media in chosen):
        raise MediaNotAttachable(
            "Validation failed: Cannot attach a video or audio to a post with other files"
        )
    return chosen
