"""What a row of an import says, whatever format it came in."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from holdfast.pure.errors import Invalid

TEXT_LENGTH_LIMIT = 100_000
"""Longest text of one row, in code points."""

SOURCE_ID_LENGTH_LIMIT = 200
"""Longest id of another site, in code points."""

NAME_LENGTH_LIMIT = 200
"""Longest user or display name of another site, in code points; longer display names are cut."""

LINKS_LIMIT = 100
"""Links kept of one row; further ones are dropped."""


class RowInvalid(Invalid):
    """A row that cannot be imported.

    reason: a short word for counting, such as "invalid_json". The message is a sentence for people.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence, private=f"{reason}: {sentence}")
        self.reason = reason


class ImportedPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post, comment or boost of another site.

    Ids are opaque strings of that site; a row without one has an id derived from its content ("row-" and 32
    hex digits), the same on every run. Times are UTC. A counter that is None was not given or not readable.
    `visibility` None: as the account has it.
    Text is clean (`\\n` line ends, no NUL, no half surrogates) and may be "" for a boost or when there are links.
    """

    source_id: str
    text: str
    kind: Literal["post", "comment", "boost"] = "post"
    author: str | None = None
    author_source_id: str | None = None
    author_display_name: str | None = None
    author_verified: bool | None = None
    created_at: datetime | None = None
    reply_to_source_id: str | None = None
    root_source_id: str | None = None
    boost_of_source_id: str | None = None
    boosted: ImportedPost | None = None
    upvotes: int | None = None
    downvotes: int | None = None
    impressions: int | None = None
    boosts: int | None = None
    replies: int | None = None
    sensitive: bool = False
    title: str | None = None
    links: tuple[str, ...] = ()
    spoiler: str = ""
    language: str | None = None
    visibility: Literal["public", "unlisted", "private"] | None = None


class ImportedUser(msgspec.Struct, frozen=True, kw_only=True):
    """An account of another site. Text is clean as in `ImportedPost`; times are UTC."""

    source_id: str
    username: str
    display_name: str | None = None
    bio: str = ""
    created_at: datetime | None = None
    verified: bool | None = None
    private: bool = False
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    avatar_url: str | None = None
    header_url: str | None = None


ImportedRow = ImportedPost | ImportedUser
