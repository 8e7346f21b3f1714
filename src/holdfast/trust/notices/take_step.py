"""Use case: a notice goes on."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...pure.notices import Step
from ..staff_actions import Staff
from .model import Notice


async def take_step(
    tx: Tx, staff: Staff, notice_id: int, step: Step, *, note: str = "", version: int | None = None,
    evidence: str = "", now: Instant,
) -> Notice:  # fmt: skip
    """Take one step of `pure/notices`; the notice as it is now. evidence: the record or message that shows it.

    Raises RoleLacks, NoticeNotThere, NoticeChanged, StepNotPossible which says what is missing.
    """
    raise NotImplementedError
