"""Names of people and of tags: the key they are stored under, and which are allowed."""

from __future__ import annotations

import re
import unicodedata

LOCAL_USERNAME_LENGTH_LIMIT = 30
REMOTE_USERNAME_LENGTH_LIMIT = 255

RESERVED_USERNAMES = frozenset(
    [
        "about",
        "abuse",
        "account",
        "accounts",
        "actor",
        "admin",
        "administrator",
        "api",
        "app",
        "apps",
        "auth",
        "autoconfig",
        "autodiscover",
        "billing",
        "contact",
        "everyone",
        "explore",
        "federation",
        "followers",
        "following",
        "groups",
        "healthz",
        "help",
        "holdfast",
        "home",
        "host",
        "hostmaster",
        "inbox",
        "info",
        "instance",
        "internal",
        "invite",
        "ledger",
        "legal",
        "login",
        "logout",
        "mail",
        "mailer_daemon",
        "media",
        "metrics",
        "moderation",
        "moderator",
        "mod",
        "nobody",
        "nodeinfo",
        "noreply",
        "no_reply",
        "notice",
        "notices",
        "null",
        "oauth",
        "outbox",
        "owner",
        "postmaster",
        "press",
        "privacy",
        "public",
        "readyz",
        "register",
        "relay",
        "root",
        "rules",
        "search",
        "security",
        "settings",
        "signin",
        "signup",
        "staff",
        "static",
        "status",
        "streaming",
        "support",
        "sysadmin",
        "system",
        "tags",
        "terms",
        "transparency",
        "undefined",
        "users",
        "webfinger",
        "webmaster",
        "well_known",
        "witness",
        "www",
    ]
)
"""Names that nobody can register: pages of the server, addresses of RFC 2142, and names that pretend office."""

_LOCAL = re.compile(r"[a-z0-9_]+")
_REMOTE = re.compile(r"[a-z0-9_]++(?:[.-]++[a-z0-9_]++)*+")
_NOT_LOCAL = re.compile(r"[^a-z0-9_]+")
_IGNORED_IN_TAGS = re.compile(r"[\u200c\u200d]")


def normalise_hashtag(name: str) -> str:
    """The key of a tag, so that #Ｃafé, #café and #CAFÉ are one; a leading sign is ignored. May be empty."""
    composed = unicodedata.normalize("NFKC", _IGNORED_IN_TAGS.sub("", name)).lstrip("#")
    return unicodedata.normalize("NFKC", composed.casefold())


def normalise_username(name: str) -> str:
    """The key of an account name: lower case, without a leading @ or spaces around it."""
    return name.strip().removeprefix("@").lower()


def valid_username(name: str, *, local: bool = True) -> bool:
    """Whether `name` may name an account, in either case. Local names: letters, digits and underscores, at most
    30; names of other servers may also hold dots and hyphens inside."""
    lowered = name.lower() if name.isascii() else ""
    if local:
        return len(lowered) <= LOCAL_USERNAME_LENGTH_LIMIT and _LOCAL.fullmatch(lowered) is not None
    return len(lowered) <= REMOTE_USERNAME_LENGTH_LIMIT and _REMOTE.fullmatch(lowered) is not None


def reserved_username(name: str) -> bool:
    """Whether the name is kept from sign-up."""
    return normalise_username(name) in RESERVED_USERNAMES


def local_username_from(name: str) -> str:
    """The nearest valid local name for a name of another site ("J. Döe-Smith" -> "j_doe_smith"), or "" when
    nothing of it can be kept. Different names can give the same one; the caller tells them apart."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_LOCAL.sub("_", plain).strip("_")[:LOCAL_USERNAME_LENGTH_LIMIT].rstrip("_")
