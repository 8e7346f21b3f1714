"""Rows of the former network Parler, in the three shapes in which its posts are kept outside it.

1. The research dump: `body`, `createdAt` (`YYYYMMDDHHMMSS`), `datatype` "posts", "comments" or "users".
2. Posts read off saved pages: `author_username`, `approx_created_at`, `is_echo`.
3. Samples: `id` and `text`.

A comment becomes a reply; a post with a `parent` (an "echo") becomes a boost, which quotes when it has text.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from holdfast.pure.imports.generic import parse_generic_row
from holdfast.pure.imports.model import ImportedPost, ImportedRow, ImportedUser, RowInvalid
from holdfast.pure.imports.rows import (
    Row,
    derived_id,
    instant_from,
    read_count,
    read_flag,
    read_id,
    read_instant,
    read_label,
    read_links,
    read_text,
    read_username,
)

_POST_TYPES = frozenset({"post", "posts", "echo", "echoes"})
_COMMENT_TYPES = frozenset({"comment", "comments", "reply", "replies"})
_USER_TYPES = frozenset({"user", "users", "profile", "profiles"})
_PAGE_KEYS = ("author_username", "approx_created_at", "is_echo", "echo_count")
_POST_KEYS = ("body", "bodywithurls", "createdAt", "createdAtformatted", "parent", "post", "replyingTo")
_TEXT_KEYS = ("body", "bodywithurls", "text")
_PROFILE_KEYS = ("joined", "bio")
_NO_TIME = re.compile(r"0{4}[0-9]*|0001[0-9:T \-]*(?:UTC|Z)?", re.IGNORECASE)


def parse_parler_row(row: Row) -> ImportedRow:
    """A post, comment, boost or user from any of the three shapes; unknown and missing fields are tolerated.

    Raises RowInvalid: unknown_shape, text_missing, id_missing and what the readers of values raise.
    """
    row = _unwrapped(row)
    datatype = str(row.get("datatype") or "").strip().lower()
    if datatype in _USER_TYPES:
        return _parse_user(row)
    has_text = any(key in row for key in _TEXT_KEYS)
    if not datatype and not has_text and any(key in row for key in _PROFILE_KEYS):
        return _parse_user(row)
    if any(key in row for key in _PAGE_KEYS):
        return _parse_page_post(row)
    if datatype in _POST_TYPES or datatype in _COMMENT_TYPES or any(key in row for key in _POST_KEYS):
        return _parse_dump_post(row, is_comment=_is_comment(row, datatype))
    if "text" in row:
        return parse_generic_row(row)
    if "username" in row:
        return _parse_user(row)
    raise RowInvalid("unknown_shape", 'The row is neither a post ("body" or "text") nor a user ("username").')


def _unwrapped(row: Row) -> Row:
    inner = row.get("data")
    if not isinstance(inner, dict):
        return row
    # What stands beside the wrapping (id, datatype) fills in what the inner object lacks.
    outer = {key: value for key, value in row.items() if key != "data"}
    return {**outer, **{key: value for key, value in inner.items() if value is not None}}


def _is_comment(row: Row, datatype: str) -> bool:
    if datatype:
        return datatype in _COMMENT_TYPES
    return bool(row.get("replyingTo") or row.get("post"))


def _parse_dump_post(row: Row, *, is_comment: bool) -> ImportedPost:
    text = read_text(row, "bodywithurls", "body", "text")
    author = read_username(row, "username", "creatorUsername")
    created_at = read_instant(_without_zero_times(row), "createdAt", "createdAtformatted", "created_at")
    links = read_links(row, "links", "urls", "media")
    reply_to = root = boost_of = None
    kind: Literal["post", "comment", "boost"] = "post"
    if is_comment:
        kind = "comment"
        root = read_id(row, "post")
        reply_to = read_id(row, "replyingTo", "parent", "post")
    else:
        boost_of = read_id(row, "parent")
        kind = "boost" if boost_of is not None else "post"
    if not text and not links and boost_of is None:
        raise RowInvalid(
            "text_missing", 'The row has no "body", no links and no "parent": nothing to import.'
        )
    return ImportedPost(
        source_id=read_id(row, "id", "_id") or _derived(text, author, created_at, boost_of, links),
        text=text,
        kind=kind,
        author=author,
        author_source_id=read_id(row, "creator"),
        author_verified=read_flag(row, "verified"),
        created_at=created_at,
        reply_to_source_id=reply_to,
        root_source_id=root,
        boost_of_source_id=boost_of,
        upvotes=read_count(row, "upvotes"),
        downvotes=read_count(row, "downvotes"),
        impressions=read_count(row, "impressions"),
        boosts=read_count(row, "reposts"),
        replies=read_count(row, "comments"),
        sensitive=bool(read_flag(row, "sensitive")),
        links=links,
    )


def _parse_page_post(row: Row) -> ImportedPost:
    text = read_text(row, "body", "text")
    author = read_username(row, "author_username")
    # `created_at` reads "3 months ago" here: only `approx_created_at` is a point in time.
    created_at = read_instant(_without_zero_times(row), "approx_created_at") or instant_from(
        row.get("created_at")
    )
    links = read_links(row, "media", "links")
    echo = row.get("echo")
    boosted = _parse_echoed(echo) if isinstance(echo, dict) else None
    boost_of = boosted.source_id if boosted is not None else None
    title = read_label(row, "title")
    if not text and not links and boosted is None and not title:
        raise RowInvalid("text_missing", 'The row has no "body", no media and no "echo": nothing to import.')
    return ImportedPost(
        source_id=read_id(row, "id") or _derived(text, author, created_at, boost_of, links),
        text=text,
        kind="boost" if boosted is not None else "post",
        author=author,
        author_display_name=read_label(row, "author_name"),
        created_at=created_at,
        boost_of_source_id=boost_of,
        boosted=boosted,
        upvotes=read_count(row, "upvote_count"),
        impressions=read_count(row, "impression_count"),
        boosts=read_count(row, "echo_count"),
        replies=read_count(row, "comment_count"),
        title=title,
        links=links,
    )


def _parse_echoed(echo: Row) -> ImportedPost | None:
    """The post inside an echo; None when the page did not show it. An echo of an echo keeps the inner one only as
    what it is: a post of its own."""
    try:
        return _parse_page_post({key: value for key, value in echo.items() if key != "echo"})
    except RowInvalid as error:
        if error.reason == "text_missing":
            return None
        raise


def _parse_user(row: Row) -> ImportedUser:
    username = read_username(row, "username")
    if username is None:
        raise RowInvalid("username_missing", 'The user row has no "username".')
    return ImportedUser(
        source_id=read_id(row, "id", "_id") or f"user-{username.lower()}",
        username=username,
        display_name=read_label(row, "name"),
        bio=read_text(row, "bio"),
        created_at=read_instant(_without_zero_times(row), "joined", "createdAt", "created_at"),
        verified=read_flag(row, "verified"),
        private=bool(read_flag(row, "private")),
        followers=read_count(row, "followers", "user_followers"),
        following=read_count(row, "following", "user_following"),
        posts=read_count(row, "posts"),
        avatar_url=next(iter(read_links(row, "profilePhoto")), None),
        header_url=next(iter(read_links(row, "coverPhoto")), None),
    )


def _without_zero_times(row: Row) -> Row:
    # Year 0 and year 1 are how the dump writes "no time".
    return {
        key: value
        for key, value in row.items()
        if not (isinstance(value, str) and _NO_TIME.fullmatch(value.strip()))
    }


def _derived(
    text: str, author: str | None, created_at: datetime | None, boost_of: str | None, links: tuple[str, ...]
) -> str:
    content = "\n".join([text, boost_of or "", *links]) if boost_of or links else text
    return derived_id(content, author, created_at)
