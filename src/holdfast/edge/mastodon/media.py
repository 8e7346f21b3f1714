"""Uploads of the Mastodon API: sent, described, looked at while they are processed, taken back."""

from __future__ import annotations

from typing import Any

import msgspec

from ...social.media import (
    MediaFailed,
    MediaNotTaken,
    MediaState,
    OwnMedia,
    Purpose,
    add_media,
    cleaned_description,
    describe_media,
    discard_media,
    one_own_media,
    read_focus,
    take_upload,
)
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, Limit, RouteTable
from ..uploads import SpooledFile
from .render_media import media_entity
from .status_media import preview_of

routes = RouteTable()

_WRITE = Access.member("write:media")


class MediaForm(msgspec.Struct):
    """What a client sends. `thumbnail`: a picture to show for a video or a sound."""

    description: str | None = None
    focus: str | None = None
    file: Any = None
    thumbnail: Any = None


@routes.post("/api/v2/media", _WRITE, limit=Limit.MEDIA)
async def upload(call: Call) -> Answer:
    """Send a file. 200 when it can be used at once, 202 while it is worked on."""
    return await _upload(call, processing=202)


@routes.post("/api/v1/media", _WRITE, limit=Limit.MEDIA)
async def upload_first_edition(call: Call) -> Answer:
    """The same by the old address, where the answer is 200 either way."""
    return await _upload(call, processing=200)


async def _upload(call: Call, *, processing: int) -> Answer:
    limits = call.services.media.limits
    await call.spooled_tree(max(limits.image_bytes, limits.video_bytes) + limits.image_bytes)
    form = await call.params(MediaForm)
    if not isinstance(form.file, SpooledFile):
        raise MediaNotTaken("Validation failed: File can't be blank; send one as the multipart field `file`")
    description = cleaned_description(form.description or "", limits)
    focus = read_focus(form.focus or "")
    taken = await take_upload(call.services.media, form.file.file, form.file.size_bytes, Purpose.ATTACHMENT)
    preview = await preview_of(call, form.thumbnail)
    async with call.services.database.transaction() as tx:
        media_id = await add_media(
            tx, call.actor, taken, limits=limits, description=description, focus=focus, now=call.now
        )
        if preview is not None:
            await describe_media(tx, call.actor, media_id, description=None, focus=None, preview=preview)
    return _answer(call, await _own(call, media_id), processing=processing)


@routes.get("/api/v1/media/{id}", _WRITE)
async def one(call: Call) -> Answer:
    """One's own upload: 206 while it is worked on, 422 when that failed."""
    media = await _own(call, call.id_segment())
    if media.view.state is MediaState.FAILED:
        raise MediaFailed(media.problem)
    return _answer(call, media, processing=206)


@routes.put("/api/v1/media/{id}", _WRITE)
async def describe(call: Call) -> Answer:
    """Describe an upload that no post has yet; what a post has is changed by editing the post."""
    media_id = call.id_segment()
    limits = call.services.media.limits
    await call.spooled_tree(limits.image_bytes)
    form = await call.params(MediaForm)
    description = None if form.description is None else cleaned_description(form.description, limits)
    focus = read_focus(form.focus or "")
    await _own(call, media_id)
    preview = await preview_of(call, form.thumbnail)
    async with call.services.database.transaction() as tx:
        await describe_media(tx, call.actor, media_id, description=description, focus=focus, preview=preview)
    return _answer(call, await _own(call, media_id), processing=206)


@routes.delete("/api/v1/media/{id}", _WRITE, limit=Limit.DEFAULT)
async def discard(call: Call) -> Answer:
    """Take back an upload that no post has."""
    async with call.services.database.transaction() as tx:
        await discard_media(tx, call.actor, call.id_segment())
    return json_answer({})


async def _own(call: Call, media_id: int) -> OwnMedia:
    return await one_own_media(call.services.database, call.actor.account_id, media_id)


def _answer(call: Call, media: OwnMedia, *, processing: int) -> Answer:
    status = processing if media.view.state is MediaState.PROCESSING else 200
    return json_answer(media_entity(call.services, media.view), status=status)
