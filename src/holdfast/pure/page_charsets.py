"""The text of a page from its bytes: what the server says, then the page, then a guess (WHATWG encodings)."""

from __future__ import annotations

import codecs
import re

_FIRST_BYTES = 1024
_DECLARED = re.compile(
    rb"""<meta\b[^>]{0,256}?charset\s{0,8}=\s{0,8}["']?\s{0,8}([A-Za-z0-9_:.-]{1,40})""", re.I
)
_IN_HEADER = re.compile(r"""charset\s{0,8}=\s{0,8}["']?([A-Za-z0-9_:.-]{1,40})""", re.I)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Python knows codecs that are no character sets, so only these are looked up.
_KNOWN = frozenset(
    "utf-8 utf-16-le utf-16-be cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 cp866 koi8-r"
    " koi8-u mac-roman mac-cyrillic iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8"
    " iso8859-10 iso8859-13 iso8859-14 iso8859-15 iso8859-16 gb18030 big5 euc_jp iso2022_jp shift_jis euc_kr".split()
)
# Pages that name one of these mean the larger set beside it.
_MEANS = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "utf-16": "utf-16-le", "cp932": "shift_jis", "cp949": "euc_kr",
}  # fmt: skip


def page_text(body: bytes, content_type: str) -> str:
    """The text of a page; what is no character in its encoding becomes U+FFFD. NUL is left out."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _decode(body[len(mark) :], name)
    header = _IN_HEADER.search(content_type)
    named = (_codec(header[1]) if header else None) or _declared(body)
    if named is None:
        try:
            # A page may have been cut within a character.
            return codecs.getincrementaldecoder("utf-8")().decode(body).replace("\0", "")
        except UnicodeDecodeError:
            named = "cp1252"
    return _decode(body, named)


def _declared(body: bytes) -> str | None:
    found = _DECLARED.search(body[:_FIRST_BYTES])
    name = _codec(found[1].decode("ascii")) if found else None
    # What could be read as ASCII so far is not of two bytes a character.
    return "utf-8" if name and name.startswith("utf-16") else name


def _codec(label: str) -> str | None:
    """The codec that a label means; None for one that is unknown or no character set."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _MEANS.get(name, name)
    return name if name in _KNOWN else None


def _decode(body: bytes, name: str) -> str:
    return body.decode(name, "replace").replace("\0", "")
