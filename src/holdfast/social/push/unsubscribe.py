"""Use case: an app wants no pushes any more."""

from __future__ import annotations

from ...platform.db import Tx
from . import store


async def unsubscribe(tx: Tx, token_id: int) -> None:
    """End the token's subscription; none is ended already. Messages on their way to us find it gone."""
    await store.delete_of_token(tx, token_id)
