"""What the pages that show posts share: who looks, which part of a timeline, and how the answer may be kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

import msgspec

from ...pure.errors import NotFound
from ...pure.names import valid_username
from ...pure.window import NEWEST, Window
from ...social.accounts import AccountNotVisible, AccountView, find_by_handle
from ...social.graph import ANONYMOUS, Viewer
from ...social.posts import Seen
from ...social.timelines import Page
from ..answers import Answer
from ..budgets import count_reads
from ..call import Call
from .browser import Visit, text_of
from .pages import NO_STORE, render

_DOMAIN_CHARACTERS = 253


class Description(msgspec.Struct, frozen=True):
    """What a page says of itself to search engines, to previews in other apps, and to feed readers.

    path, image, feed, oembed: paths on this server. text: plain. indexed: whether search engines may keep it.
    """

    path: str
    title: str
    text: str
    kind: str = "website"
    image: str = ""
    indexed: bool = True
    feed: str = ""
    published: str = ""
    oembed: str = ""


class Slice(msgspec.Struct, frozen=True):
    """Posts of one page, newest first, and where the pages beside it are (empty: there is none)."""

    posts: list[Seen]
    newer: str
    older: str
    first: bool


async def viewer_of(call: Call, visit: Visit) -> Viewer:
    """Who looks. A visitor who only reads is given no cookie."""
    if visit.session is None:
        visit.cookies.clear()
        return ANONYMOUS
    viewer = await call.services.relations.viewer(visit.session.account_id)
    call.looked_at_by(viewer)
    return viewer


async def shown_account(call: Call, handle: str) -> AccountView:
    """The account of `name` or `name@domain`; raises AccountNotVisible for a missing and for a hidden one."""
    name, _, domain = handle.partition("@")
    remote = bool(domain) and domain.lower() != call.services.settings.domain.lower()
    if not valid_username(name, local=not remote) or not domain.isascii() or len(domain) > _DOMAIN_CHARACTERS:
        raise AccountNotVisible
    if not domain.isprintable():
        raise AccountNotVisible
    found = await find_by_handle(call.services.database, name, domain.lower() if remote else None)
    account = await call.services.accounts.get(found) if found is not None else None
    if account is None or not account.shown:
        raise AccountNotVisible
    await count_reads(call, [account.id])
    return account


async def read_slice(call: Call, path: str, read: Callable[[Window], Awaitable[Page]], **kept: str) -> Slice:
    """The part of a timeline that `max_id` or `min_id` ask for. `kept`: other parameters of this page."""
    tree = await call.tree()
    ids, size = call.services.ids, call.services.settings.page_size_default
    older_than, newer_than = text_of(tree, "max_id"), text_of(tree, "min_id")

    def address(cursor: str, post: Seen) -> str:
        return f"{path}?{urlencode({**kept, cursor: ids.encode(post.post.id)})}"

    if newer_than:
        above = ids.after(newer_than)
        if above is None:
            raise NotFound
        # One more than fits tells whether there is a page beyond this one.
        posts = (await read(Window(size + 1, above=above, forward=True))).posts
        if len(posts) > size:
            posts = posts[-size:]
            return Slice(posts, address("min_id", posts[0]), address("max_id", posts[-1]), first=False)
        older_than = ""  # The newest page is reached: it is shown whole.
    below = ids.before(older_than) if older_than else NEWEST
    if below is None:
        raise NotFound
    posts = (await read(Window(size + 1, below=below))).posts
    older = address("max_id", posts[size - 1]) if len(posts) > size else ""
    posts = posts[:size]
    newer = address("min_id", posts[0]) if older_than and posts else ""
    return Slice(posts, newer, older, first=not older_than)


def show(call: Call, visit: Visit, template: str, about: Description, *, title: str, **values: Any) -> Answer:
    """A page that anybody may read. What a member sees is kept nowhere; what visitors see may be kept, and is asked
    for again each time, so that a deleted post is gone at once."""
    answer = render(
        call, visit, template, title=title, headers=(), about=about, base_url=call.services.base_url,
        domain=call.services.settings.domain, **values,
    )  # fmt: skip
    if not about.indexed:
        answer.headers.append((b"x-robots-tag", b"noindex"))
    if visit.session is not None:
        answer.headers.append(NO_STORE)
        return answer
    answer.headers.append((b"vary", b"cookie, accept-language"))
    return kept_if_unchanged(call, answer)


def kept_if_unchanged(call: Call, answer: Answer) -> Answer:
    """The answer with an ETag, or 304 without a body for who has it already."""
    etag = f'"{blake2b(answer.body, digest_size=12).hexdigest()}"'
    headers = [*answer.headers, (b"cache-control", b"no-cache"), (b"etag", etag.encode())]
    asked = {part.strip().removeprefix("W/") for part in call.header(b"if-none-match").split(",")}
    if etag in asked:
        return Answer(304, b"", answer.content_type, headers)
    return Answer(answer.status, answer.body, answer.content_type, headers)
