"""What an address of ours means, in every form that people, apps and other servers write it. No look-up: references only."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from .cited import normal_address


@dataclass(frozen=True, slots=True)
class PostReference:
    """A post by its public id; `acct` as the address names its author, "" where it does not. Not to be believed."""

    id: str
    acct: str = ""


@dataclass(frozen=True, slots=True)
class AccountReference:
    """An account by name (`acct`, with a domain for one from elsewhere) or by public id; the other is ""."""

    acct: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class MediaReference:
    """An uploaded file by its name, or an attachment by its public id; the other is ""."""

    name: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class TagReference:
    """A hashtag's page."""

    name: str


@dataclass(frozen=True, slots=True)
class RemoteReference:
    """Something of another server, by its address: a copy of it may be here."""

    uri: str


@dataclass(frozen=True, slots=True)
class UnknownPage:
    """An address of ours that names no content."""

    path: str


Reference = PostReference | AccountReference | MediaReference | TagReference | RemoteReference | UnknownPage

_ID = r"(?P<id>[0-9]{1,32})"
_ACCT = r"(?P<acct>[\w.-]{1,100}(?:@[\w.-]{1,253})?)"
# Pages of the app stand below /app here, below /web, /deck or nothing with others whose habits people have.
_APP = r"(?:/app|/web|/deck)?"
_AFTER = r"(?:/(?:embed|history|report|media|activity|replies|likes|shares|context|source|reblogged_by|favourited_by|reblogs|favourites|quotes|card))?"
_POST = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_APP}/@{_ACCT}/{_ID}{_AFTER}",
        rf"{_APP}/@{_ACCT}/(?:boosts|favourites|quotes)-{_ID}/list",
        rf"(?:/app|/web|/deck)?/statuses/{_ID}{_AFTER}",
        rf"/users/{_ACCT}/(?:statuses|updates)/{_ID}{_AFTER}",
        rf"/ap/users/[0-9]{{1,32}}/statuses/{_ID}{_AFTER}",
        rf"/api/(?:v1|v2)/statuses/{_ID}{_AFTER}",
        rf"/(?:interact|notice|objects)/{_ID}",
    )
)
_ACCOUNT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_APP}/@{_ACCT}(?:/(?:with_replies|media|followers|following|featured|tagged/[^/]+|report|feed\.atom))?",
        rf"/users/{_ACCT}(?:/(?:outbox|inbox|followers|following|collections/[a-z]+))?",
        rf"(?:/app|/web|/deck)?/accounts/{_ID}(?:/[a-z_]+)?",
        rf"/ap/users/{_ID}(?:/[a-z]+)?",
        rf"/api/v1/accounts/{_ID}(?:/[a-z_]+)?",
        rf"/(?:avatars|headers)/{_ID}\.png",
    )
)
_MEDIA = (
    re.compile(r"/media/(?P<name>[A-Za-z0-9_-]{8,128}(?:\.[A-Za-z0-9]{1,8})?)"),
    re.compile(rf"/media_proxy/{_ID}(?:/.*)?"),
    re.compile(rf"/api/v[12]/media/{_ID}"),
)
_TAG = re.compile(r"(?:/app|/web|/deck)?/(?:tags|api/v1/timelines/tag)/(?P<tag>[^/]{1,200})")
_CARRIERS = ("/authorize_interaction", "/search", "/app/search", "/app/explore", "/web/search", "/share")
_ACCT_URI = re.compile(r"(?:acct:|@)?([\w.-]{1,100})@([\w.-]{1,253})")


def resolve_address(
    url: str, *, own_hosts: Collection[str], media_hosts: Collection[str] = ()
) -> Reference | None:
    """What an address refers to; None for text that is no address.

    own_hosts: all names under which this server answers, with the port where it is not the usual one. media_hosts: those
    that serve uploaded files only.
    """
    named = _ACCT_URI.fullmatch(url.strip())
    if named:
        ours = named[2].lower() in {one.lower() for one in own_hosts}
        return AccountReference(acct=named[1] if ours else f"{named[1]}@{named[2].lower()}")
    normal = normal_address(url)
    if normal is None:
        return None
    parts = urlsplit(normal)
    if parts.netloc not in {one.lower() for one in (*own_hosts, *media_hosts)}:
        return RemoteReference(normal)
    return _of_ours(parts.path, parts.query, own_hosts)


def _of_ours(path: str, query: str, own_hosts: Collection[str]) -> Reference:
    plain = re.sub(r"/{2,}", "/", unquote(path)).rstrip("/") or "/"
    if plain in _CARRIERS:
        carried = next(
            (value for key, value in parse_qsl(query, max_num_fields=50) if key in ("uri", "q", "url")), ""
        )
        inner = normal_address(carried) if carried.startswith(("http://", "https://")) else None
        if inner is not None:
            there = urlsplit(inner)
            if there.netloc not in {one.lower() for one in own_hosts}:
                return RemoteReference(inner)
            # One step only: an address that carries itself leads nowhere.
            return _by_path(re.sub(r"/{2,}", "/", unquote(there.path)).rstrip("/") or "/", own_hosts)
    return _by_path(plain, own_hosts)


def _by_path(path: str, own_hosts: Collection[str]) -> Reference:
    bare = re.sub(r"\.json$", "", path)
    for pattern in _POST:
        if match := pattern.fullmatch(bare):
            return PostReference(match["id"], _acct(match.groupdict().get("acct"), own_hosts))
    for pattern in _ACCOUNT:
        if match := pattern.fullmatch(bare) or pattern.fullmatch(path):
            found = match.groupdict()
            return AccountReference(_acct(found.get("acct"), own_hosts), found.get("id") or "")
    for pattern in _MEDIA:
        if match := pattern.fullmatch(path):
            found = match.groupdict()
            return MediaReference(found.get("name") or "", found.get("id") or "")
    if match := _TAG.fullmatch(path):
        return TagReference(match["tag"])
    return UnknownPage(path)


def _acct(acct: str | None, own_hosts: Collection[str]) -> str:
    name, _, domain = (acct or "").partition("@")
    return name if domain.lower() in {"", *(one.lower() for one in own_hosts)} else f"{name}@{domain.lower()}"
