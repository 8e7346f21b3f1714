"""Mastodon's archive: an item of outbox.json, a Create with its note, or an Announce."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from holdfast.pure.imports.model import ImportedPost, RowInvalid
from holdfast.pure.imports.rows import Row, read_instant, read_text
from holdfast.pure.sanitised_html import html_to_text

_PUBLIC = ("https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public")
_NOTES = ("Note", "Question", "Article", "Page")


def parse_mastodon_activity(row: Row) -> ImportedPost:
    """A post from a Create. Boosts are of posts of other people, which the archive does not hold.

    Raises RowInvalid: not_a_post, boost_left_out, direct_left_out, id_invalid, text_missing, created_at_invalid.
    """
    kind = row.get("type")
    if kind == "Announce":
        raise RowInvalid("boost_left_out", "Boosts of posts elsewhere are not taken over.")
    note = row.get("object")
    if kind != "Create" or not isinstance(note, dict) or note.get("type") not in _NOTES:
        raise RowInvalid("not_a_post", f"The item is no post but {str(kind)[:40]!r}.")
    source_id = note.get("id")
    if not isinstance(source_id, str) or not source_id or len(source_id) > 200:
        raise RowInvalid("id_invalid", "The post has no id.")
    visibility = _visibility(note)
    if visibility is None:
        raise RowInvalid("direct_left_out", "Messages to single people are not taken over.")
    text = _text(note)
    if not text:
        raise RowInvalid("text_missing", "The post has no text; pictures are not taken over.")
    reply_to = note.get("inReplyTo")
    summary = note.get("summary")
    language = _language(note)
    return ImportedPost(
        source_id=source_id,
        text=text,
        kind="comment" if isinstance(reply_to, str) else "post",
        created_at=read_instant(note, "published"),
        reply_to_source_id=reply_to if isinstance(reply_to, str) and len(reply_to) <= 200 else None,
        sensitive=note.get("sensitive") is True,
        spoiler=html_to_text(summary)[:500] if isinstance(summary, str) else "",
        language=language,
        visibility=visibility,
    )


def _text(note: Mapping[str, Any]) -> str:
    source = note.get("source")
    if isinstance(source, dict) and isinstance(source.get("content"), str):
        return read_text({"text": source["content"]}, "text") or ""
    content = note.get("content")
    if not isinstance(content, str):
        return ""
    text = read_text({"text": html_to_text(content)}, "text") or ""
    options = note.get("oneOf") or note.get("anyOf")
    if isinstance(options, list):
        names = [str(one.get("name", ""))[:200] for one in options[:20] if isinstance(one, dict)]
        text = "\n".join([text, *(f"- {name}" for name in names if name)]) if names else text
    return text


def _visibility(note: Mapping[str, Any]) -> Literal["public", "unlisted", "private"] | None:
    to, cc = _list(note.get("to")), _list(note.get("cc"))
    if any(one in _PUBLIC for one in to):
        return "public"
    if any(one in _PUBLIC for one in cc):
        return "unlisted"
    if any(isinstance(one, str) and one.endswith("/followers") for one in (*to, *cc)):
        return "private"
    return None


def _language(note: Mapping[str, Any]) -> str | None:
    languages = note.get("contentMap")
    if isinstance(languages, dict) and len(languages) == 1:
        code = next(iter(languages))
        if isinstance(code, str) and 2 <= len(code) <= 35 and code.replace("-", "").isalnum():
            return code.lower()
    return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
