"""Use case: a member has an avatar or a header of their own, or goes back to the drawn one."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..accounts import Actor, Picture, set_account_picture
from . import store
from .model import Purpose, Role, TakenMedia


async def set_picture(
    tx: Tx, actor: Actor, purpose: Purpose, taken: TakenMedia | None, *, now: Instant
) -> None:
    """Put a picture in the place of the one before, which is served no longer; None: the drawn one."""
    await store.delete_pictures(tx, actor.account_id, purpose)
    picture: Picture | None = None
    if taken is not None:
        media_id = new_id(now)
        await store.insert_media(
            tx, media_id, actor.account_id, taken, purpose=purpose, description="", focus=None, now=now
        )
        names = dict(
            zip((file.role for file in taken.files), await store.file_names(tx, media_id), strict=True)
        )
        original = names[Role.ORIGINAL]
        picture = Picture(original, names.get(Role.STILL, original))
    await set_account_picture(tx, actor.account_id, header=purpose is Purpose.HEADER, picture=picture)
