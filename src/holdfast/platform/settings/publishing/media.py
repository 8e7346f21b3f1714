"""Settings of uploads: how large, how they are read, where they are kept."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from .outbound import OutboundSettings

_MIB = 1024 * 1024


class MediaSettings(OutboundSettings, frozen=True, kw_only=True):
    """Pictures, videos, sounds."""

    # Uploads
    media_image_max_bytes: Annotated[
        int, S("Largest picture that is taken.", unit="bytes", minimum=65_536, maximum=1 << 30)
    ] = 16 * _MIB
    media_image_max_pixels: Annotated[
        int, S("Most pixels of a picture, and of an animation's frame.", minimum=10_000, maximum=400_000_000)
    ] = 33_177_600
    media_video_max_bytes: Annotated[
        int, S("Largest video or sound that is taken.", unit="bytes", minimum=65_536, maximum=1 << 32)
    ] = 99 * _MIB
    media_video_max_pixels: Annotated[
        int, S("Most pixels of a video's frame.", minimum=10_000, maximum=100_000_000)
    ] = 8_294_400
    media_video_max_frame_rate: Annotated[
        int, S("Most frames of a video.", unit="frames per second", minimum=1, maximum=1000)
    ] = 120
    media_video_max_seconds: Annotated[
        int, S("Longest video or sound.", unit="seconds", minimum=1, maximum=86_400)
    ] = 7200
    media_description_max_characters: Annotated[
        int, S("Longest description of an upload.", unit="characters", minimum=100, maximum=100_000)
    ] = 1500
    media_picture_max_bytes: Annotated[
        int, S("Largest avatar or header that is taken.", unit="bytes", minimum=65_536, maximum=1 << 30)
    ] = 8 * _MIB
    media_emoji_max_bytes: Annotated[
        int, S("Largest file that `holdfast emoji add` takes.", unit="bytes", minimum=1024, maximum=1 << 24)
    ] = 256 * 1024
    media_picture_description_max_characters: Annotated[
        int, S("Longest description of an avatar or header.", unit="characters", minimum=0, maximum=10_000)
    ] = 150
    media_quota_mb: Annotated[
        int,
        S(
            "Most that the uploads of one account may take; 0 is no limit.",
            unit="MiB",
            minimum=0,
            maximum=1 << 30,
        ),
    ] = 10_240
    media_orphan_hours: Annotated[
        int, S("An upload that no post has is removed after this.", unit="hours", minimum=1, maximum=8760)
    ] = 24
    rate_media: Annotated[int, S("Uploads per window and account.", minimum=1, maximum=10_000_000)] = 30
    rate_media_window_seconds: Annotated[
        int, S("Window of the upload limit.", unit="seconds", minimum=1, maximum=86_400)
    ] = 1800

    # Reading uploads
    media_decoders: Annotated[int, S("Pictures that one process reads at once.", minimum=1, maximum=64)] = 2
    media_decoder_memory_mb: Annotated[
        int, S("Most memory that reading one picture may take.", unit="MiB", minimum=256, maximum=65_536)
    ] = 1024
    media_decoder_seconds: Annotated[
        int, S("Longest time that reading one picture may take.", unit="seconds", minimum=1, maximum=600)
    ] = 20
    ffmpeg_program: Annotated[
        str, S("The program that reads videos and sounds; ffprobe stands beside it.")
    ] = "ffmpeg"
    media_transcoder_memory_mb: Annotated[
        int, S("Most memory that ffmpeg may take.", unit="MiB", minimum=256, maximum=65_536)
    ] = 4096
    media_transcoder_seconds: Annotated[
        int,
        S(
            "Longest time that one video or sound may be worked on.",
            unit="seconds",
            minimum=10,
            maximum=86_400,
        ),
    ] = 1200

    # Where uploads are kept
    media_url: Annotated[
        str,
        S(
            "Another address that uploads are served from, such as https://media.example.org; it must lead to this"
            " server, and should be no part of its domain.",
        ),
    ] = ""
    media_store_url: Annotated[
        str, S("Where uploads are kept: s3://bucket/prefix; empty is the folder media in the data folder.")
    ] = ""
    media_store_endpoint: Annotated[str, S("Address of an S3-compatible service; empty is Amazon's.")] = ""
    media_store_region: Annotated[str, S("Region of that service.")] = ""
    media_store_access_key: Annotated[str, S("Name to sign requests to it with.", secret=True)] = ""
    media_store_secret_key: Annotated[str, S("Key to sign requests to it with.", secret=True)] = ""
