"""What a featured hashtag is, and what can be one."""

from __future__ import annotations

from datetime import date

import msgspec

from ...pure.entities import Hashtag, find_entities
from ...pure.names import normalise_hashtag
from .errors import HashtagInvalid

NAME_LENGTH_LIMIT = 200
"""Longer than any word; what a client sends must end somewhere."""


class FeaturedTag(msgspec.Struct, frozen=True):
    """A hashtag on a profile, with how its owner used it where everybody can read. `last_used_on` None: not yet."""

    id: int
    tag_id: int
    name: str
    display: str
    posts: int
    last_used_on: date | None


def name_of(text: str) -> tuple[str, str]:
    """(key, as written) of a hashtag, with its sign or without; raises HashtagInvalid when a post could not hold it."""
    written = text.strip().removeprefix("#")
    if len(written) > NAME_LENGTH_LIMIT:
        raise HashtagInvalid("ERR_TOO_LONG", f"is longer than {NAME_LENGTH_LIMIT} characters")
    found = find_entities(f"#{written}")
    if len(found) != 1 or not isinstance(found[0], Hashtag) or found[0].value != written:
        raise HashtagInvalid(
            "ERR_INVALID", "is not a hashtag: use letters, digits and underscores, not digits alone"
        )
    return normalise_hashtag(written), written
