"""What a post looks like, and whether it is a copy of what a case is about. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from ...platform.clock import Instant
from ...pure.near_duplicates import CONTEXT_WORDS, LINK_WORDS, Print, says_the_same

_LOOSE: Final = frozenset({"spam"})


class JoinedAs(StrEnum):
    """Why a subject belongs to a case."""

    FIRST = "first"
    EXACT = "exact"  # the same text
    NEAR = "near"  # the same but for mentions, addresses, numbers, slips
    LINK = "link"
    MEDIA = "media"
    TOGETHER = "together"  # not alike: part of one campaign


class Content(msgspec.Struct, frozen=True):
    """A post as copies are known by. `link`: where there is little else to it. `media`: hashes of all its files."""

    post_id: int
    account_id: int
    thread_id: int
    language: str | None
    edited_at: Instant | None
    created_at: Instant
    mark: Print
    link: str | None
    media: tuple[str, ...]

    @property
    def is_little(self) -> bool:
        """Whether it says so little that it is about its link or its files."""
        return self.mark.words <= LINK_WORDS

    @property
    def blank(self) -> bool:
        """Whether there is nothing to compare."""
        return not self.mark.text and self.link is None and not self.media


class Match(msgspec.Struct, frozen=True):
    """A case that a post is a copy for, and how. `closed_at`: when that was decided; None: it is open."""

    case_id: int
    how: JoinedAs
    lane: str
    closed_at: Instant | None
    decision_id: int | None
    outcome: str | None


CLOSENESS: Final = (JoinedAs.EXACT, JoinedAs.NEAR, JoinedAs.MEDIA, JoinedAs.LINK)
"""From the closest to the loosest."""


def how_alike(content: Content, row: Mapping[str, Any]) -> JoinedAs | None:
    """How a post is a copy of what a case is about; None when it is not. The same words under other files are not."""
    mark, files = content.mark, set(content.media)
    if files == set(row["media"]):
        if mark.text and row["exact"] == mark.exact:
            known_here = mark.words >= CONTEXT_WORDS or content.link or row["thread_id"] == content.thread_id
            return JoinedAs.EXACT if files or known_here else None
        if files and content.is_little and row["words"] <= LINK_WORDS:
            return JoinedAs.MEDIA
        if mark.slotted is not None and row["slotted"] == mark.slotted:
            return JoinedAs.NEAR
        loose = row["category"] in _LOOSE
        if mark.bands and row["first"] and says_the_same(mark.text, row["text"], loose=loose):
            return JoinedAs.NEAR
    if content.link is not None and content.link == row["link"] and not files and not row["media"]:
        return JoinedAs.LINK
    return None
