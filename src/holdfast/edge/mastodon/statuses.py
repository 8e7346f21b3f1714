"""Statuses of the Mastodon API: publish, edit, delete, and everything read about one."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from ...pure.errors import NotFound
from ...social.graph import Viewer
from ...social.media import MediaView, media_views
from ...social.posts import (
    PostView,
    Version,
    VersionMedia,
    ancestors,
    delete_post,
    descendants,
    edit_post,
    publish_post,
    versions,
)
from ..answers import JSON, Answer, json_answer
from ..authored_html import content_html
from ..budgets import count_reads
from ..call import Call
from ..post_limits import post_limits
from ..routes import Access, Limit, RouteTable
from .emojis import emojis_in
from .render_account import account_raw
from .render_media import media_entity
from .render_post import post_raw, posts_json, quote_raw
from .scheduled import schedule
from .status_drafts import StatusParams, submission_of
from .times import iso

routes = RouteTable()


class _DeleteParams(msgspec.Struct):
    delete_media: bool = False


class _IdsParams(msgspec.Struct):
    id: Annotated[list[str], msgspec.Meta(max_length=200)] = msgspec.field(default_factory=list)


@routes.post("/api/v1/statuses", Access.member("write:statuses"), limit=Limit.POST)
async def publish(call: Call) -> Answer:
    """Publish, or with `scheduled_at` keep for later. With `Idempotency-Key`, a repeated request gives the same post."""
    wanted = await call.params(StatusParams)
    submission = await submission_of(call, wanted, call.header(b"idempotency-key"))
    if wanted.scheduled_at:
        return await schedule(call, submission, wanted.scheduled_at)
    unmarked = await call.services.posts.expect_post(await call.viewer())
    async with call.services.database.transaction() as tx:
        post_id = await publish_post(
            tx, call.actor, submission, limits=post_limits(call.services.settings), now=call.now
        )
    # An idempotency key may name a post that is there for long; a reply may stand in a thread that is muted.
    if not submission.draft.idempotency_key and submission.parent is None:
        unmarked(post_id)
    return await _one(call, post_id)


@routes.put("/api/v1/statuses/{id}", Access.member("write:statuses"))
async def edit(call: Call) -> Answer:
    """Edit one's own post; it is screened again and every version is kept."""
    post_id = call.id_segment()
    seen = await call.services.posts.see_one(await call.viewer(), post_id)
    await call.spooled_tree(call.services.media.limits.image_bytes)
    wanted = await call.params(StatusParams)
    wanted.in_reply_to_id = wanted.scheduled_at = None
    submission = await submission_of(call, wanted, "", edited=seen.post)
    async with call.services.database.transaction() as tx:
        await edit_post(tx, call.actor, post_id, submission, now=call.now)
    return await _one(call, post_id)


@routes.delete("/api/v1/statuses/{id}", Access.member("write:statuses"))
async def delete(call: Call) -> Answer:
    """Delete one's own post; answers with its source text and uploads, for a redraft, unless `delete_media` is set."""
    post_id = call.id_segment()
    viewer = await call.viewer()
    seen = await call.services.posts.see_one(viewer, post_id)
    wanted = await call.params(_DeleteParams)
    async with call.services.database.transaction() as tx:
        post = await delete_post(
            tx, call.actor, post_id, keep_media_at=None if wanted.delete_media else call.now
        )
    entity: dict[str, Any] = msgspec.json.decode(bytes(post_raw(call.services, seen, viewer)))
    if post.media:
        # They stay for the redraft, under other addresses than those that the post was shown with.
        kept = await media_views(call.services.database, [media.id for media in post.media])
        entity["media_attachments"] = [
            media_entity(call.services, kept[media.id]) for media in post.media if media.id in kept
        ]
    if (
        post.quote is not None
        and post.quote.quoted_id is not None
        and entity["quote"]["quoted_status"] is None
    ):
        # For a redraft the author is given what was quoted also where the quote was turned down or taken back.
        found = await call.services.posts.see(viewer, [post.quote.quoted_id])
        entity["quote"]["quoted_status"] = post_raw(call.services, found[0], viewer) if found else None
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
    await count_reads(call, (one.post.id for one in seen))
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
    most_above, most_below, depth = _thread_limits(call, viewer)
    database, posts = call.services.database, call.services.posts
    asked_above = await ancestors(database, seen.post.id, most=most_above)
    asked_below = await descendants(database, seen.post.id, most=most_below, depth=depth)
    above = await posts.see(viewer, asked_above)
    below = await posts.see(viewer, asked_below, timeline=True)
    await count_reads(call, (one.post.id for one in (seen, *above, *below)))
    return json_answer(
        {
            "ancestors": msgspec.Raw(posts_json(call.services, above, viewer)),
            "descendants": msgspec.Raw(posts_json(call.services, below, viewer)),
        }
    )


def _thread_limits(call: Call, viewer: Viewer) -> tuple[int, int, int]:
    """How much of a thread is shown: posts above, posts below, and how deep."""
    settings = call.services.settings
    if viewer.account_id is None:
        return (
            settings.context_anonymous_ancestors_max,
            settings.context_anonymous_descendants_max,
            settings.context_anonymous_depth_max,
        )
    return settings.context_ancestors_max, settings.context_descendants_max, settings.context_depth_max


@routes.get("/api/v1/statuses/{id}/source", Access.app("read:statuses"))
async def source(call: Call) -> Answer:
    """The text of a post as it was written, for editing."""
    seen = await call.services.posts.see_one(await call.viewer(), call.id_segment())
    await count_reads(call, [seen.post.id])
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
    viewer = await call.viewer()
    seen = await call.services.posts.see_one(viewer, call.id_segment())
    seen = seen.boosted or seen
    post = seen.post
    await count_reads(call, [post.id])
    kept = await versions(call.services.database, post.id)
    if not kept:
        options = post.poll.options if post.poll else None
        shown = [VersionMedia(media.id, media.description, media.focus) for media in post.media]
        kept = [Version(post.text, post.spoiler, post.sensitive, options, post.created_at, shown)]
    media = await media_views(call.services.database, [one.id for version in kept for one in version.media])
    same = {
        "account": account_raw(call.services, seen.author),
        "quote": quote_raw(call.services, seen.quote, viewer),
    }
    return json_answer([_version_entity(call, post, version, media) | same for version in kept])


def _version_entity(
    call: Call, post: PostView, version: Version, media: dict[int, MediaView]
) -> dict[str, Any]:
    entity: dict[str, Any] = {
        "content": content_html(call.services, post, version.text),
        "spoiler_text": version.spoiler,
        "sensitive": version.sensitive,
        "created_at": iso(version.created_at),
        "media_attachments": [media_entity(call.services, view) for view in version.media_as_it_was(media)],
        "emojis": emojis_in(call.services, version.text, version.spoiler, *(version.poll_options or ())),
    }
    if version.poll_options:
        entity["poll"] = {"options": [{"title": option} for option in version.poll_options]}
    return entity


@routes.post("/api/v1/statuses/{id}/translate", Access.app("read:statuses"))
async def translate(call: Call) -> Answer:
    """404: no translation service is configured, as the instance says."""
    await call.services.posts.see_one(await call.viewer(), call.id_segment())
    raise NotFound


async def _one(call: Call, post_id: int) -> Answer:
    viewer = await call.viewer()
    seen = await call.services.posts.see_one(viewer, post_id)
    await count_reads(call, [seen.post.id])
    return Answer(200, bytes(post_raw(call.services, seen, viewer)), JSON)
