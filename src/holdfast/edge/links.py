"""Addresses of public things, the same whatever dialect writes them. Paths are for our own pages, which may be
read under any name of this server; addresses are for everybody else."""

from __future__ import annotations

from urllib.parse import quote

from ..platform.config import Settings
from ..platform.ids import PublicIds
from ..pure.names import normalise_hashtag
from ..social.accounts import AccountView
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


def avatar_path(services: Services, account: AccountView, *, still: bool = False) -> str:
    """The square picture of an account: its own, or the one that is drawn. A whole address, where files are served from
    another one. `still`: without motion."""
    return _avatar(services.settings, services.ids, account, still=still)


def avatar_url(services: Services, account: AccountView, *, still: bool = False) -> str:
    """The address of an account's square picture."""
    return _whole(services, avatar_path(services, account, still=still))


def still_avatar_url(settings: Settings, ids: PublicIds, account: AccountView) -> str:
    """The address of an account's square picture without motion, for what is sent where no services are."""
    path = _avatar(settings, ids, account, still=True)
    return settings.public_url.rstrip("/") + path if path.startswith("/") else path


def _avatar(settings: Settings, ids: PublicIds, account: AccountView, *, still: bool) -> str:
    name = account.avatar_still if still else account.avatar
    return _media(settings, name) if name else f"/avatars/{ids.encode(account.id)}.png"


def header_path(services: Services, account: AccountView, *, still: bool = False) -> str:
    """The wide picture of an account, as `avatar_path` is."""
    name = account.header_still if still else account.header
    return media_path(services, name) if name else f"/headers/{services.ids.encode(account.id)}.png"


def header_url(services: Services, account: AccountView, *, still: bool = False) -> str:
    """The address of an account's wide picture."""
    return _whole(services, header_path(services, account, still=still))


def media_path(services: Services, name: str) -> str:
    """An uploaded file, for our own pages; a whole address where files are served from another one."""
    return _media(services.settings, name)


def _media(settings: Settings, name: str) -> str:
    return f"{settings.media_url.rstrip('/')}/media/{name}"


def media_url(services: Services, name: str) -> str:
    """The address of an uploaded file."""
    return _whole(services, media_path(services, name))


def _whole(services: Services, path: str) -> str:
    return services.base_url + path if path.startswith("/") else path
