"""What apps and tokens are, and the pure decisions about scopes, redirect addresses and PKCE."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec

from ...platform.clock import Instant

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
DEFAULT_SCOPE = "read"

_READ = (
    "accounts", "blocks", "bookmarks", "collections", "favourites", "filters", "follows", "lists", "mutes",
    "notifications", "search", "statuses",
)  # fmt: skip
_WRITE = (
    "accounts", "blocks", "bookmarks", "collections", "conversations", "favourites", "filters", "follows", "lists",
    "media", "mutes", "notifications", "reports", "statuses",
)  # fmt: skip
_ADMIN = (
    "accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks",
    "canonical_email_blocks",
)  # fmt: skip
SCOPES: tuple[str, ...] = (
    "read", *(f"read:{noun}" for noun in _READ), "write", *(f"write:{noun}" for noun in _WRITE),
    "follow", "push", "profile",
    "admin:read", *(f"admin:read:{noun}" for noun in _ADMIN),
    "admin:write", *(f"admin:write:{noun}" for noun in _ADMIN),
)  # fmt: skip
_KNOWN_SCOPES = frozenset(SCOPES)

NAME_CHARACTERS = 60
ADDRESS_CHARACTERS = 2000
REDIRECT_URIS_MAX = 20

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")
# Schemes that run or read something on the member's own machine, or that lead nowhere an app could listen.
_FORBIDDEN_SCHEMES = frozenset(
    ("about", "blob", "data", "file", "filesystem", "ftp", "javascript", "mailto", "tel", "vbscript", "view-source",
     "ws", "wss")
)  # fmt: skip
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class TokenSession(msgspec.Struct, frozen=True):
    """A good access token. `account_id` None: the app itself, without a member. `frozen`: the member may read, and do
    nothing that others see."""

    token_id: int
    app_id: int
    account_id: int | None
    scopes: frozenset[str]
    role: str = "member"
    frozen: bool = False


class App(msgspec.Struct, frozen=True):
    """A registered application."""

    app_id: int
    name: str
    website: str | None
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    client_id: str


class NewApp(msgspec.Struct, frozen=True):
    """A registered application and its secret, which is never shown again."""

    app: App
    client_secret: str


class IssuedToken(msgspec.Struct, frozen=True):
    """A fresh access token; `secret` is what the client sends."""

    secret: str
    scopes: tuple[str, ...]
    created_at: Instant


class AuthorisedApp(msgspec.Struct, frozen=True):
    """An app that a member let in, with everything its tokens may do."""

    app_id: int
    name: str
    website: str | None
    scopes: tuple[str, ...]
    since: Instant
    last_used_on: object  # a date, or None


def allows(granted: frozenset[str], wanted: tuple[str, ...]) -> bool:
    """Whether scopes that were granted cover any one of those wanted.

    Scopes are a tree: `read` covers `read:statuses`, `admin:read` covers `admin:read:accounts`.
    The old scope `follow` covers reading and writing of follows, blocks and mutes.
    """
    return any(_covers(granted, scope) for scope in wanted)


def covers_all(granted: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether every scope wanted is covered by those granted."""
    held = frozenset(granted)
    return all(_covers(held, scope) for scope in wanted)


def _covers(granted: frozenset[str], scope: str) -> bool:
    if scope in granted:
        return True
    head, _, _ = scope.rpartition(":")
    while head:
        if head in granted and head != "admin":
            return True
        head, _, _ = head.rpartition(":")
    return "follow" in granted and scope in _FOLLOW_COVERS


_FOLLOW_COVERS = frozenset(
    f"{verb}:{noun}" for verb in ("read", "write") for noun in ("follows", "blocks", "mutes")
)


def parse_scopes(text: str) -> tuple[str, ...] | None:
    """The scopes of a space-separated list, each once, in order; None when one is unknown. Empty: `read`."""
    names = tuple(dict.fromkeys(text.replace("+", " ").split())) or (DEFAULT_SCOPE,)
    return names if _KNOWN_SCOPES.issuperset(names) else None


def redirect_uri_problem(uri: str) -> str | None:
    """Why an app may not be sent back to `uri`, as the end of a sentence; None when it may."""
    if uri == OUT_OF_BAND:
        return None
    if len(uri) > ADDRESS_CHARACTERS:
        return f"is longer than {ADDRESS_CHARACTERS} characters"
    if not uri.isascii() or any(not 33 <= ord(character) <= 126 for character in uri) or "\\" in uri:
        return "holds characters that an address cannot hold"
    scheme, colon, rest = uri.partition(":")
    scheme = scheme.lower()
    if not colon or not rest or _SCHEME.fullmatch(scheme) is None:
        return "must be an absolute address"
    if scheme in _FORBIDDEN_SCHEMES:
        return f"must not use the scheme {scheme}"
    if "#" in uri:
        return "must not hold a fragment"
    if scheme in ("http", "https"):
        try:
            parts = urlsplit(uri)
            hostname, _ = parts.hostname, parts.port
        except ValueError:
            return "must be a valid address"
        if not hostname or not rest.startswith("//"):
            return "must name a host"
        if parts.username is not None or parts.password is not None:
            return "must not hold a user name or password"
    return None


def valid_challenge(challenge: str) -> bool:
    """Whether a PKCE challenge can be one of method S256."""
    return _CHALLENGE.fullmatch(challenge) is not None


def verifier_matches(challenge: str | None, verifier: str | None) -> bool:
    """Whether a PKCE verifier answers the challenge (S256). Without a challenge there must be no verifier."""
    if challenge is None:
        return not verifier
    if not verifier or _VERIFIER.fullmatch(verifier) is None:
        return False
    answer = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(answer, challenge.encode())
