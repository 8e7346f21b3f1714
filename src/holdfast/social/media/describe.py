"""Use case: a member says what an upload shows, where its point of interest is, or how its preview looks."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import MediaNotVisible
from .model import TakenMedia
from .queries import one_own_media


async def describe_media(
    tx: Tx,
    actor: Actor,
    media_id: int,
    *,
    description: str | None,
    focus: tuple[float, float] | None,
    preview: TakenMedia | None = None,
) -> None:
    """Change an upload that no post has yet; None leaves a thing as it is. `preview`: another picture for it.

    What a post has is changed by editing the post, so that it is screened and its versions are kept.
    Raises MediaNotVisible.
    """
    media = await one_own_media(tx, actor.account_id, media_id)
    if media.post_id is not None:
        raise MediaNotVisible
    await store.set_details(tx, media_id, description=description, focus=focus)
    if preview is not None:
        await store.set_preview(tx, media_id, preview)
