"""What the head of a page says of it: title, OpenGraph, Twitter, oEmbed. Linear in the size of the page, whatever it
holds: a stranger wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

from .page_charsets import page_text

HEAD_MAX_CHARACTERS = 512 * 1024
"""Of a page so much is looked at."""
TAGS_MAX = 400
_TITLE_MAX_CHARACTERS = 2000

# Text that is no markup though it may look like it; what begins and does not end reaches to the end of the page.
_OPAQUE = re.compile(
    r"<(!--|script|style|noscript|template|svg|textarea|xmp|iframe)(?=[\s/>-]|(?<=--))", re.I
)
_HEAD_ENDS = re.compile(r"</head\s*>|<body(?=[\s/>])", re.I)
# Quoted values may hold `>`. The bounds keep a page of unclosed quotes from being read again and again.
_TAG = re.compile(
    r"""<(?:meta|link|html)(?=[\s/])(?:[^<>"']++|"[^"]{0,4096}"|'[^']{0,4096}'){0,128}+>"""
    r"""|<(?:meta|link|html)(?=[\s/])[^<>]{0,4096}>"""
    rf"""|<title(?:\s[^<>]{{0,200}})?>[^<]{{0,{_TITLE_MAX_CHARACTERS}}}""",
    re.I,
)
_CLEANER = nh3.Cleaner(
    tags={"meta", "link", "title", "span"},
    attributes={
        "meta": {"property", "name", "content", "itemprop", "http-equiv"},
        "link": {"rel", "href", "type"},
        "span": {"lang"},
    },
    url_schemes={"http", "https"},
    link_rel=None,
)


@dataclass(frozen=True)
class PageHead:
    """What was found. `said`: the content of each `meta` by its lower-case property or name, the first one of a
    name; `links`: (rel, type, address as written) of each `link`; `language` as written."""

    title: str = ""
    language: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str, str], ...] = ()

    def first(self, *names: str) -> str:
        """The first of these that says something."""
        return next((self.said[name] for name in names if self.said.get(name)), "")

    def link(self, rel: str, kind: str = "") -> str:
        """The address of the first link of that relation (and type), or ""."""
        found = (at for one, what, at in self.links if rel in one.split() and (not kind or what == kind))
        return next(found, "")


def read_head(body: bytes, content_type: str) -> PageHead:
    """Read the head of an HTML page. Any bytes are accepted."""
    text = page_text(body[: 4 * HEAD_MAX_CHARACTERS], content_type)[: 4 * HEAD_MAX_CHARACTERS]
    markup = _without_opaque(text)[:HEAD_MAX_CHARACTERS]
    if end := _HEAD_ENDS.search(markup):
        markup = markup[: end.start()]
    tags: list[str] = []
    for match in _TAG.finditer(markup):
        tag = match[0]
        if tag[:6].lower() == "<title":
            tag += "</title>"
        elif tag[:5].lower() == "<html":
            # Within a piece of a page there is no such tag; its attributes are read from one that may be there.
            tag = f"<span{tag[5:]}</span>"
        tags.append(tag)
        if len(tags) == TAGS_MAX:
            break
    reader = _HeadReader()
    # Quotes, entities and broken markup are the sanitiser's; what comes out of it is well-formed.
    reader.feed(_CLEANER.clean("".join(tags)))
    reader.close()
    return PageHead(reader.title.strip(), reader.language, reader.said, tuple(reader.links))


def _without_opaque(text: str) -> str:
    kept: list[str] = []
    lower = text.lower() if len(text.lower()) == len(text) else text
    position = 0
    while start := _OPAQUE.search(text, position):
        kept.append(text[position : start.start()])
        closing = "-->" if start[1] == "!--" else f"</{start[1].lower()}"
        end = lower.find(closing, start.end())
        if end < 0:
            return "".join(kept)
        position = end + len(closing)
    kept.append(text[position:])
    return "".join(kept)


class _HeadReader(HTMLParser):
    """Reads what the sanitiser let through."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.language = ""
        self.said: dict[str, str] = {}
        self.links: list[tuple[str, str, str]] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = not self.title
        elif tag == "span":
            self.language = self.language or given.get("lang", "").strip()
        elif tag == "link":
            self.links.append(
                (given.get("rel", "").lower(), given.get("type", "").lower(), given.get("href", "").strip())
            )
        elif tag == "meta":
            name = given.get("property") or given.get("name") or given.get("itemprop") or ""
            if not name and given.get("http-equiv"):
                name = f"http-equiv {given['http-equiv']}"
            if name.strip():
                self.said.setdefault(name.strip().lower(), given.get("content", "").strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
