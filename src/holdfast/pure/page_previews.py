"""What a page's own words make of a card. A stranger wrote them: every line is cleaned and cut, every address read
anew, and no markup is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import IntEnum
from html import escape
from typing import Any
from urllib.parse import urljoin

import msgspec

from .languages import LANGUAGES
from .markup import plain_excerpt
from .outbound_addresses import AddressNotAllowed, Target, read_target
from .page_heads import PageHead

TITLE_MAX_CHARACTERS = 300
DESCRIPTION_MAX_CHARACTERS = 600
NAME_MAX_CHARACTERS = 100
EMBED_MAX_PIXELS = 4096
_MARKUP_MAX_CHARACTERS = 16_384
_DEFAULT_FRAME = (480, 270)

# What would turn a line around or hide a part of it.
_UNSEEN = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_FRAME = re.compile(
    r"""<iframe\s[^<>]{0,2048}?\bsrc\s{0,4}=\s{0,4}(?:"([^"<>]{1,2048})"|'([^'<>]{1,2048})')""", re.I
)


class CardKind(IntEnum):
    """What stands behind the address."""

    LINK = 0
    PHOTO = 1
    VIDEO = 2


class Preview(msgspec.Struct, frozen=True):
    """What was learned of an address. `image_url`: a picture to fetch, or ""."""

    final_url: str
    title: str
    kind: CardKind = CardKind.LINK
    description: str = ""
    language: str | None = None
    provider_name: str = ""
    provider_url: str = ""
    author_name: str = ""
    author_url: str = ""
    html: str = ""
    embed_url: str = ""
    width: int = 0
    height: int = 0
    published_at: datetime | None = None
    image_url: str = ""
    image_description: str = ""

    @property
    def words(self) -> str:
        """All that a reader would be shown, for screening."""
        parts = (self.title, self.description, self.provider_name, self.author_name, self.image_description)
        return "\n".join(part for part in parts if part)


def preview_of(head: PageHead, target: Target) -> Preview | None:
    """What a page says of itself, or None when it has no title. `target`: where it came from in the end."""
    title = _line(head.first("og:title", "twitter:title") or head.title, TITLE_MAX_CHARACTERS)
    if not title:
        return None
    picture = head.first(
        "og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"
    )
    return Preview(
        final_url=target.url,
        title=title,
        description=_line(
            head.first("og:description", "twitter:description", "description"), DESCRIPTION_MAX_CHARACTERS
        ),
        language=_language(head.first("og:locale", "http-equiv content-language") or head.language),
        provider_name=provider_of(head.first("og:site_name", "application-name"), target.host),
        provider_url=_origin(target),
        author_name=_line(head.first("article:author:name", "author", "twitter:creator"), NAME_MAX_CHARACTERS),
        author_url=absolute(head.first("article:author", "og:article:author") or head.link("author"), target, relative=False),
        published_at=_instant(head.first("article:published_time", "og:published_time", "datepublished")),
        image_url=absolute(picture, target),
        image_description=_line(head.first("og:image:alt", "twitter:image:alt"), DESCRIPTION_MAX_CHARACTERS),
    )  # fmt: skip


def with_oembed(
    preview: Preview | None, said: Mapping[str, Any], target: Target, own_host: str
) -> Preview | None:
    """What an oEmbed document adds. A frame is made anew from its address; other markup is left out.

    `own_host`: this server, which is never framed, because a frame of it would be trusted by it.
    """
    title = _line(said.get("title"), TITLE_MAX_CHARACTERS)
    if preview is None:
        if not title:
            return None
        preview = Preview(target.url, title, provider_name=target.host, provider_url=_origin(target))
    changes: dict[str, Any] = {
        "author_name": _line(said.get("author_name"), NAME_MAX_CHARACTERS) or preview.author_name,
        "author_url": absolute(said.get("author_url"), target, relative=False) or preview.author_url,
    }
    width, height = _pixels(said.get("width")), _pixels(said.get("height"))
    if said.get("type") == "photo" and (photo := absolute(said.get("url"), target, relative=False)):
        changes |= {
            "kind": CardKind.PHOTO,
            "embed_url": photo,
            "image_url": photo,
            "width": width,
            "height": height,
        }
    elif said.get("type") == "video" and (frame := frame_of(said.get("html"), width, height, own_host)):
        changes |= {"kind": CardKind.VIDEO, "html": frame, "width": width, "height": height}
    if not preview.image_url:
        changes.setdefault("image_url", absolute(said.get("thumbnail_url"), target, relative=False))
    return msgspec.structs.replace(preview, **changes)


def frame_of(html: object, width: int, height: int, own_host: str) -> str:
    """A frame of our own making around the one address that the markup frames; "" when there is none to keep.

    Only https, never this server. The frame may run its player and open windows, and nothing else.
    """
    if not isinstance(html, str):
        return ""
    found = _FRAME.search(html[:_MARKUP_MAX_CHARACTERS])
    try:
        target = read_target((found[1] or found[2]).replace("&amp;", "&")) if found else None
    except AddressNotAllowed:
        return ""
    if target is None or target.scheme != "https" or target.literal or target.host == own_host:
        return ""
    return (
        f'<iframe src="{escape(target.url)}" width="{width or _DEFAULT_FRAME[0]}" height="{height or _DEFAULT_FRAME[1]}"'
        ' sandbox="allow-scripts allow-same-origin allow-popups allow-presentation" allow="fullscreen"'
        ' referrerpolicy="no-referrer" loading="lazy"></iframe>'
    )


def provider_of(name: str, host: str) -> str:
    """The name of a site. One that looks like an address must be the host's own, so that no card hides its host."""
    shown = _line(name, NAME_MAX_CHARACTERS)
    folded = shown.casefold().removeprefix("https://").removeprefix("http://").strip("/ ")
    looks_like_host = "." in folded and " " not in folded
    if not shown or (looks_like_host and host != folded and not host.endswith(f".{folded}")):
        return host
    return shown


def absolute(address: object, target: Target, *, relative: bool = True) -> str:
    """An http(s) address that a page names, in its one form; "" for anything else."""
    if not isinstance(address, str) or not address or len(address) > 4096:
        return ""
    try:
        return read_target(urljoin(target.url, address.strip()) if relative else address.strip()).url
    except (AddressNotAllowed, ValueError):
        return ""


def _origin(target: Target) -> str:
    return f"{target.scheme}://{target.authority}"


def _line(text: object, characters: int) -> str:
    return plain_excerpt(_UNSEEN.sub("", text), characters) if isinstance(text, str) else ""


def _language(tag: str) -> str | None:
    code = re.split("[-_,;]", tag.strip(), maxsplit=1)[0].lower()
    return code if code in LANGUAGES else None


def _pixels(number: object) -> int:
    if isinstance(number, str) and number.isdecimal() and len(number) < 6:
        number = int(number)
    return number if isinstance(number, int) and 0 < number <= EMBED_MAX_PIXELS else 0


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip()[:40])
    except ValueError:
        return None
    if not 1990 <= found.year <= 2200:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
