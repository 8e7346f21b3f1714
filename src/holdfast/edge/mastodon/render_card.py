"""Cards as the Mastodon API's PreviewCard."""

from __future__ import annotations

from typing import Any

from ...social.cards import CardKind, CardView
from ..links import media_url
from ..ports import Services
from .times import iso

_KINDS = {CardKind.LINK: "link", CardKind.PHOTO: "photo", CardKind.VIDEO: "video"}


def card_entity(services: Services, card: CardView) -> dict[str, Any]:
    """The PreviewCard entity. `authors` holds what the page says of its author; nobody here has confirmed it, so no
    account is named."""
    authors: list[dict[str, Any]] = []
    if card.author_name:
        authors.append({"name": card.author_name, "url": card.author_url, "account": None})
    return {
        "url": card.url,
        "title": card.title,
        "description": card.description,
        "language": card.language,
        "type": _KINDS[card.kind],
        "author_name": card.author_name,
        "author_url": card.author_url,
        "authors": authors,
        "provider_name": card.provider_name,
        "provider_url": card.provider_url,
        "html": card.html,
        "width": card.width,
        "height": card.height,
        "image": None if card.image is None else media_url(services, card.image),
        "image_description": card.image_description,
        "embed_url": card.embed_url,
        "blurhash": card.blurhash,
        "published_at": None if card.published_at is None else iso(card.published_at),
        "missing_attribution": None,
    }
