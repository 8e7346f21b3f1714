"""The documents of an archive, as Mastodon writes them: actor.json, outbox.json, likes.json, bookmarks.json."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    {"sensitive": "as:sensitive", "toot": "http://joinmastodon.org/ns#", "blurhash": "toot:blurhash"},
]


class ArchivedFile(msgspec.Struct, frozen=True):
    """An attachment; `path` is where it stands in the archive, or its address when it is too large for that."""

    path: str
    media_type: str
    description: str
    blurhash: str | None


class ArchivedPost(msgspec.Struct, frozen=True):
    """A post of the member, or a boost (`boost_of` is the address of the other post)."""

    uri: str
    url: str
    created_at: datetime
    edited_at: datetime | None
    visibility: str
    html: str
    text: str
    spoiler: str
    sensitive: bool
    language: str | None
    reply_to: str | None
    boost_of: str | None
    mentions: Sequence[tuple[str, str]] = ()
    tags: Sequence[tuple[str, str]] = ()
    files: Sequence[ArchivedFile] = ()
    options: Sequence[tuple[str, int]] = ()


class ArchivedActor(msgspec.Struct, frozen=True):
    """The member."""

    uri: str
    url: str
    username: str
    display_name: str
    summary_html: str
    locked: bool
    bot: bool
    discoverable: bool
    indexable: bool
    created_at: datetime
    fields: Sequence[tuple[str, str]] = ()
    also_known_as: Sequence[str] = ()
    avatar: tuple[str, str] | None = None  # path in the archive, media type
    header: tuple[str, str] | None = None


def actor_json(actor: ArchivedActor) -> dict[str, Any]:
    """actor.json."""
    document: dict[str, Any] = {
        "@context": _CONTEXT,
        "id": actor.uri,
        "type": "Service" if actor.bot else "Person",
        "outbox": "outbox.json",
        "likes": "likes.json",
        "bookmarks": "bookmarks.json",
        "preferredUsername": actor.username,
        "name": actor.display_name,
        "summary": actor.summary_html,
        "url": actor.url,
        "manuallyApprovesFollowers": actor.locked,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "published": _instant(actor.created_at),
        "alsoKnownAs": list(actor.also_known_as),
        "attachment": [
            {"type": "PropertyValue", "name": name, "value": value} for name, value in actor.fields
        ],
    }
    if actor.avatar:
        document["icon"] = {"type": "Image", "mediaType": actor.avatar[1], "url": actor.avatar[0]}
    if actor.header:
        document["image"] = {"type": "Image", "mediaType": actor.header[1], "url": actor.header[0]}
    return document


def activity_json(post: ArchivedPost, actor_uri: str) -> dict[str, Any]:
    """One item of the outbox: a Create with its note, or an Announce."""
    to, cc = _audience(post, actor_uri)
    activity: dict[str, Any] = {
        "id": f"{post.uri}/activity",
        "type": "Create" if post.boost_of is None else "Announce",
        "actor": actor_uri,
        "published": _instant(post.created_at),
        "to": to,
        "cc": cc,
    }
    if post.boost_of is not None:
        activity["object"] = post.boost_of
        return activity
    note: dict[str, Any] = {
        "id": post.uri,
        "type": "Question" if post.options else "Note",
        "summary": post.spoiler or None,
        "inReplyTo": post.reply_to,
        "published": _instant(post.created_at),
        "url": post.url,
        "attributedTo": actor_uri,
        "to": to,
        "cc": cc,
        "sensitive": post.sensitive,
        "content": post.html,
        # What was typed: an import takes this rather than the HTML.
        "source": {"content": post.text, "mediaType": "text/plain"},
        "attachment": [_document(file) for file in post.files],
        "tag": [
            *({"type": "Mention", "href": href, "name": name} for name, href in post.mentions),
            *({"type": "Hashtag", "href": href, "name": name} for name, href in post.tags),
        ],
    }
    if post.language:
        note["contentMap"] = {post.language: post.html}
    if post.edited_at is not None:
        note["updated"] = _instant(post.edited_at)
    if post.options:
        note["oneOf"] = [
            {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}}
            for name, votes in post.options
        ]
    activity["object"] = note
    return activity


def collection_head(name: str, total: int) -> str:
    """How a collection of `total` items begins; items follow, parted by commas, then `COLLECTION_TAIL`."""
    context = msgspec.json.encode(_CONTEXT).decode()
    return f'{{"@context":{context},"id":"{name}","type":"OrderedCollection","totalItems":{total},"orderedItems":['


COLLECTION_TAIL = "]}"


def _document(file: ArchivedFile) -> dict[str, Any]:
    return {
        "type": "Document", "mediaType": file.media_type, "url": file.path, "name": file.description or None,
        "blurhash": file.blurhash,
    }  # fmt: skip


def _audience(post: ArchivedPost, actor_uri: str) -> tuple[list[str], list[str]]:
    followers, named = f"{actor_uri}/followers", [href for _, href in post.mentions]
    match post.visibility:
        case "public":
            return [PUBLIC], [followers, *named]
        case "unlisted":
            return [followers], [PUBLIC, *named]
        case "private":
            return [followers], named
    return named, []


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
