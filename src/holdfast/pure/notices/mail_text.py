"""Text of a mail's part: any charset, wrapped lines, HTML with the targets of its links."""

from __future__ import annotations

import codecs
from html.parser import HTMLParser

import nh3

from ..page_charsets import page_text

# Character sets of mail that pages do not have. Python's other codecs are no character sets, or costly ones.
_OF_MAIL = frozenset(
    "utf-7 utf-32 utf-32-le utf-32-be cp437 cp737 cp775 cp850 cp852 cp855 cp857 cp858 cp860 cp861 cp862 cp863 cp865"
    " cp869 cp037 cp500 iso8859-3 hz iso2022_kr iso2022_jp_1 iso2022_jp_2 iso2022_jp_3 iso2022_jp_ext iso2022_jp_2004"
    " johab euc_jis_2004 euc_jisx0213 shift_jis_2004 shift_jisx0213 big5hkscs koi8-t kz1048 ptcp154 mac-latin2"
    " mac-greek mac-turkish mac-iceland".split()
)
_BLOCKS = frozenset("p div li tr table ul ol h1 h2 h3 h4 h5 h6 blockquote pre br hr dd dt".split())
_CLEANER = nh3.Cleaner(
    tags=set(_BLOCKS | {"a", "td", "th", "img"}),
    attributes={"a": {"href"}, "img": {"alt"}},
    url_schemes={"http", "https", "hxxp", "hxxps", "mailto"},
    clean_content_tags={"script", "style", "title"},
    link_rel=None,
)


def part_text(content: bytes, charset: str) -> str:
    """The text of bytes; what is no character becomes U+FFFD, an unknown charset is guessed. NUL is left out."""
    try:
        name = codecs.lookup(charset).name if charset else ""
    except (LookupError, ValueError):
        name = ""
    if name in _OF_MAIL:
        text = content.decode(name, "replace").replace("\0", "")
    else:
        text = page_text(content, f"text/plain; charset={charset}" if name else "text/plain")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def unflowed(text: str, delete_space: bool) -> str:
    """Text of format=flowed (RFC 3676) with its soft breaks taken out; quoted lines are left as they stand."""
    out: list[str] = []
    soft = False
    for line in text.split("\n"):
        quoted = line.startswith(">")
        line = line[1:] if line.startswith(" ") else line
        if soft and not quoted and out:
            out[-1] += line
        else:
            out.append(line)
        soft = line.endswith(" ") and line != "-- " and not quoted
        if soft and delete_space:
            out[-1] = out[-1][:-1]
    return "\n".join(out)


def html_text(html: str) -> str:
    """What a page of HTML says, hidden parts too; a link is its words, then its target in angle brackets."""
    reader = _Reader()
    # Cleaned first: what is left is well formed, so that reading it takes time in proportion.
    reader.feed(_CLEANER.clean(html))
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._link: str = ""
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _BLOCKS:
            self._out.append("\n")
        elif tag in ("td", "th"):
            self._out.append("\t")
        elif tag == "img":
            self.handle_data(given.get("alt") or "")
        elif tag == "a":
            self._link, self._words = given.get("href") or "", []

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._out.append("\n")
        elif tag == "a" and self._link:
            if "".join(self._words).strip() != self._link:
                self._out.append(f" <{self._link}> ")
            self._link = ""

    def handle_data(self, data: str) -> None:
        self._out.append(data)
        if self._link:
            self._words.append(data)

    def result(self) -> str:
        lines = (line.strip(" \xa0") for line in "".join(self._out).replace("\0", "").split("\n"))
        return "\n".join(line for line in lines if line)
