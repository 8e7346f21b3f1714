"""Addresses that a text cites, as senders of notices write them: wrapped, numbered, defanged, encoded, cut, broken over lines.

Each citation keeps what was written. Where it can be read in two ways, both readings are kept, the likelier first: which one
exists is for the caller to find out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from .hosts import HostReport, host_report

CITED_MAX = 10_000
URL_MAX_CHARACTERS = 2_000
_NESTED_MAX = 3
_WRAPPED_FROM_COLUMN = 60

_DOT = r"(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))"
_SCHEME = r"h(?:tt|xx|\*\*)ps?\s?(?:\[:\]//|:\[//\]|\[://\]|://|:\\/\\/|%3A%2F%2F|%253A%252F%252F)"
_STARTS = re.compile(rf"(?<![A-Za-z0-9])(?:{_SCHEME}|www\.(?=[\w-]))", re.I)
_BRACKETED = re.compile(r"<[ \t]*(?:URL:[ \t]*)?([^<>\s][^<>]{0,2500})>", re.I)
_TAIL = re.compile(rf"(?:{_DOT}|[^\s<>\"“”«»„`|]){{1,{URL_MAX_CHARACTERS}}}", re.I)
_GOES_ON = re.compile(r"[ \t]{0,8}(?:>[ \t]?){0,4}([A-Za-z0-9/%._~@?=&#:+-]{1,500})(?=$|[\s>),;])")
_LIST_MARK = re.compile(r"\(?[0-9]{1,4}[.):]?$|[-*•]$")
_BARE_HOST = r"(?<![\w@/.:%-]){}(?::[0-9]{{1,5}})?/[^\s<>\"]+"
_WRAPPERS = frozenset("url u q target to link redirect redirect_uri dest destination uri".split())
_SHORTENERS = frozenset(
    "bit.ly t.co tinyurl.com goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly t.ly lnkd.in shorturl.at v.gd rb.gy".split()
)
_DEFENCE = re.compile(r"https?://urldefense\.(?:com|proofpoint\.com)/v3/__(.{4,2000}?)__;", re.I)


class Mark(StrEnum):
    """How a citation was written, where that matters to who reads it."""

    DEFANGED = "defanged"
    BROKEN_OVER_LINES = "broken_over_lines"
    ENCODED = "encoded"
    WRAPPED = "wrapped"
    TRUNCATED = "truncated"
    SHORTENER = "shortener"
    SCHEME_ADDED = "scheme_added"
    SUSPICIOUS_HOST = "suspicious_host"


@dataclass(frozen=True, slots=True)
class Citation:
    """One address cited. n: from 1, in the order of the text. readings: normal addresses, the likeliest first.

    duplicate_of: the n of the first citation with the same first reading.
    """

    n: int
    as_given: str
    readings: tuple[str, ...]
    marks: frozenset[Mark]
    host: HostReport
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True)
class Citations:
    """All citations up to CITED_MAX; `left_out` counts the rest, which the caller says to the sender."""

    items: tuple[Citation, ...]
    left_out: int


def cited_addresses(*texts: str, own_hosts: Collection[str] = ()) -> Citations:
    """What the texts cite. Of a later text (the HTML beside the plain one) only what none before it cites."""
    items: list[Citation] = []
    first: dict[str, int] = {}
    left_out = 0
    for place, text in enumerate(texts):
        before = frozenset(first) if place else frozenset[str]()
        for as_given, readings, marks in _found(text, own_hosts):
            if readings[0] in before:
                continue
            if len(items) == CITED_MAX:
                left_out += 1
                continue
            report = host_report(urlsplit(readings[0]).hostname or "", own_hosts)
            if report.suspicious:
                marks = marks | {Mark.SUSPICIOUS_HOST}
            n = len(items) + 1
            items.append(Citation(n, as_given, readings, frozenset(marks), report, first.get(readings[0])))
            first.setdefault(readings[0], n)
    return Citations(tuple(items), left_out)


def normal_address(url: str) -> str | None:
    """An http address in one form: host in ASCII, usual port and fragment left out, escapes only where needed.

    None for what is no such address.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return None
    scheme = parts.scheme.lower()
    host = host_report(parts.hostname, ()).ascii
    if not re.fullmatch(r"[a-z0-9._:-]{1,253}", host) or not re.search(r"[a-z0-9]", host):
        return None
    shown = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[scheme]
    netloc = shown if port in (None, usual) else f"{shown}:{port}"
    path = quote(
        unquote(parts.path, errors="surrogateescape"), safe="/@:!$&'()*+,;=~-._", errors="surrogateescape"
    )
    query = quote(parts.query, safe="/@:!$&'()*+,;=~-._?%", errors="replace")
    return urlunsplit((scheme, netloc, path or "/", query, ""))


def _found(text: str, own_hosts: Collection[str]) -> Iterator[tuple[str, tuple[str, ...], set[Mark]]]:
    done = 0
    starts = re.compile("|".join([_STARTS.pattern, *(_bare(one) for one in own_hosts if one)]), re.I)
    position = 0
    while match := starts.search(text, position):
        start = match.start()
        position = match.end()
        if start < done:
            continue
        given, end, marks, others = _read(text, start)
        readings = list(
            dict.fromkeys(one for written in (given, *others) for one in _readings(written, marks))
        )
        done = position = max(end, match.end())
        if readings:
            yield text[start:end], tuple(readings), marks


def _bare(host: str) -> str:
    return _BARE_HOST.format(re.escape(host))


def _read(text: str, start: int) -> tuple[str, int, set[Mark], list[str]]:
    """The citation at `start`: what is written, where it ends, its marks, other ways to read it."""
    marks: set[Mark] = set()
    opening = text.rfind("<", max(0, start - 8), start)
    bracketed = _BRACKETED.match(text, opening) if opening >= 0 else None
    if bracketed and bracketed.start(1) == start:
        inner = bracketed[1].strip()
        lines = [re.sub(r"^(?:>[ \t]?)+", "", line).strip() for line in inner.split("\n")]
        if len(lines) > 1 and all(line and " " not in line for line in lines):
            return "".join(lines), bracketed.end(1), {Mark.BROKEN_OVER_LINES}, []
        if len(lines) == 1 and " " not in inner:
            return inner, bracketed.end(1), marks, []
    space = _STARTS.match(text, start)
    head = space.end() if space and " " in space[0] else start
    tail = _TAIL.match(text, head)
    end = tail.end() if tail else head
    whole = text[start:end].replace(" ", "")
    given = _trimmed(whole)
    if given != whole:
        return given, end - (len(whole) - len(given)), marks, []
    joined, joined_end = _continued(text, start, end)
    if joined is None:
        return given, end, marks, []
    marks.add(Mark.BROKEN_OVER_LINES)
    return given + joined, joined_end, marks, [given]


def _continued(text: str, start: int, end: int) -> tuple[str | None, int]:
    """What the next line adds to an address that reaches the end of its line, if it looks like a part of one."""
    if text[end : end + 1] != "\n":
        return None, end
    line_start = text.rfind("\n", 0, start) + 1
    goes_on = _GOES_ON.match(text, end + 1)
    open_end = text[end - 1] in "/=&?%-_"
    if goes_on is None or not (open_end or end - line_start >= _WRAPPED_FROM_COLUMN):
        return None, end
    part = goes_on[1]
    line_end = text.find("\n", goes_on.end())
    rest = text[goes_on.end() : line_end if line_end >= 0 else len(text)]
    like_words = rest.strip() not in ("", ">", ")", ",", ";", ".") and not any(one in part for one in "/%=&")
    like_list = _LIST_MARK.match(part) and rest.strip() != ""
    if _STARTS.match(part) or like_words or like_list or not re.search(r"[0-9/%=&_-]", part):
        return None, end
    added = _trimmed(part)
    return added, goes_on.start(1) + len(added)


def _trimmed(url: str) -> str:
    """Without the marks of the sentence around it; a bracket stays where it closes one of its own."""
    while url:
        last = url[-1]
        sentence = last in ".,;:!?'’*_~" and not url.endswith("...")
        opening = {")": "(", "]": "[", "}": "{"}.get(last, "")
        if sentence or (opening and url.count(last) > url.count(opening)):
            url = url[:-1]
        else:
            return url
    return url


def _readings(written: str, marks: set[Mark]) -> Iterator[str]:
    url = written
    if re.match(r"https?%(?:25)?3A", url, re.I):
        marks.add(Mark.ENCODED)
        url = unquote(unquote(url) if "%25" in url[:12] else url)
    plain = re.sub(_DOT, ".", url, flags=re.I)
    plain = re.sub(r"^h(?:xx|\*\*)(ps?)", r"htt\1", plain, flags=re.I)
    plain = re.sub(r"^(https?)\s?(?:\[:\]//|:\[//\]|\[://\]|:\\/\\/)", r"\1://", plain, flags=re.I).replace(
        "\\/", "/"
    )
    if plain != url:
        marks.add(Mark.DEFANGED)
    if not re.match(r"https?://", plain, re.I):
        marks.add(Mark.SCHEME_ADDED)
        plain = "https://" + plain
    if plain.endswith(("...", "…")):
        marks.add(Mark.TRUNCATED)
        plain = plain.rstrip(".…")
    normal = normal_address(plain[:URL_MAX_CHARACTERS])
    if normal is None:
        return
    inner = _unwrapped(plain)
    if inner:
        marks.add(Mark.WRAPPED)
        yield inner
    if urlsplit(normal).hostname in _SHORTENERS:
        marks.add(Mark.SHORTENER)
    yield normal


def _unwrapped(url: str) -> str | None:
    """The address that another one carries, as mail filters and search engines write it."""
    found: str | None = None
    for _ in range(_NESTED_MAX):
        defence = _DEFENCE.match(url)
        inner = defence[1] if defence else _carried(url)
        normal = normal_address(inner) if inner else None
        if inner is None or normal is None:
            return found
        url, found = inner, normal
    return found


def _carried(url: str) -> str | None:
    try:
        pairs = parse_qsl(urlsplit(url).query, max_num_fields=50)
    except ValueError:
        return None
    return next(
        (value for key, value in pairs if key.lower() in _WRAPPERS and re.match(r"https?://", value, re.I)),
        None,
    )
