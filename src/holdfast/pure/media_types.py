"""What kind of file a member sent, told from its first bytes alone: never from its name or from what a header says."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

HEAD_BYTES: Final = 4096
"""So much of a file's beginning `sniff` wants to see."""

Family = Literal["image", "video", "audio"]


class MediaType(NamedTuple):
    """A kind of file that is taken. `decoder`: what opens it, a Pillow format for images, else an ffmpeg demuxer."""

    mime: str
    family: Family
    decoder: str


JPEG: Final = MediaType("image/jpeg", "image", "JPEG")
PNG: Final = MediaType("image/png", "image", "PNG")
GIF: Final = MediaType("image/gif", "image", "GIF")
WEBP: Final = MediaType("image/webp", "image", "WEBP")
AVIF: Final = MediaType("image/avif", "image", "AVIF")
HEIC: Final = MediaType("image/heic", "image", "HEIF")
MP4: Final = MediaType("video/mp4", "video", "mov")
QUICKTIME: Final = MediaType("video/quicktime", "video", "mov")
WEBM: Final = MediaType("video/webm", "video", "matroska")
OGG: Final = MediaType("audio/ogg", "audio", "ogg")
M4A: Final = MediaType("audio/mp4", "audio", "mov")
MP3: Final = MediaType("audio/mpeg", "audio", "mp3")
AAC: Final = MediaType("audio/aac", "audio", "aac")
FLAC: Final = MediaType("audio/flac", "audio", "flac")
WAVE: Final = MediaType("audio/wav", "audio", "wav")

IMAGES: Final = (JPEG, PNG, GIF, WEBP, AVIF, HEIC)
MOVING: Final = (MP4, QUICKTIME, WEBM, OGG, M4A, MP3, AAC, FLAC, WAVE)

_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_AUDIO_BRANDS = {b"M4A ", b"M4B ", b"F4A "}
_MP4_BRANDS = {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VP",
               b"dash", b"msdh", b"F4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6", b"3g2a"}  # fmt: skip
_STARTS: tuple[tuple[bytes, MediaType], ...] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"\x1a\x45\xdf\xa3", WEBM),
    (b"OggS", OGG),
    (b"fLaC", FLAC),
    (b"ID3", MP3),
)


def sniff(head: bytes) -> MediaType | None:
    """The kind of a file that begins with `head`; None when it is none that is taken."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAVE}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        # Frames of MPEG audio: ADTS when the layer is 0, else layer III (I and II are MP3 to a decoder too).
        return AAC if head[1] & 0xF6 == 0xF0 else MP3 if head[1] & 0x06 and head[2] & 0xF0 != 0xF0 else None
    return None


def _of_brands(head: bytes) -> MediaType | None:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    brands = [major, *(head[at : at + 4] for at in range(16, size - 3, 4))]
    if major == b"qt  ":
        return QUICKTIME
    if major in _AUDIO_BRANDS:
        return M4A
    for known, kind in ((_AVIF_BRANDS, AVIF), (_HEIC_BRANDS, HEIC), (_MP4_BRANDS, MP4)):
        if major in known and (kind is not HEIC or not _AVIF_BRANDS.intersection(brands)):
            return kind
    if major in _HEIC_BRANDS:
        return AVIF
    if major[:3] in (b"3gp", b"3g2") or _MP4_BRANDS.intersection(brands):
        return MP4
    return None
