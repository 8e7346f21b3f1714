"""The uploads that a status is to have: read as the member's own, checked, with what an edit says of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from ...social.media import (
    MediaNotAttachable,
    OwnMedia,
    Purpose,
    TakenMedia,
    check_attachable,
    cleaned_description,
    own_media,
    read_focus,
    take_upload,
)
from ...social.posts import PostView, post_of_key
from ..call import Call


class MediaAttributes(msgspec.Struct):
    """`media_attributes[]` of an edit: another description, focus or preview for an upload of the status."""

    id: str = ""
    description: str | None = None
    focus: str | None = None
    thumbnail: Any = None


async def media_of(
    call: Call,
    media_ids: list[str] | None,
    attributes: list[MediaAttributes],
    *,
    idempotency_key: str = "",
    edited: PostView | None = None,
) -> list[OwnMedia]:
    """The uploads, in order. None: as the edited status has them. Raises MediaNotAttachable, MediaNotTaken."""
    services, account_id = call.services, call.actor.account_id
    if media_ids is None:
        ids = [media.id for media in edited.media] if edited else []
    else:
        ids = [_internal(call, public) for public in media_ids if public]
    if not ids:
        return []
    post_id = edited.id if edited else None
    if idempotency_key and edited is None:
        # A repeated request: what the first one attached is where it should be.
        since = call.now - timedelta(hours=services.settings.idempotency_key_hours)
        post_id = await post_of_key(services.database, account_id, idempotency_key[:255], since)
    found = await own_media(services.database, account_id, ids)
    chosen = check_attachable(ids, found, services.media.limits, post_id=post_id)
    changes = {_internal(call, change.id): change for change in attributes}
    return [await _changed(call, media, changes.get(media.view.id)) for media in chosen]


async def preview_of(call: Call, thumbnail: Any) -> TakenMedia | None:
    """The picture that a client sent for a preview, read and stored; None where it sent none. Raises MediaNotTaken."""
    sent = call.file(thumbnail)
    if sent is None or not sent.size_bytes:
        return None
    return await take_upload(call.services.media, sent.file, sent.size_bytes, Purpose.PREVIEW)


def _internal(call: Call, public: str) -> int:
    internal = call.services.ids.decode(public)
    if internal is None:
        raise MediaNotAttachable
    return internal


async def _changed(call: Call, media: OwnMedia, change: MediaAttributes | None) -> OwnMedia:
    if change is None:
        return media
    view = media.view
    if change.description is not None:
        text = cleaned_description(change.description, call.services.media.limits)
        view = msgspec.structs.replace(view, description=text)
    if focus := read_focus(change.focus or ""):
        view = msgspec.structs.replace(view, focus=focus)
    return msgspec.structs.replace(media, view=view, preview=await preview_of(call, change.thumbnail))
