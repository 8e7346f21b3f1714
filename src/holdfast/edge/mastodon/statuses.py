"""Statuses of the Mastodon API: publish, edit, delete, and everything read about one."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from ...pure.errors import NotFound
from ...social.posts import (
    PostNotVisible,
    PostView,
    Seen,
    Version,
    ancestors,
    delete_post,
    descendants,
    edit_post,
    publish_post,
    versions,
)
from ..answers import JSON, Answer, json_answer
from ..authored_html import content_html
from ..call import Call
from ..routes import Access, RouteTable
from .render_account import account_raw
from .render_post import post_raw, posts_json
from .status_drafts import StatusParams, post_limits, submission_of
from .times import iso

routes = RouteTable()

# How much of a thread is shown, as Mastodon does: to anybody, and to members.
_ANONYMOUS_ANCESTORS, _ANONYMOUS_DESCENDANTS, _ANONYMOUS_DEPTH = 40, 60, 20
_MEMBER_ANCESTORS, _MEMBER_DESCENDANTS, _MEMBER_DEPTH = 4096, 4096, 4096


class _IdsParams(msgspec.Struct):
    id: Annotated[list[str], msgspec.Meta(max_length=200)] = msgspec.field(default_factory=list)


@routes.post("/api/v1/statuses", Access.member("write:statuses"))
async def publish(call: Call) -> Answer:
    """Publish. With `Idempotency-Key`, a repeated request gives the same post."""
    submission = await submission_of(call, await call.params(StatusParams), call.header(b"idempotency-key"))
    unmarked = await call.services.posts.expect_post(await call.viewer())
    async with call.services.database.transaction() as tx:
        post_id = await publish_post(tx, call.actor, submission, limits=post_limits(call), now=call.now)
    # An idempotency key may name a post that is there for long; a reply may stand in a thread that is muted.
    if not submission.draft.idempotency_key and submission.parent is None:
        unmarked(post_id)
    return await _one(call, post_id)


@routes.put("/api/v1/statuses/{id}", Access.member("write:statuses"))
async def edit(call: Call) -> Answer:
    """Edit one's own post; it is screened again and every version is kept."""
    post_id = call.id_segment()
    seen = await call.services.posts.see_one(await call.viewer(), post_id)
    wanted = await call.params(StatusParams)
    wanted.in_reply_to_id = None
    submission = await submission_of(call, wanted, "", edited=seen.post)
    async with call.services.database.transaction() as tx:
        await edit_post(tx, call.actor, post_id, submission, now=call.now)
    return await _one(call, post_id)


@routes.delete("/api/v1/statuses/{id}", Access.member("write:statuses"))
async def delete(call: Call) -> Answer:
    """Delete one's own post; answers with its source text, for a redraft."""
    post_id = call.id_segment()
    viewer = await call.viewer()
    seen = await call.services.posts.see_one(viewer, post_id)
    async with call.services.database.transaction() as tx:
        post = await delete_post(tx, call.actor, post_id)
    entity: dict[str, Any] = msgspec.json.decode(bytes(post_raw(call.services, seen, viewer)))
    return json_answer({**entity, "text": post.text})


@routes.get("/api/v1/statuses", Access.anyone("read:statuses"))
async def many(call: Call) -> Answer:
    """Those of the posts `id[]` that the viewer may see."""
    wanted = await call.params(_IdsParams)
    most = call.services.settings.ids_per_request_max
    ids = [
        internal for public in wanted.id[:most] if (internal := call.services.ids.decode(public)) is not None
    ]
    viewer = await call.viewer()
    seen = await call.services.posts.see(viewer, list(dict.fromkeys(ids)))
    return Answer(200, posts_json(call.services, seen, viewer), JSON)


@routes.get("/api/v1/statuses/{id}", Access.anyone("read:statuses"))
async def one(call: Call) -> Answer:
    """One post."""
    return await _one(call, call.id_segment())


@routes.get("/api/v1/statuses/{id}/context", Access.anyone("read:statuses"))
async def context(call: Call) -> Answer:
    """The posts above and below in the thread."""
    viewer = await call.viewer()
    seen = await call.services.posts.see_one(viewer, call.id_segment())
    member = viewer.account_id is not None
    database, posts = call.services.database, call.services.posts
    above = await ancestors(
        database, seen.post.id, most=_MEMBER_ANCESTORS if member else _ANONYMOUS_ANCESTORS
    )
    below = await descendants(
        database,
        seen.post.id,
        most=_MEMBER_DESCENDANTS if member else _ANONYMOUS_DESCENDANTS,
        depth=_MEMBER_DEPTH if member else _ANONYMOUS_DEPTH,
    )
    return json_answer(
        {
            "ancestors": msgspec.Raw(posts_json(call.services, await posts.see(viewer, above), viewer)),
            "descendants": msgspec.Raw(
                posts_json(call.services, await posts.see(viewer, below, timeline=True), viewer)
            ),
        }
    )


@routes.get("/api/v1/statuses/{id}/source", Access.member("read:statuses"))
async def source(call: Call) -> Answer:
    """The text of one's own post as it was written, for editing."""
    seen = await _own(call)
    return json_answer(
        {
            "id": call.services.ids.encode(seen.post.id),
            "text": seen.post.text,
            "spoiler_text": seen.post.spoiler,
        }
    )


@routes.get("/api/v1/statuses/{id}/history", Access.anyone("read:statuses"))
async def history(call: Call) -> Answer:
    """Every version that was shown, oldest first."""
    seen = await call.services.posts.see_one(await call.viewer(), call.id_segment())
    post = seen.post
    kept = await versions(call.services.database, post.id)
    if not kept:
        options = post.poll.options if post.poll else None
        kept = [Version(post.text, post.spoiler, post.sensitive, options, post.created_at)]
    account = account_raw(call.services, seen.author)
    return json_answer([_version_entity(call, post, version, account) for version in kept])


def _version_entity(call: Call, post: PostView, version: Version, account: msgspec.Raw) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "content": content_html(call.services, post, version.text),
        "spoiler_text": version.spoiler,
        "sensitive": version.sensitive,
        "created_at": iso(version.created_at),
        "account": account,
        "media_attachments": [],
        "emojis": [],
        "quote": None,
    }
    if version.poll_options:
        entity["poll"] = {"options": [{"title": option} for option in version.poll_options]}
    return entity


@routes.post("/api/v1/statuses/{id}/translate", Access.app("read:statuses"))
async def translate(call: Call) -> Answer:
    """404: no translation service is configured, as the instance says."""
    await call.services.posts.see_one(await call.viewer(), call.id_segment())
    raise NotFound


async def _own(call: Call) -> Seen:
    seen = await call.services.posts.see_one(await call.viewer(), call.id_segment())
    if seen.post.account_id != call.actor.account_id:
        raise PostNotVisible
    return seen


async def _one(call: Call, post_id: int) -> Answer:
    viewer = await call.viewer()
    seen = await call.services.posts.see_one(viewer, post_id)
    return Answer(200, bytes(post_raw(call.services, seen, viewer)), JSON)
