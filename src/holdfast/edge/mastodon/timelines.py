"""Timelines of the Mastodon API."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ...pure.errors import NotFound
from ...pure.names import normalise_hashtag
from ...pure.window import Window
from ...social.timelines import Feed, Page, ProfileFeed
from ..answers import JSON, Answer, json_answer
from ..budgets import count_reads
from ..call import Call
from ..feeds import FeedKind, Shown, open_feed
from ..routes import Access, RouteTable
from .paging import page_links, window_of
from .render_post import posts_json

routes = RouteTable()

Names = Annotated[list[str], msgspec.Meta(max_length=16)]


class _PublicParams(msgspec.Struct):
    local: bool = False
    remote: bool = False
    only_media: bool = False


class _TagParams(_PublicParams):
    any: Names = msgspec.field(default_factory=list)
    all: Names = msgspec.field(default_factory=list)
    none: Names = msgspec.field(default_factory=list)


class _ProfileParams(msgspec.Struct):
    only_media: bool = False
    exclude_replies: bool = False
    exclude_reblogs: bool = False
    exclude_direct: bool = False
    pinned: bool = False
    tagged: str | None = None


@routes.get("/api/v1/timelines/home", Access.member("read:statuses"))
async def home(call: Call) -> Answer:
    """Posts and boosts of the accounts the member follows, and the member's own."""
    viewer = await call.viewer()
    return await _answer(call, await call.services.timelines.home(viewer, await _window(call)))


@routes.get("/api/v1/timelines/list/{list_id}", Access.member("read:lists"))
async def listed(call: Call) -> Answer:
    """Posts and boosts of those in one of the member's lists whom the member follows."""
    viewer, list_id = await call.viewer(), call.id_segment("list_id")
    return await _answer(call, await call.services.timelines.listed(viewer, list_id, await _window(call)))


@routes.get("/api/v1/timelines/public", Access.anyone("read:statuses"))
async def public(call: Call) -> Answer:
    """Public posts, newest first. `local`, `remote`, `only_media` narrow it."""
    wanted = await call.params(_PublicParams)
    shown = open_to(call, FeedKind.LIVE, local=wanted.local, remote=wanted.remote)
    if shown is None:
        return json_answer([])
    feed = Feed(local=shown.only_local, remote=shown.only_remote, only_media=wanted.only_media)
    return await _answer(
        call, await call.services.timelines.public(await call.viewer(), feed, await _window(call))
    )


@routes.get("/api/v1/timelines/tag/{hashtag}", Access.anyone("read:statuses"))
async def tag(call: Call) -> Answer:
    """Public posts with a hashtag; `any[]`, `all[]`, `none[]` add others."""
    wanted = await call.params(_TagParams)
    shown = open_to(call, FeedKind.HASHTAG, local=wanted.local, remote=wanted.remote)
    if shown is None:
        return json_answer([])
    feed = Feed(
        local=shown.only_local,
        remote=shown.only_remote,
        only_media=wanted.only_media,
        any_tags=_keys([call.segment("hashtag"), *wanted.any]),
        all_tags=_keys(wanted.all),
        no_tags=_keys(wanted.none),
    )
    return await _answer(
        call, await call.services.timelines.tag(await call.viewer(), feed, await _window(call))
    )


@routes.get("/api/v1/accounts/{id}/statuses", Access.anyone("read:statuses"))
async def account_statuses(call: Call) -> Answer:
    """Posts of an account, as far as the viewer may see them. Narrowed by `pinned`, `tagged` and `exclude_...`."""
    account = await call.services.accounts.get(call.id_segment())
    if account is None or not account.shown:
        raise NotFound
    await count_reads(call, [account.id])
    wanted = await call.params(_ProfileParams)
    feed = ProfileFeed(
        account.id,
        only_media=wanted.only_media,
        exclude_replies=wanted.exclude_replies,
        exclude_boosts=wanted.exclude_reblogs,
        exclude_direct=wanted.exclude_direct,
        pinned=wanted.pinned,
        tagged=normalise_hashtag(wanted.tagged) if wanted.tagged else None,
    )
    return await _answer(
        call, await call.services.timelines.profile(await call.viewer(), feed, await _window(call))
    )


def open_to(call: Call, kind: FeedKind, *, local: bool = False, remote: bool = False) -> Shown | None:
    """As `open_feed`, for whoever calls."""
    member = call.token is not None and call.token.account_id is not None
    return open_feed(call.services.settings, kind, member=member, local=local, remote=remote)


async def _window(call: Call) -> Window:
    settings = call.services.settings
    return await window_of(call, default=settings.page_size_default, maximum=settings.page_size_max)


async def _answer(call: Call, page: Page) -> Answer:
    await count_reads(call, (seen.post.id for seen in page.posts))
    body = posts_json(call.services, page.posts, await call.viewer())
    return Answer(200, body, JSON, page_links(call, page.oldest_id, page.newest_id))


def _keys(names: list[str]) -> tuple[str, ...]:
    return tuple(key for name in names if (key := normalise_hashtag(name)))
