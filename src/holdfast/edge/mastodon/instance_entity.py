"""The Instance entities. Clients decode them strictly: every field is there, and says what is true of this version."""

from __future__ import annotations

from typing import Any

import msgspec

from ... import __version__
from ...platform.config import Settings
from ...platform.decoding import find_programs
from ...pure.avatar import AVATAR_SIDE_PIXELS
from ...pure.markup import URL_WEIGHT
from ...pure.media_types import IMAGES, MOVING
from ...records import ledger
from ...social.accounts import find_by_handle
from ..breaking import breaker_now
from ..feeds import FeedKind, feed_access
from ..ledger_facts import log_keys, prefix_of
from ..ports import Services
from ..site_standing import site_standing
from .render_account import accounts_raw

API_VERSION = 7
"""What of the Mastodon API is here, as clients count it: https://docs.joinmastodon.org/entities/Instance/#api-versions

All that the versions up to this one added has to be here; docs/reference/http.md says why it is this one."""

VERSION = f"4.6.0 (compatible; Holdfast {__version__})"

# Other names for the same, by which clients look for what they have.
_ALSO_NAMED = frozenset({"image/heif"})


async def instance_v2(services: Services) -> dict[str, Any]:
    """The Instance entity."""
    settings, base = services.settings, services.base_url
    usage = await services.instance.usage()
    return {
        "domain": settings.domain,
        "title": settings.title,
        "version": VERSION,
        "source_url": source_url(services),
        "description": settings.description,
        "usage": {"users": {"active_month": usage.active_month}},
        "thumbnail": {
            "url": f"{base}/instance/thumbnail.png",
            "description": "",
            "blurhash": None,
            "versions": {"@1x": f"{base}/instance/thumbnail.png", "@2x": f"{base}/instance/thumbnail.png"},
        },
        "icon": [{"src": f"{base}/instance/icon.png", "size": f"{AVATAR_SIDE_PIXELS}x{AVATAR_SIDE_PIXELS}"}],
        "languages": list(settings.languages),
        "configuration": {
            "urls": {
                "streaming": streaming_url(services),
                "status": None,
                "about": f"{base}/about",
                "privacy_policy": f"{base}/privacy-policy" if settings.privacy_policy_file else None,
                "terms_of_service": f"{base}/terms-of-service" if settings.terms_file else None,
            },
            "vapid": {"public_key": services.keyring.vapid_public()},
            **_configuration(settings),
            "translation": {"enabled": False},
            "timelines_access": {
                "live_feeds": _access(settings, FeedKind.LIVE),
                "hashtag_feeds": _access(settings, FeedKind.HASHTAG),
                "trending_link_feeds": _access(settings, FeedKind.LINK),
            },
            "limited_federation": True,
        },
        "registrations": {
            "enabled": settings.registrations != "closed",
            "approval_required": settings.registrations == "approval",
            "reason_required": settings.registrations == "approval" and settings.sign_up_reason_required,
            "message": _closed_message(settings),
            "min_age": settings.sign_up_min_age or None,
            "url": None,
        },
        "api_versions": {"mastodon": API_VERSION},
        "contact": {"email": settings.contact_email, "account": await _contact(services)},
        "rules": rule_entities(settings),
        "holdfast": await _lasting(services),
    }


async def _lasting(services: Services) -> dict[str, Any]:
    """An extension: the keys of the evidence ledger, what the breaker of the backlog has in force, whether what is
    written here is at the mirror, and where notices that the ledger's keys sign say where this server went."""
    known = await ledger.logs(services.database)
    log = known[-1] if known else None
    return {
        "ledger": log
        and {
            "origin": log.origin,
            "prefix": prefix_of(services, log.number),
            "vkeys": [key.vkey for key in await log_keys(services, log)],
        },
        "breaker": await breaker_now(services),
        "mirror": await site_standing(services),
        "relaunch": {"addresses": list(services.settings.relaunch_addresses)},
    }


async def instance_v1(services: Services) -> dict[str, Any]:
    """The old Instance entity."""
    settings, base = services.settings, services.base_url
    usage = await services.instance.usage()
    return {
        "uri": settings.domain,
        "title": settings.title,
        "short_description": settings.description,
        "description": settings.description,
        "email": settings.contact_email,
        "version": VERSION,
        "urls": {"streaming_api": streaming_url(services)},
        "stats": {
            "user_count": usage.users,
            "status_count": usage.posts,
            "domain_count": usage.domains,
        },
        "thumbnail": f"{base}/instance/thumbnail.png",
        "languages": list(settings.languages),
        "registrations": settings.registrations != "closed",
        "approval_required": settings.registrations == "approval",
        "invites_enabled": False,
        "configuration": _configuration(settings),
        "contact_account": await _contact(services),
        "rules": rule_entities(settings),
    }


def _closed_message(settings: Settings) -> str | None:
    return settings.registrations_message or None if settings.registrations == "closed" else None


def _access(settings: Settings, kind: FeedKind) -> dict[str, str]:
    """Who may read a kind of feed, in the API's words."""
    words = {"public": "public", "members": "authenticated", "disabled": "disabled"}
    sides = (("local", True), ("remote", False))
    return {name: words[feed_access(settings, kind, local=local)] for name, local in sides}


def rule_entities(settings: Settings) -> list[dict[str, Any]]:
    """The Rule entities, numbered in the order of the setting."""
    return [
        {"id": str(number), "text": text, "hint": "", "translations": {}}
        for number, text in enumerate(settings.rules, 1)
    ]


def source_url(services: Services) -> str:
    """Where the source of the running version can be had."""
    return services.settings.source_url or f"{services.base_url}/about"


def streaming_url(services: Services) -> str:
    """Where live events are served from; clients add the path of the streaming API."""
    scheme, _, rest = services.base_url.partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}"


def _configuration(settings: Settings) -> dict[str, Any]:
    return {
        "accounts": {
            "max_display_name_length": settings.display_name_max_characters,
            "max_note_length": settings.bio_max_characters,
            "max_avatar_description_length": settings.media_picture_description_max_characters,
            "max_header_description_length": settings.media_picture_description_max_characters,
            "max_featured_tags": settings.featured_tags_max,
            "max_pinned_statuses": settings.pinned_posts_max,
            "max_profile_fields": settings.profile_max_fields,
            "profile_field_name_limit": settings.profile_field_name_max_characters,
            "profile_field_value_limit": settings.profile_field_value_max_characters,
        },
        "statuses": {
            "max_characters": settings.post_max_characters,
            "max_media_attachments": settings.post_max_media,
            "characters_reserved_per_url": URL_WEIGHT,
        },
        "media_attachments": _media(settings),
        "polls": {
            "max_options": settings.poll_max_options,
            "max_characters_per_option": settings.poll_option_max_characters,
            "min_expiration": settings.poll_min_seconds,
            "max_expiration": settings.poll_max_seconds,
        },
    }


def _media(settings: Settings) -> dict[str, Any]:
    kinds = MOVING + IMAGES if find_programs(settings.ffmpeg_program) else IMAGES
    return {
        "supported_mime_types": sorted({kind.mime for kind in kinds} | _ALSO_NAMED),
        "description_limit": settings.media_description_max_characters,
        "image_size_limit": settings.media_image_max_bytes,
        "image_matrix_limit": settings.media_image_max_pixels,
        "video_size_limit": settings.media_video_max_bytes,
        "video_frame_rate_limit": settings.media_video_max_frame_rate,
        "video_matrix_limit": settings.media_video_max_pixels,
    }


async def _contact(services: Services) -> msgspec.Raw | None:
    """The account to write to: the one that the settings name, else the first owner."""
    named = services.settings.contact_account.strip().removeprefix("@").partition("@")[0]
    if named:
        found = await find_by_handle(services.database, named)
    else:
        found = await services.instance.first_owner()
    shown = await accounts_raw(services, [] if found is None else [found])
    return shown[0] if shown else None
