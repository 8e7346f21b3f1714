"""Use case: a hashtag stands on the profile no longer."""

from __future__ import annotations

from ...platform.db import Tx
from ..accounts import Actor
from . import store
from .errors import FeaturedTagNotVisible
from .model import name_of


async def unfeature_tag(
    tx: Tx, actor: Actor, *, name: str | None = None, featured_id: int | None = None
) -> None:
    """Named by its name, then one that is not there is as good; or by its id.

    Raises HashtagInvalid, and FeaturedTagNotVisible when the actor features none with that id.
    """
    key = None if name is None else name_of(name)[0]
    if not await store.delete_featured(tx, actor.account_id, featured_id, key) and featured_id is not None:
        raise FeaturedTagNotVisible
