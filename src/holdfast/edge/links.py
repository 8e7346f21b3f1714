"""Addresses of public things, the same whatever dialect writes them. Paths are for our own pages, which may be
read under any name of this server; addresses are for everybody else."""

from __future__ import annotations

from urllib.parse import quote

from ..pure.names import normalise_hashtag
from .ports import Services


def account_path(acct: str) -> str:
    """The profile page of an account."""
    return f"/@{acct}"


def account_url(services: Services, acct: str) -> str:
    """The address of an account's profile page."""
    return services.base_url + account_path(acct)


def post_path(services: Services, acct: str, post_id: int) -> str:
    """The page of a post by `acct`."""
    return f"/@{acct}/{services.ids.encode(post_id)}"


def embed_path(services: Services, acct: str, post_id: int) -> str:
    """The page of a post that other sites may frame."""
    return f"{post_path(services, acct, post_id)}/embed"


def post_url(services: Services, acct: str, post_id: int) -> str:
    """The address of a post's page."""
    return services.base_url + post_path(services, acct, post_id)


def post_uri(services: Services, acct: str, post_id: int) -> str:
    """The name of a post that never changes; it leads to its page."""
    return f"{services.base_url}/users/{acct}/statuses/{services.ids.encode(post_id)}"


def tag_path(name: str) -> str:
    """The page of a hashtag, however it was written."""
    return f"/tags/{quote(normalise_hashtag(name), safe='')}"


def tag_url(services: Services, name: str) -> str:
    """The address of a hashtag's page."""
    return services.base_url + tag_path(name)


def feed_path(acct: str) -> str:
    """The Atom feed of an account."""
    return f"/@{acct}/feed.atom"


def avatar_path(services: Services, account_id: int) -> str:
    """The square picture of an account."""
    return f"/avatars/{services.ids.encode(account_id)}.png"


def avatar_url(services: Services, account_id: int) -> str:
    """The address of an account's square picture."""
    return services.base_url + avatar_path(services, account_id)


def header_path(services: Services, account_id: int) -> str:
    """The wide picture of an account."""
    return f"/headers/{services.ids.encode(account_id)}.png"


def header_url(services: Services, account_id: int) -> str:
    """The address of an account's wide picture."""
    return services.base_url + header_path(services, account_id)


def media_url(services: Services, name: str) -> str:
    """The address of an uploaded file."""
    return f"{(services.settings.media_url or services.base_url).rstrip('/')}/media/{name}"
