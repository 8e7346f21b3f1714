"""The limits of posts and of their uploads, from the settings: the same for every dialect, and for what is published by the clock."""

from __future__ import annotations

from ..platform.settings import Settings
from ..social.media import MediaLimits
from ..social.posts import PostLimits


def post_limits(settings: Settings) -> PostLimits:
    """How large a post may be."""
    return PostLimits(
        characters=settings.post_max_characters,
        mentions=settings.post_max_mentions,
        poll_options=settings.poll_max_options,
        poll_option_characters=settings.poll_option_max_characters,
        poll_min_seconds=settings.poll_min_seconds,
        poll_max_seconds=settings.poll_max_seconds,
        pinned=settings.pinned_posts_max,
        idempotency_key_hours=settings.idempotency_key_hours,
    )


def media_limits(settings: Settings) -> MediaLimits:
    """How large uploads may be, and how many a post may have."""
    return MediaLimits(
        image_bytes=settings.media_image_max_bytes,
        image_pixels=settings.media_image_max_pixels,
        video_bytes=settings.media_video_max_bytes,
        picture_bytes=settings.media_picture_max_bytes,
        emoji_bytes=settings.media_emoji_max_bytes,
        description_characters=settings.media_description_max_characters,
        quota_bytes=settings.media_quota_mb << 20,
        per_post=settings.post_max_media,
    )
