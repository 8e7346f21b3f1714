"""Pictures of accounts: drawn from the account's id and name until it has one of its own.

The address never changes for what it shows, so browsers keep it for a year.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b

from ...pure.avatar import default_avatar_png, default_header_png
from ...social.accounts import AccountNotVisible, AccountView
from ..answers import Answer, Header
from ..call import Call
from ..routes import Access, Limit, RouteTable

routes = RouteTable()

Drawing = Callable[..., tuple[bytes, bytes]]

_FOREVER: Header = (b"cache-control", b"public, max-age=31536000, immutable")
_SUFFIX = ".png"
_KEPT_PICTURES = 200  # of at most 30 kB each


@routes.get("/avatars/{file}", Access.anyone(), limit=Limit.NONE)
async def avatar(call: Call) -> Answer:
    """The square picture of an account."""
    account = await _account(call)
    return await _picture(call, _avatar, account.id, account.username[:1])


@routes.get("/headers/{file}", Access.anyone(), limit=Limit.NONE)
async def header(call: Call) -> Answer:
    """The wide picture of an account."""
    account = await _account(call)
    return await _picture(call, _header, account.id)


async def _account(call: Call) -> AccountView:
    public_id, dot, suffix = call.segment("file").partition(".")
    internal = call.services.ids.decode(public_id)
    account = (
        None if internal is None or dot + suffix != _SUFFIX else await call.services.accounts.get(internal)
    )
    if account is None or not account.shown:
        raise AccountNotVisible
    return account


async def _picture(call: Call, draw: Drawing, *what: int | str) -> Answer:
    # Drawing takes milliseconds of pure computation: not on the loop that serves everybody else.
    body, etag = await asyncio.to_thread(draw, *what)
    headers: list[Header] = [_FOREVER, (b"etag", etag)]
    if etag.decode() in call.header(b"if-none-match"):
        return Answer(304, b"", b"image/png", headers)
    return Answer(200, body, b"image/png", headers)


@lru_cache(maxsize=_KEPT_PICTURES)
def _avatar(account_id: int, letter: str) -> tuple[bytes, bytes]:
    body = default_avatar_png(_seed(account_id), letter)
    return body, _etag(body)


@lru_cache(maxsize=_KEPT_PICTURES)
def _header(account_id: int) -> tuple[bytes, bytes]:
    body = default_header_png(_seed(account_id))
    return body, _etag(body)


def _seed(account_id: int) -> bytes:
    return account_id.to_bytes(8, "big")


def _etag(body: bytes) -> bytes:
    return b'"' + blake2b(body, digest_size=12).hexdigest().encode() + b'"'
