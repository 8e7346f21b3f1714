"""Use case: a member takes back an upload that no post has."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import MediaAttached
from .queries import one_own_media


async def discard_media(tx: Tx, actor: Actor, media_id: int) -> None:
    """Remove it. Raises MediaNotVisible, MediaAttached."""
    media = await one_own_media(tx, actor.account_id, media_id)
    if media.post_id is not None or media.scheduled_id is not None:
        raise MediaAttached
    await store.delete_media(tx, media_id)
