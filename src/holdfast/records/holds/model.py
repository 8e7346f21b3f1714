"""What a hold can be about."""

from __future__ import annotations

from enum import StrEnum


class Subject(StrEnum):
    """The kinds of things that can be held."""

    ACCOUNT = "account"  # and everything of it
    POST = "post"
    MEDIA = "media"
