"""HTML of strangers: keep what a post may hold, drop everything else, and read the text out of it."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

import nh3

from holdfast.pure.entities import ascii_address

ALLOWED_TAGS = frozenset(
    [
        "p",
        "br",
        "span",
        "a",
        "del",
        "pre",
        "code",
        "em",
        "strong",
        "b",
        "i",
        "u",
        "ul",
        "ol",
        "li",
        "blockquote",
    ]
)
ALLOWED_CLASSES = {
    "a": {"mention", "hashtag", "u-url"},
    "span": {"h-card", "invisible", "ellipsis", "mention", "hashtag"},
    "p": {"quote-inline"},
}
URL_SCHEMES = {"http", "https", "mailto", "xmpp", "gemini", "magnet"}
LINK_REL = "nofollow noopener noreferrer"

HTML_LENGTH_LIMIT = 65_536
"""Code points of a document that are read. Deep nesting costs a parser more than linear time: the limit bounds it."""

_CONTENT_DROPPED = {
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "title",
    "textarea",
}
_BLOCKS = frozenset(
    [
        "div",
        "section",
        "article",
        "header",
        "footer",
        "aside",
        "main",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "figure",
        "figcaption",
        "tr",
        "dt",
        "dd",
        "details",
        "summary",
    ]
)
_BLOCK_TAG = re.compile(rf"<(/?)(?:{'|'.join(sorted(_BLOCKS))})>")
_HALF_PAIRS = re.compile(r"[\ud800-\udfff]")
_UNSEEN_IN_LINKS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PRE_START = re.compile(r"<pre>\n++")
_VOID = "br"


def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(tags),
        clean_content_tags=_CONTENT_DROPPED,
        attributes={"a": {"href"}, "ol": {"start", "reversed"}, "li": {"value"}},
        allowed_classes=ALLOWED_CLASSES,
        tag_attribute_values={"a": {"translate": {"no"}}, "span": {"translate": {"no"}}},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes=URL_SCHEMES,
        url_relative="deny",
        link_rel=LINK_REL,
        strip_comments=True,
    )


_STRICT = _cleaner(ALLOWED_TAGS)
_WITH_BLOCKS = _cleaner(ALLOWED_TAGS | _BLOCKS)


def sanitise_html(html: str) -> str:
    """Well-formed HTML of the allowed tags, attributes and classes only; any string is accepted, and what
    is beyond `HTML_LENGTH_LIMIT` is not read.

    Other blocks (headings, `div`) become paragraphs, other tags are dropped and their text is kept, scripts and
    styles are dropped whole. Links go to http, https and a few harmless schemes, never relative, and always carry
    the same `rel`. The class `invisible` survives only inside a link whose full text is its address.
    """
    text = _HALF_PAIRS.sub("\ufffd", html[:HTML_LENGTH_LIMIT]).replace("\x00", "")
    cleaned = _WITH_BLOCKS.clean(text)
    cleaned, replaced = _BLOCK_TAG.subn(r"<\1p>", cleaned)
    # The replacement is plain text work: what comes out counts as untrusted until it was cleaned again.
    cleaned = _STRICT.clean(cleaned) if replaced else cleaned
    # A parser drops the first line end in `pre`: leave none, so that reading the result again changes nothing.
    cleaned = _PRE_START.sub("<pre>", cleaned)
    if "invisible" not in cleaned and _UNSEEN_IN_LINKS.search(cleaned) is None:
        return cleaned
    rewriter = _LinkRewriter()
    rewriter.feed(cleaned)
    rewriter.close()
    return rewriter.result()


def html_to_text(html: str) -> str:
    """The text a reader sees, hidden parts of addresses included: blank lines between paragraphs, `\\n` for line
    breaks, "- " before list items, other blocks as paragraphs."""
    reader = _TextReader()
    reader.feed(sanitise_html(html))
    reader.close()
    return reader.result()


class _LinkRewriter(HTMLParser):
    """Second pass over sanitised HTML: nothing in a link may hide where it leads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._link_start: int | None = None
        self._link_href = ""
        self._link_text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._link_start = len(self._out)
            self._link_href = dict(attrs).get("href") or ""
            self._link_text = []
        elif self._link_start is None:
            attrs = _without_invisible(attrs)
        self._out.append(_start_tag(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag == _VOID:
            return
        if tag == "a" and self._link_start is not None:
            if ascii_address("".join(self._link_text).strip()) != ascii_address(self._link_href):
                for index in range(self._link_start, len(self._out)):
                    if self._out[index].startswith("<span"):
                        self._out[index] = self._out[index].replace("invisible", "").replace(' class=""', "")
            self._link_start = None
        self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._link_start is not None:
            data = _UNSEEN_IN_LINKS.sub("", data)
            self._link_text.append(data)
        self._out.append(_escaped(data))

    def result(self) -> str:
        return "".join(self._out)


def _without_invisible(attrs: list[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    kept: list[tuple[str, str | None]] = []
    for name, value in attrs:
        if name == "class" and value is not None:
            value = " ".join(word for word in value.split() if word != "invisible")
        if name != "class" or value:
            kept.append((name, value))
    return kept


def _start_tag(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    written = "".join(
        f' {name}="{_escaped(value).replace(chr(34), "&quot;")}"' for name, value in attrs if value
    )
    return f"<{tag}{written}>"


def _escaped(text: str) -> str:
    # Written as the sanitiser writes it, so that sanitising twice changes nothing.
    return escape(text, quote=False).replace("\xa0", "&nbsp;")


class _TextReader(HTMLParser):
    """Reads text out of sanitised HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._newlines_due = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._newlines_due += 1
        elif tag in ("p", "blockquote", "pre", "ul", "ol"):
            self._newlines_due = max(self._newlines_due, 2)
        elif tag == "li":
            self._newlines_due = max(self._newlines_due, 1)
            self.handle_data("- ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "blockquote", "pre", "ul", "ol"):
            self._newlines_due = max(self._newlines_due, 2)
        elif tag == "li":
            self._newlines_due = max(self._newlines_due, 1)

    def handle_data(self, data: str) -> None:
        if self._out:
            self._out.append("\n" * self._newlines_due)
        self._newlines_due = 0
        self._out.append(data)

    def result(self) -> str:
        return "".join(self._out).strip()
