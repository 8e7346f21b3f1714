"""The limits of posts, from the settings: the same for every dialect, and for what is published by the clock."""

from __future__ import annotations

from ..platform.settings import Settings
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
