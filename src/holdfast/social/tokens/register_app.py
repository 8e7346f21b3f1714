"""Use case: somebody's program makes itself known."""

from __future__ import annotations

from urllib.parse import urlsplit

from ...platform.clock import Instant
from ...platform.crypto import new_secret, secret_hash
from ...platform.db import Tx
from ...platform.ids import new_id
from . import store
from .errors import AppNotAllowed
from .model import (
    ADDRESS_CHARACTERS,
    NAME_CHARACTERS,
    REDIRECT_URIS_MAX,
    App,
    NewApp,
    parse_scopes,
    redirect_uri_problem,
)


async def register_app(
    tx: Tx, name: str, *, redirect_uris: list[str], scopes: str = "", website: str | None = None, now: Instant
) -> NewApp:
    """Register an app. `scopes` is a space-separated list, empty for `read`. Raises AppNotAllowed."""
    name = " ".join(name.split())
    if not name:
        raise AppNotAllowed("client_name", "ERR_BLANK", "can't be blank")
    if len(name) > NAME_CHARACTERS:
        raise AppNotAllowed(
            "client_name", "ERR_TOO_LONG", f"is too long (maximum is {NAME_CHARACTERS} characters)"
        )
    uris = tuple(dict.fromkeys(redirect_uris))
    if not uris:
        raise AppNotAllowed("redirect_uri", "ERR_BLANK", "can't be blank")
    if len(uris) > REDIRECT_URIS_MAX:
        raise AppNotAllowed("redirect_uri", "ERR_TOO_LONG", f"lists more than {REDIRECT_URIS_MAX} addresses")
    for uri in uris:
        problem = redirect_uri_problem(uri)
        if problem is not None:
            raise AppNotAllowed("redirect_uri", "ERR_INVALID", problem)
    names = parse_scopes(scopes)
    if names is None:
        raise AppNotAllowed("scopes", "ERR_INVALID", "doesn't match those that this server knows")
    app = App(new_id(now), name, _checked_website(website), uris, names, new_secret())
    client_secret = new_secret()
    await store.insert_app(tx, app, secret_hash(client_secret), now=now)
    return NewApp(app, client_secret)


def _checked_website(website: str | None) -> str | None:
    address = (website or "").strip()
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or len(address) > ADDRESS_CHARACTERS:
        raise AppNotAllowed(
            "website", "ERR_INVALID", "must be an address that starts with http:// or https://"
        )
    return address
