"""Use cases: an item gets its outcome, or loses it; a notice without items is settled as a whole."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.notices import ItemOutcome
from ..staff_actions import Staff
from .model import Notice


async def settle_item(
    tx: Tx, staff: Staff, notice_id: int, n: int, outcome: ItemOutcome, *, decision_id: int | None = None,
    reason: str = "", now: Instant,
) -> Notice:  # fmt: skip
    """Give an item its outcome. ACTIONED needs a decision, or a reason such as that its author deleted it.

    Raises RoleLacks, NoticeNotThere, NoticeNotForYou, NoticeNotAllowed.
    """
    raise NotImplementedError


async def unsettle_item(
    tx: Tx, staff: Staff, notice_id: int, n: int, *, reason: str = "", now: Instant
) -> Notice:
    """Take an outcome back, which opens the notice again."""
    raise NotImplementedError


async def settle_whole(
    tx: Tx, staff: Staff, notice_id: int, outcome: ItemOutcome, *, reason: str = "", now: Instant
) -> Notice:
    """Give a notice without items its outcome. Raises StepNotPossible where there are items."""
    raise NotImplementedError
