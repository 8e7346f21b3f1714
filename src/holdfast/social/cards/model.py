"""What a card is, which address it is for, and when that is asked again."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum

import msgspec

from ...platform.clock import Instant
from ...pure.entities import Url, find_entities
from ...pure.outbound_addresses import AddressNotAllowed, read_target
from ...pure.page_previews import CardKind


class CardState(IntEnum):
    """What is known of an address."""

    WANTED = 0
    SHOWN = 1
    NONE = 2
    WITHHELD = 3  # screening holds what the page says of itself


class CardView(msgspec.Struct, frozen=True):
    """A card as it is shown below a post. `url`: as posts write it; `final_url`: where it led; `image`: the name
    of a file. `html` is of our own making: one frame that can do nothing to the page around it."""

    id: int
    url: str
    final_url: str
    kind: CardKind
    title: str
    description: str
    language: str | None
    provider_name: str
    provider_url: str
    author_name: str
    author_url: str
    html: str
    embed_url: str
    width: int
    height: int
    published_at: Instant | None
    image: str | None
    image_description: str
    blurhash: str | None


class CardImage(msgspec.Struct, frozen=True):
    """A stored picture. `hash`: of its blob; `name`: what it is served under."""

    name: str
    hash: bytes
    content_type: str
    size_bytes: int
    width: int
    height: int
    blurhash: str | None


class CardLimits(msgspec.Struct, frozen=True):
    """How often an address is asked; every number is a setting or follows from one."""

    fresh_hours: int = 12
    lease_seconds: float = 120.0
    attempts: int = 3
    first_retry_minutes: int = 10


def first_link(text: str) -> str | None:
    """The address that a post's card is for: its first one, in its one form; None without one that can be asked."""
    for entity in find_entities(text):
        if isinstance(entity, Url):
            try:
                return read_target(entity.value).url
            except AddressNotAllowed:
                continue
    return None


def is_fresh(
    state: CardState, fetched_at: Instant | None, failures: int, now: Instant, limits: CardLimits
) -> bool:
    """Whether what is known of an address will do; where nothing came of it, it is asked again sooner."""
    if fetched_at is None:
        return False
    if failures and (again := asked_again_at(failures, fetched_at, limits)) is not None:
        return now < again
    useless = failures > 0 or state is CardState.NONE
    return now - fetched_at < timedelta(
        hours=max(1, limits.fresh_hours // 4) if useless else limits.fresh_hours
    )


def asked_again_at(failures: int, failed_at: Instant, limits: CardLimits) -> Instant | None:
    """When to ask again after so many failures in a row, the last one then; None: it is given up."""
    if failures >= limits.attempts:
        return None
    return failed_at + timedelta(minutes=limits.first_retry_minutes * 3 ** (failures - 1))
