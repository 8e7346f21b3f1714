"""What is read of notices. Sealed ones are there only for those who may see them: else they are missing."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.db import Database
from ..notice_clocks import ClockView
from ..notice_items import NoticeItem
from ..staff_actions import Staff
from .model import Message, Notice, NoticeFilter, TimelineEntry


class NoticeReader:
    """Notices as they are now. `staff`: who looks; CLOCK and OPERATOR see all."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def queue(
        self,
        staff: Staff,
        wanted: NoticeFilter | None = None,
        *,
        limit: int = 50,
        after: Notice | None = None,
    ) -> list[Notice]:
        """By the time that is left, the least first; those without a clock after them, the oldest first."""
        raise NotImplementedError

    async def notice(self, staff: Staff, notice_id: int) -> Notice:
        """One. Raises NoticeNotThere."""
        raise NotImplementedError

    async def items(
        self, staff: Staff, notice_id: int, *, after: int = 0, limit: int | None = None
    ) -> list[NoticeItem]:
        """Its items in order, from number `after` on."""
        raise NotImplementedError

    async def messages(self, staff: Staff, notice_id: int) -> list[Message]:
        """What was said, in order."""
        raise NotImplementedError

    async def timeline(self, staff: Staff, notice_id: int) -> list[TimelineEntry]:
        """All that happened, in order."""
        raise NotImplementedError

    async def clocks(self, staff: Staff, notice_id: int, *, now: Instant) -> list[ClockView]:
        """Its clocks, the one that ends first at the top."""
        raise NotImplementedError

    async def by_token(self, token: str) -> Notice | None:
        """For the sender's status page: the notice of a receipt."""
        raise NotImplementedError

    async def by_reference(self, staff: Staff, reference: str) -> Notice | None:
        """The notice that somebody quotes."""
        raise NotImplementedError

    async def of_messages(self, external_ids: Sequence[str]) -> int | None:
        """The notice that a mail belongs to which answers one of these Message-IDs."""
        raise NotImplementedError
