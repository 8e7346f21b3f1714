"""What notices cite: one row for each address or thing described, and what it was found to be here."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Self
from urllib.parse import urlsplit

import msgspec

from ...platform.clock import Instant
from ...platform.ids import PublicIds
from ...platform.settings import Settings
from ...pure.notices import Citation, ItemOutcome

ITEMS_MOST: Final = 10_000
"""Items of one notice; what is cited beyond is counted and said to the sender."""


class Found(StrEnum):
    """What a citation was found to be."""

    POST = "post"
    ACCOUNT = "account"
    MEDIA = "media"
    TAG = "tag"
    PAGE = "page"  # an address of ours that names no content
    ELSEWHERE = "elsewhere"  # of another server, and no copy of it is here
    UNRESOLVED = "unresolved"  # ours by its looks, or no address at all: a person has to look


class CitedItem(msgspec.Struct, frozen=True):
    """One address, or one thing that is described without any.

    readings: normal addresses in which it can be read, the likeliest first; () : it is worked out from `as_given`.
    marks: how it was written. alleged: what it is said to be. duplicate_of: the place of the first that says the same, from 1.
    known: what it is here, where the sender could name nothing else, such as a member who reports a post.
    """

    as_given: str
    readings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    alleged: str = ""
    duplicate_of: int | None = None
    known: tuple[Found, int] | None = None

    @classmethod
    def of(cls, citation: Citation, *, alleged: str = "") -> Self:
        """What `cited_addresses` found; give all of one notice, in order, so that `duplicate_of` fits."""
        marks = tuple(sorted(one.value for one in citation.marks))
        return cls(citation.as_given, citation.readings, marks, alleged, citation.duplicate_of)


class Addresses(msgspec.Struct, frozen=True):
    """What is needed to find what is cited: how ids look outside, under which names this server answers."""

    ids: PublicIds
    own_hosts: frozenset[str]
    media_hosts: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings, ids: PublicIds) -> Self:
        """By the settings: the domain, the public address, what `notice_own_hosts` adds, and where files are served."""
        own = {settings.domain, urlsplit(settings.public_url).netloc, *settings.notice_own_hosts}
        media = {urlsplit(settings.media_url).netloc} if settings.media_url else set()
        return cls(
            ids, frozenset(one.lower() for one in own if one), frozenset(one.lower() for one in media if one)
        )


class Target(msgspec.Struct, frozen=True):
    """What one citation was found to be. post_id: the post that a decision would be about, of a file too."""

    url: str
    found: Found
    subject_id: int | None = None
    account_id: int | None = None
    post_id: int | None = None

    @property
    def key(self) -> tuple[Found, int] | None:
        """What makes two citations one thing."""
        return None if self.subject_id is None else (self.found, self.subject_id)


class NewItem(msgspec.Struct, frozen=True):
    """An item to be stored."""

    n: int
    cited: CitedItem
    target: Target
    duplicate_of: int | None
    before: tuple[int, int] | None
    snapshot: bytes | None
    record_id: str


class NoticeItem(msgspec.Struct, frozen=True):
    """One item. n: from 1. url: the reading that was taken.

    found, subject_id, account_id: what it is here, and whose. resolved_by: who of the staff said so, None: the program.
    snapshot_sha256: of the content as it was, which is the body `snapshot` of the record. duplicate_of: the first item of
    this notice about the same thing. before: the newest earlier notice that cites it, and the item's number there.
    decision_id: what settled it, where a decision did.
    """

    notice_id: int
    n: int
    as_given: str
    url: str
    marks: list[str]
    alleged: str
    found: Found
    subject_id: int | None
    account_id: int | None
    resolved_by: int | None
    resolved_at: Instant | None
    snapshot_sha256: bytes | None
    record_id: str
    duplicate_of: int | None
    before_notice_id: int | None
    before_n: int | None
    case_id: int | None
    decision_id: int | None
    outcome: ItemOutcome | None
    reason: str
    settled_by: int | None
    settled_at: Instant | None
    first_seen_at: Instant | None
    actioned_at: Instant | None
