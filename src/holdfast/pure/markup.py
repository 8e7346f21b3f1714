"""From what a person typed to the HTML that Mastodon clients expect, and the measures taken of that text.

Nothing of the input reaches the output unescaped. A link shows the whole host it leads to: only the scheme in
front and what comes after the host can be shortened, hosts are shown in ASCII (`xn--`), addresses with a name or
password in them are no links, and characters that override the writing direction are dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple

from holdfast.pure.entities import Entity, Hashtag, Mention, MentionName, Url, find_entities
from holdfast.pure.graphemes import grapheme_count
from holdfast.pure.names import (
    RESERVED_USERNAMES,
    local_username_from,
    normalise_hashtag,
    normalise_username,
    reserved_username,
    valid_username,
)
from holdfast.pure.sanitised_html import html_to_text, sanitise_html
from holdfast.pure.search_folding import fold_for_search

__all__ = [
    "RESERVED_USERNAMES",
    "URL_WEIGHT",
    "Entity",
    "Hashtag",
    "Mention",
    "MentionLink",
    "MentionName",
    "Url",
    "character_count",
    "clean_text",
    "find_entities",
    "fold_for_search",
    "html_to_text",
    "local_username_from",
    "normalise_hashtag",
    "normalise_username",
    "plain_excerpt",
    "render_field_value",
    "render_html",
    "render_note",
    "reserved_username",
    "sanitise_html",
    "valid_username",
]

URL_WEIGHT = 23
"""Characters that an address counts for, however long it is."""

SHOWN_URL_LENGTH = 30
"""Characters of an address shown before it is shortened; the host is always shown whole."""

LINK_REL = "nofollow noopener noreferrer"


class MentionLink(NamedTuple):
    """Where a mention leads and the name it shows."""

    url: str
    username: str


_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x85]")
_DROPPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ufffe\uffff]")
_HALF_PAIRS = re.compile(r"[\ud800-\udfff]")
_PARAGRAPH_END = re.compile(r"\n(?:[ \t]*+\n)+")
_SPACES = re.compile(r"\s+")


def clean_text(text: str) -> str:
    """Text that can be stored and shown: `\\n` line ends, no control characters or direction overrides, U+FFFD for
    halves of surrogate pairs, no white space around it."""
    text = _LINE_ENDS.sub("\n", text)
    return _HALF_PAIRS.sub("\ufffd", _DROPPED.sub("", text)).strip()


def render_html(text: str, *, mentions: Mapping[str, MentionLink], tag_url: Callable[[str], str]) -> str:
    """Paragraphs of a post or profile note; "" for blank text.

    mentions: by `MentionName.acct` (lower case); a mention that is not in it stays plain text.
    tag_url: gives the address of a tag from its name as typed; apply `normalise_hashtag` in it.
    """
    cleaned = clean_text(text)
    if not cleaned:
        return ""
    return f"<p>{_inline(cleaned, mentions, tag_url, LINK_REL, _text_in_paragraph)}</p>"


def render_note(text: str, *, mentions: Mapping[str, MentionLink], tag_url: Callable[[str], str]) -> str:
    """A profile's note: the same markup as a post."""
    return render_html(text, mentions=mentions, tag_url=tag_url)


def render_field_value(
    text: str, *, mentions: Mapping[str, MentionLink], tag_url: Callable[[str], str]
) -> str:
    """The value of a profile field: one line, no paragraph, links marked `rel="me"` so that they can be verified."""
    return _inline(_SPACES.sub(" ", clean_text(text)), mentions, tag_url, f"me {LINK_REL}", escape)


def _inline(
    text: str,
    mentions: Mapping[str, MentionLink],
    tag_url: Callable[[str], str],
    link_rel: str,
    render_text: Callable[[str], str],
) -> str:
    pieces: list[str] = []
    position = 0
    for entity in find_entities(text):
        html = _render_entity(entity, mentions, tag_url, link_rel)
        if html is None:
            continue
        pieces.append(render_text(text[position : entity.start]))
        pieces.append(html)
        position = entity.end
    pieces.append(render_text(text[position:]))
    return "".join(pieces)


def _render_entity(
    entity: Entity, mentions: Mapping[str, MentionLink], tag_url: Callable[[str], str], link_rel: str
) -> str | None:
    match entity:
        case Url():
            return _render_url(entity, link_rel)
        case Hashtag():
            return (
                f'<a href="{_attribute(tag_url(entity.value))}" class="mention hashtag" rel="tag">'
                f"#<span>{escape(entity.value)}</span></a>"
            )
        case Mention():
            link = mentions.get(entity.value.acct)
            if link is None:
                return None
            return (
                f'<span class="h-card" translate="no"><a href="{_attribute(link.url)}" class="u-url mention">'
                f"@<span>{escape(link.username)}</span></a></span>"
            )


def _render_url(url: Url, link_rel: str) -> str:
    length = max(SHOWN_URL_LENGTH, len(url.host))
    shown, hidden = url.shown[:length], url.shown[length:]
    shown_class = "ellipsis" if hidden else ""
    return (
        f'<a href="{_attribute(url.value)}" rel="{link_rel}" target="_blank" translate="no">'
        f'<span class="invisible">{url.scheme}</span><span class="{shown_class}">{escape(shown)}</span>'
        f'<span class="invisible">{escape(hidden)}</span></a>'
    )


def _text_in_paragraph(text: str) -> str:
    return _PARAGRAPH_END.sub("</p><p>", escape(text)).replace("\n", "<br />")


def _attribute(url: str) -> str:
    return escape(_HALF_PAIRS.sub("\ufffd", _DROPPED.sub("", url)))


def character_count(text: str, *, url_weight: int = URL_WEIGHT) -> int:
    """Length of a post as Mastodon counts it: grapheme clusters, every address `url_weight`, of a mention of
    somebody elsewhere only the name."""
    count = 0
    position = 0
    for entity in find_entities(text):
        match entity:
            case Url():
                count += grapheme_count(text[position : entity.start]) + url_weight
                position = entity.end
            case Mention() if entity.value.domain is not None:
                name_end = entity.start + 1 + len(entity.value.username)
                count += grapheme_count(text[position:name_end])
                position = entity.end
            case _:
                pass
    return count + grapheme_count(text[position:])


def plain_excerpt(text: str, limit: int) -> str:
    """One line of at most `limit` code points for previews, cut between words with an ellipsis where possible."""
    line = _SPACES.sub(" ", clean_text(text[: 8 * limit + 64])).strip()
    if len(line) <= limit and len(text) <= 8 * limit + 64:
        return line
    if limit < 1:
        return ""
    end = min(limit - 1, len(line))
    # Never cut inside a cluster: marks and joined pictographs go with what they belong to.
    while 0 < end < len(line) and (_sticks(line[end]) or line[end - 1] == "\u200d"):
        end -= 1
    cut = line[:end]
    last_space = cut.rfind(" ")
    if end < len(line) and line[end] != " " and last_space > limit // 2:
        cut = cut[:last_space]
    return cut.rstrip(" .,;:-") + "\u2026"


def _sticks(character: str) -> bool:
    return (
        character == "\u200d"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or unicodedata.category(character) in ("Mn", "Mc", "Me")
    )
