"""The plain format: one object per line with `text` and, optionally, `id`, `author` and `created_at`."""

from __future__ import annotations

from holdfast.pure.imports.model import ImportedPost, RowInvalid
from holdfast.pure.imports.rows import (
    Row,
    derived_id,
    read_count,
    read_flag,
    read_id,
    read_instant,
    read_links,
    read_text,
    read_username,
)


def parse_generic_row(row: Row) -> ImportedPost:
    """A post from an object with `text` (required), `id`, `author`, `created_at`, `in_reply_to_id`, `sensitive`,
    `links`, `upvotes`, `downvotes`; other keys are ignored.

    Raises RowInvalid: text_missing, text_not_string, text_too_long, id_invalid, author_invalid, created_at_invalid.
    """
    text = read_text(row, "text")
    if not text:
        raise RowInvalid("text_missing", 'The row has no "text", or it is blank.')
    author = read_username(row, "author", "username")
    created_at = read_instant(row, "created_at", "createdAt")
    reply_to = read_id(row, "in_reply_to_id", "reply_to")
    return ImportedPost(
        source_id=read_id(row, "id") or derived_id(text, author, created_at),
        text=text,
        kind="post" if reply_to is None else "comment",
        author=author,
        created_at=created_at,
        reply_to_source_id=reply_to,
        upvotes=read_count(row, "upvotes"),
        downvotes=read_count(row, "downvotes"),
        sensitive=bool(read_flag(row, "sensitive")),
        links=read_links(row, "links"),
    )
