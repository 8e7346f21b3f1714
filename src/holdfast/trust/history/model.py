"""A post of the past as screening would be shown it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from ...platform.clock import Instant
from ...screening import Content
from ...social.posts import Draft, PostState, compose, content_of


class Range(NamedTuple):
    """Posts with `after_id` < id <= `until_id`."""

    after_id: int
    until_id: int


class StoredPost(msgspec.Struct, frozen=True, array_like=True):
    """A post, held and withdrawn ones too, with its present text. Never a boost.

    `author_age_days` is the author's age when the present text was written, `author_post_count` the author's visible
    posts and boosts before this one, `author_posts_this_hour` those of the hour before it; all None for an imported post,
    whose author's life elsewhere is not known. `version` is that of the latest verdict on the present text, None when
    none is kept: an edit that screening let pass leaves none.
    """

    id: int
    account_id: int
    state: PostState
    text: str
    spoiler: str
    language: str | None
    poll_options: list[str]
    is_reply: bool
    is_quote: bool
    created_at: Instant
    edited_at: Instant | None
    author_age_days: float | None
    author_post_count: int | None
    author_posts_this_hour: int | None
    version: str | None
    media_descriptions: list[str] = []
    media_hashes: list[str] = []


class Page(NamedTuple):
    """The posts of a stretch of the history, oldest first; `last_id` is where the next page goes on."""

    posts: list[StoredPost]
    last_id: int


def content_of_stored(post: StoredPost) -> Content:
    """What screening is shown of it, by the way that posting takes. Labels of then are not kept, so none are shown."""
    content = content_of(
        compose(Draft(text=post.text, spoiler=post.spoiler)),
        language=post.language,
        poll_options=post.poll_options,
        author_age_days=post.author_age_days,
        author_post_count=post.author_post_count,
        is_reply=post.is_reply,
        is_quote=post.is_quote,
        media_descriptions=post.media_descriptions,
        media_hashes=post.media_hashes,
    )
    return msgspec.structs.replace(
        content, author_id=post.account_id, author_posts_this_hour=post.author_posts_this_hour
    )
