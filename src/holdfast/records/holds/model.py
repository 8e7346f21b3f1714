"""What a hold is, and what it can be about."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant
from .errors import HoldNotPlaced

PLACING: Final = 7310579
"""The advisory lock of holds: who places one waits for deletions that are under way (migration 0015 has the number too)."""
MAX_REASON_CHARACTERS: Final = 2000
MAX_AUTHORITY_CHARACTERS: Final = 500


class Subject(StrEnum):
    """The kinds of things that a path can ask about."""

    ACCOUNT = "account"  # and everything of it
    POST = "post"
    MEDIA = "media"


class Scope(StrEnum):
    """What a hold's query can name."""

    ACCOUNT = "account"  # with everything of it, or with what was made in a stretch of time
    POST = "post"
    MEDIA = "media"
    THREAD = "thread"  # every post of it, by whomever
    REPORT = "report"  # the posts that it names; the account, if it names none
    NOTICE = "notice"  # what the notice desk found it to name


class HoldQuery(msgspec.Struct, frozen=True):
    """What is held. `since` and `before`: only of an account, and only what was made in between."""

    scope: Scope
    id: int
    since: Instant | None = None
    before: Instant | None = None


class Terms(msgspec.Struct, frozen=True):
    """Why it is held, who demands it, and when it ends by itself; None: never."""

    reason: str
    authority: str = ""
    expires_at: Instant | None = None


class Hold(msgspec.Struct, frozen=True):
    """One hold. `waiting`: erasures that wait for it. `placed_by` None: the operator at the command line."""

    id: int
    query: HoldQuery
    terms: Terms
    placed_by: int | None
    placed_at: Instant
    released_at: Instant | None
    released_by: int | None
    release_reason: str | None
    record_id: str | None
    waiting: int


def check(query: HoldQuery, terms: Terms, now: Instant) -> None:
    """Raises HoldNotPlaced for a hold that would hold nothing, or that says nothing."""
    if (query.since or query.before) and query.scope is not Scope.ACCOUNT:
        raise HoldNotPlaced("since", "only the hold of an account can be of a stretch of time")
    if query.since and query.before and query.since >= query.before:
        raise HoldNotPlaced("since", "must be earlier than the end of the stretch of time")
    if not terms.reason.strip():
        raise HoldNotPlaced("reason", "must say why")
    if len(terms.reason) > MAX_REASON_CHARACTERS:
        raise HoldNotPlaced("reason", f"has at most {MAX_REASON_CHARACTERS} characters")
    if len(terms.authority) > MAX_AUTHORITY_CHARACTERS:
        raise HoldNotPlaced("authority", f"has at most {MAX_AUTHORITY_CHARACTERS} characters")
    if terms.expires_at is not None and terms.expires_at <= now:
        raise HoldNotPlaced("until", "must be in the future")
