"""Use case: keep what came of asking an address."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.stamps import Kind
from ...pure.page_previews import Preview
from . import store
from .events import CardShown
from .model import CardImage, CardState
from .queries import latest_posts


async def record_card(
    tx: Tx, card_id: int, preview: Preview | None, image: CardImage | None = None, *, withheld: bool = False,
    now: Instant,
) -> None:  # fmt: skip
    """Show the card below every post that links there; without a preview there is none, and none is left.

    withheld: screening holds what the page says, so nobody sees it.
    """
    if preview is None:
        await store.record_nothing(tx, card_id, now, failed=False)
    else:
        state = CardState.WITHHELD if withheld else CardState.SHOWN
        await store.record_preview(tx, card_id, preview, image, state, now)
    await _tell(tx, card_id)


async def _tell(tx: Tx, card_id: int) -> None:
    posts = await latest_posts(tx, card_id)
    for post_id in posts:
        tx.touch(Kind.POST, post_id)
    if posts:
        tx.emit(CardShown(card_id, posts))
