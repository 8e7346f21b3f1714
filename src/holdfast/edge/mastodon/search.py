"""Search over accounts, posts and hashtags."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import unquote

import msgspec

from ...pure.errors import Invalid, NotAuthenticated, NotFound
from ...pure.search_queries import parse_search
from ...social.accounts import find_by_handle, search_accounts
from ...social.search import PostQuery, Tag, find_tags, search_posts, tag_by_name
from ...social.trends import reviewed_out
from ..answers import Answer, json_answer
from ..budgets import count_reads
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .paging import PageQuery, page
from .render_account import accounts_raw
from .render_post import post_raw
from .tags import tag_entities
from .trends import rules_of

routes = RouteTable()


class SearchQuery(PageQuery):
    """What to search. `resolve` asks other servers, of which there are none yet; our own addresses always resolve.

    `exclude_unreviewed` leaves out hashtags that the staff rejected as trends, or has not looked at where it looks first.
    """

    q: str = ""
    type: Literal["accounts", "hashtags", "statuses"] | None = None
    resolve: bool = False
    following: bool = False
    account_id: str | None = None
    offset: int = 0
    exclude_unreviewed: bool = False


class Found(msgspec.Struct):
    """What a search found, rendered; hashtags as they are, because the two versions write them differently."""

    accounts: list[msgspec.Raw] = msgspec.field(default_factory=list)
    posts: list[msgspec.Raw] = msgspec.field(default_factory=list)
    tags: list[Tag] = msgspec.field(default_factory=list)


@routes.get("/api/v2/search", Access.anyone("read:search"), limit=Limit.SEARCH)
async def search(call: Call) -> Answer:
    """Accounts, posts and hashtags. Without a token: no posts, no `resolve`, no `offset`."""
    found = await _find(call)
    return json_answer(_entity(found, await tag_entities(call.services, found.tags, await call.viewer())))


@routes.get("/api/v1/search", Access.anyone("read:search"), limit=Limit.SEARCH)
async def search_v1(call: Call) -> Answer:
    """The old form, in which hashtags are bare names."""
    found = await _find(call)
    return json_answer(_entity(found, [tag.display for tag in found.tags]))


def _entity(found: Found, hashtags: list[Any]) -> dict[str, Any]:
    return {"accounts": found.accounts, "statuses": found.posts, "hashtags": hashtags}


async def _find(call: Call) -> Found:
    asked, settings = await call.params(SearchQuery), call.services.settings
    words = asked.q.strip()
    _check(call, asked, words)
    if words.lower().startswith(("https://", "http://")):
        ours = await _our_own(call, words)
        if ours is not None:
            return _only(ours, asked.type)
    bounds = page(
        asked, call.services.ids, default=settings.page_size_default, maximum=settings.page_size_max
    )
    offset = asked.offset if asked.type else 0
    found = Found()
    if asked.type in (None, "accounts"):
        found.accounts = await _accounts(call, asked, words, bounds.limit, offset)
    if asked.type in (None, "hashtags") and " " not in words:
        found.tags = await find_tags(
            call.services.database, words, limit=bounds.limit, offset=offset, now=call.now
        )
        if asked.exclude_unreviewed:
            found.tags = await _reviewed(call, found.tags)
    if asked.type in (None, "statuses"):
        wanted = PostQuery(
            parse_search(words), _author(call, asked), (), bounds.below, bounds.above, bounds.limit, offset
        )
        viewer = await call.viewer()
        seen = await search_posts(
            call.services.database, call.services.posts, viewer, wanted, domain=settings.domain
        )
        await count_reads(call, (one.post.id for one in seen))
        found.posts = [post_raw(call.services, one, viewer) for one in seen]
    return found


async def _reviewed(call: Call, tags: list[Tag]) -> list[Tag]:
    rules = msgspec.structs.replace(rules_of(call.services), shown=True)
    ids = [tag.id for tag in tags if tag.id is not None]
    out = await reviewed_out(call.services.database, ids, rules)
    return [tag for tag in tags if tag.id not in out]


def _check(call: Call, asked: SearchQuery, words: str) -> None:
    settings = call.services.settings
    if not words:
        raise Invalid("Validation failed: q can't be blank", details={"q": [("ERR_BLANK", "can't be blank")]})
    if len(words) > settings.search_query_max_characters:
        raise Invalid(f"The query is longer than {settings.search_query_max_characters} characters.")
    if not 0 <= asked.offset <= settings.search_offset_max:
        raise Invalid(f"offset must be between 0 and {settings.search_offset_max}.")
    signed_in = call.token is not None and call.token.account_id is not None
    if not signed_in and asked.resolve:
        raise NotAuthenticated(
            "Search queries that resolve remote resources are not supported without authentication"
        )
    if not signed_in and asked.offset:
        raise NotAuthenticated("Search queries pagination is not supported without authentication")


def _author(call: Call, asked: SearchQuery) -> tuple[int, ...] | None:
    if not asked.account_id:
        return None
    author_id = call.services.ids.decode(asked.account_id)
    # An id that we never gave out has no posts.
    return () if author_id is None else (author_id,)


async def _accounts(call: Call, asked: SearchQuery, words: str, limit: int, offset: int) -> list[msgspec.Raw]:
    viewer = await call.viewer()
    name, at, domain = words.removeprefix("@").partition("@")
    if at and domain.lower() == call.services.settings.domain:
        found = await find_by_handle(call.services.database, name)
        ids = [] if found is None or offset else [found]
        if asked.following:
            ids = [ident for ident in ids if ident in viewer.following]
    elif at:
        found = await find_by_handle(call.services.database, name, domain.lower())
        ids = [] if found is None or offset else [found]
    elif not name or words.startswith("#"):
        ids = []
    else:
        ids = await search_accounts(
            call.services.database, words, limit=limit, offset=offset, followed=viewer.following,
            only_followed=asked.following,
        )  # fmt: skip
    ids = [ident for ident in ids if ident not in viewer.blocked_by]
    await count_reads(call, ids)
    return await accounts_raw(call.services, ids)


async def _our_own(call: Call, address: str) -> Found | None:
    """What an address of this server shows to the viewer, None when it is another server's address."""
    base = call.services.base_url
    bare = address.split("?", 1)[0].split("#", 1)[0].rstrip("/")
    scheme_free = base.partition("://")[2]
    for prefix in (f"https://{scheme_free}/", f"http://{scheme_free}/"):
        if bare.lower().startswith(prefix):
            return await _at_path(call, [unquote(part) for part in bare[len(prefix) :].split("/")])
    return None


async def _at_path(call: Call, parts: list[str]) -> Found:
    match parts:
        case ["tags", name]:
            tag = await tag_by_name(call.services.database, name, call.now)
            return Found(tags=[tag] if tag else [])
        case [handle] if handle.startswith("@"):
            return await _account_named(call, handle[1:])
        case ["users", handle]:
            return await _account_named(call, handle)
        case [handle, post_id] if handle.startswith("@"):
            return await _post_with_id(call, post_id)
        case ["users", _, "statuses", post_id] | ["web", "statuses", post_id] | ["statuses", post_id]:
            return await _post_with_id(call, post_id)
    return Found()


async def _account_named(call: Call, handle: str) -> Found:
    name, _, domain = handle.partition("@")
    found = await find_by_handle(call.services.database, name, domain.lower() or None)
    viewer = await call.viewer()
    if found is None or found in viewer.blocked_by:
        return Found()
    await count_reads(call, [found])
    return Found(accounts=await accounts_raw(call.services, [found]))


async def _post_with_id(call: Call, public_id: str) -> Found:
    internal = call.services.ids.decode(public_id)
    if internal is None:
        return Found()
    viewer = await call.viewer()
    try:
        seen = await call.services.posts.see_one(viewer, internal)
    except NotFound:
        return Found()
    await count_reads(call, [seen.post.id])
    return Found(posts=[post_raw(call.services, seen, viewer)])


def _only(found: Found, kind: str | None) -> Found:
    if kind is None:
        return found
    return Found(
        found.accounts if kind == "accounts" else [],
        found.posts if kind == "statuses" else [],
        found.tags if kind == "hashtags" else [],
    )
