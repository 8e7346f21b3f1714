"""What members do with statuses in the Mastodon API, and the lists of who did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

import msgspec

from ...pure.errors import NotFound
from ...social.posts import PostView, Seen, Visibility, delete_post
from ...social.reactions import (
    BOOKMARKS,
    BOOSTED_BY,
    FAVOURITED_BY,
    FAVOURITES,
    boost_by,
    boost_post,
    collected,
    post_of_poll,
    set_bookmark,
    set_favourite,
    set_pin,
    set_thread_mute,
    vote_in_poll,
)
from ..answers import JSON, Answer, json_answer
from ..breaking import check_spread
from ..budgets import count_reads
from ..call import Call
from ..routes import Access, Handler, Limit, RouteTable
from .paging import page_links, window_of
from .render_account import account_raw
from .render_post import poll_entity, post_raw, posts_json
from .status_drafts import VISIBILITIES

routes = RouteTable()


class _BoostParams(msgspec.Struct):
    visibility: Literal["public", "unlisted", "private", ""] = "public"


class _VoteParams(msgspec.Struct):
    choices: Annotated[list[int], msgspec.Meta(max_length=50)]


async def _target(call: Call) -> PostView:
    """The post of the path as its reader sees it; of a boost, what was boosted."""
    seen = await call.services.posts.see_one(await call.viewer(), call.id_segment())
    return (seen.boosted or seen).post


async def _again(call: Call, post_id: int) -> Answer:
    viewer = await call.viewer()
    seen = await call.services.posts.see_one(viewer, post_id)
    return Answer(200, bytes(post_raw(call.services, seen, viewer)), JSON)


def _toggle(change: Callable[[Call, PostView], Awaitable[None]], words: str) -> Handler:
    """A handler that changes something about the post of the path and answers with the post as it is then."""

    async def handler(call: Call) -> Answer:
        post = await _target(call)
        await change(call, post)
        return await _again(call, post.id)

    handler.__doc__ = words
    return handler


def _favourite(on: bool) -> Callable[[Call, PostView], Awaitable[None]]:
    async def change(call: Call, post: PostView) -> None:
        async with call.services.database.transaction() as tx:
            await set_favourite(tx, call.actor, post.id, on, now=call.now)

    return change


def _bookmark(on: bool) -> Callable[[Call, PostView], Awaitable[None]]:
    async def change(call: Call, post: PostView) -> None:
        async with call.services.database.transaction() as tx:
            await set_bookmark(tx, call.actor, post.id, on, now=call.now)

    return change


def _pin(on: bool) -> Callable[[Call, PostView], Awaitable[None]]:
    async def change(call: Call, post: PostView) -> None:
        async with call.services.database.transaction() as tx:
            most = call.services.settings.pinned_posts_max
            await set_pin(tx, call.actor, post, on, most=most, now=call.now)

    return change


def _mute(on: bool) -> Callable[[Call, PostView], Awaitable[None]]:
    async def change(call: Call, post: PostView) -> None:
        async with call.services.database.transaction() as tx:
            await set_thread_mute(tx, call.actor, post.thread_id, on)

    return change


for _verb, _change, _scope, _words in (
    ("favourite", _favourite(True), "write:favourites", "Favourite."),
    ("unfavourite", _favourite(False), "write:favourites", "Take a favourite back."),
    ("bookmark", _bookmark(True), "write:bookmarks", "Bookmark; nobody else learns of it."),
    ("unbookmark", _bookmark(False), "write:bookmarks", "Take a bookmark back."),
    ("pin", _pin(True), "write:accounts", "Pin one's own post to the profile."),
    ("unpin", _pin(False), "write:accounts", "Take a post off the profile."),
    ("mute", _mute(True), "write:mutes", "No more notifications from the thread."),
    ("unmute", _mute(False), "write:mutes", "Notifications from the thread again."),
):
    routes.post(f"/api/v1/statuses/{{id}}/{_verb}", Access.member(_scope))(_toggle(_change, _words))


@routes.post("/api/v1/statuses/{id}/reblog", Access.member("write:statuses"))
async def boost(call: Call) -> Answer:
    """Boost; answers with the boost."""
    post = await _target(call)
    await check_spread(call, post.id)
    wanted = await call.params(_BoostParams)
    visibility = VISIBILITIES.get(wanted.visibility, Visibility.PUBLIC)
    async with call.services.database.transaction() as tx:
        boost_id = await boost_post(tx, call.actor, post, visibility, now=call.now)
    return await _again(call, boost_id)


@routes.post("/api/v1/statuses/{id}/unreblog", Access.member("write:statuses"), limit=Limit.DELETE)
async def unboost(call: Call) -> Answer:
    """Take a boost back; answers with the post that was boosted."""
    post = await _target(call)
    async with call.services.database.transaction() as tx:
        boost_id = await boost_by(tx, call.actor.account_id, post.id)
        if boost_id is not None:
            await delete_post(tx, call.actor, boost_id)
    return await _again(call, post.id)


async def _people(call: Call, listing: tuple[str, str]) -> Answer:
    post = await _target(call)
    settings = call.services.settings
    window = await window_of(
        call, default=settings.accounts_page_size_default, maximum=settings.accounts_page_size_max
    )
    rows = await collected(call.services.database, listing, post.id, window)
    accounts = await call.services.accounts.get_many([account_id for _, account_id in rows])
    viewer = await call.viewer()
    await count_reads(call, (post.id, *accounts))
    shown = [
        account_raw(call.services, accounts[account_id])
        for _, account_id in rows
        if account_id in accounts and accounts[account_id].shown and account_id not in viewer.blocked_by
    ]
    return json_answer(shown, headers=_links(call, rows))


@routes.get("/api/v1/statuses/{id}/favourited_by", Access.anyone("read:statuses"))
async def favourited_by(call: Call) -> Answer:
    """Who favourited it."""
    return await _people(call, FAVOURITED_BY)


@routes.get("/api/v1/statuses/{id}/reblogged_by", Access.anyone("read:statuses"))
async def boosted_by(call: Call) -> Answer:
    """Who boosted it."""
    return await _people(call, BOOSTED_BY)


async def _collection(call: Call, listing: tuple[str, str]) -> Answer:
    settings = call.services.settings
    window = await window_of(call, default=settings.page_size_default, maximum=settings.page_size_max)
    viewer = await call.viewer()
    rows = await collected(call.services.database, listing, call.actor.account_id, window)
    seen = await call.services.posts.see(viewer, [post_id for _, post_id in rows])
    return Answer(200, posts_json(call.services, seen, viewer), JSON, _links(call, rows))


def _links(call: Call, rows: list[tuple[int, int]]) -> list[tuple[bytes, bytes]]:
    return page_links(call, rows[-1][0] if rows else None, rows[0][0] if rows else None)


@routes.get("/api/v1/favourites", Access.member("read:favourites"))
async def favourites(call: Call) -> Answer:
    """What the member favourited."""
    return await _collection(call, FAVOURITES)


@routes.get("/api/v1/bookmarks", Access.member("read:bookmarks"))
async def bookmarks(call: Call) -> Answer:
    """What the member bookmarked."""
    return await _collection(call, BOOKMARKS)


async def _poll_post(call: Call) -> Seen:
    post_id = await post_of_poll(call.services.database, call.id_segment())
    if post_id is None:
        raise NotFound
    return await call.services.posts.see_one(await call.viewer(), post_id)


@routes.get("/api/v1/polls/{id}", Access.anyone("read:statuses"))
async def poll(call: Call) -> Answer:
    """A poll, with the member's votes."""
    return await _poll_answer(call, await _poll_post(call))


@routes.post("/api/v1/polls/{id}/votes", Access.member("write:statuses"))
async def vote(call: Call) -> Answer:
    """Vote, once: `choices[]` are positions."""
    await _poll_post(call)
    wanted = await call.params(_VoteParams)
    async with call.services.database.transaction() as tx:
        await vote_in_poll(tx, call.actor, call.id_segment(), wanted.choices, now=call.now)
    return await _poll_answer(call, await _poll_post(call))


async def _poll_answer(call: Call, seen: Seen) -> Answer:
    if seen.post.poll is None:
        raise NotFound
    viewer = await call.viewer()
    await count_reads(call, [seen.post.id])
    return json_answer(poll_entity(call.services, seen.post.poll, seen.marks, viewer, seen.post))
