"""What is read of notices. Sealed ones are there only for those who may see them: else they are missing."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.clock import Instant
from ...platform.crypto import secret_hash
from ...platform.db import Database
from ..notice_clocks import ClockView, clocks_of, view
from ..notice_items import NoticeItem, items_of
from ..staff_actions import Staff
from . import queries
from .model import Message, Notice, NoticeFilter, TimelineEntry


class NoticeReader:
    """Notices as they are now; nothing is cached. `staff`: who looks; CLOCK and OPERATOR see all.

    Every read raises RoleLacks where the role does not include notices, and NoticeNotThere for what is not for it.
    """

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
        return await queries.queue_page(
            self._database, staff, wanted or NoticeFilter(), limit=limit, after=after
        )

    async def notice(self, staff: Staff, notice_id: int) -> Notice:
        """One."""
        return await queries.get_notice(self._database, staff, notice_id)

    async def notices(self, staff: Staff, ids: Sequence[int]) -> dict[int, Notice]:
        """Those of these that are for this person."""
        return await queries.notices_by_id(self._database, staff, ids)

    async def items(
        self,
        staff: Staff,
        notice_id: int,
        *,
        after: int = 0,
        limit: int | None = None,
        open_only: bool = False,
    ) -> list[NoticeItem]:
        """Its items in order, from number `after` on."""
        await self.notice(staff, notice_id)
        return await items_of(self._database, notice_id, after=after, limit=limit, open_only=open_only)

    async def messages(self, staff: Staff, notice_id: int) -> list[Message]:
        """What was said, in order."""
        await self.notice(staff, notice_id)
        return await queries.messages_of(self._database, notice_id)

    async def timeline(self, staff: Staff, notice_id: int) -> list[TimelineEntry]:
        """All that happened, in order."""
        await self.notice(staff, notice_id)
        return await queries.timeline_of(self._database, notice_id)

    async def clocks(self, staff: Staff, notice_id: int, *, now: Instant) -> list[ClockView]:
        """Its clocks, the one that ends first at the top."""
        await self.notice(staff, notice_id)
        return [view(one, now) for one in await clocks_of(self._database, [notice_id])]

    async def clocks_of_many(
        self, staff: Staff, notices: Sequence[Notice], *, now: Instant
    ) -> dict[int, list[ClockView]]:
        """The same for the notices of a list that this person has read."""
        found: dict[int, list[ClockView]] = {one.id: [] for one in notices}
        for clock in await clocks_of(self._database, list(found)):
            found[clock.notice_id].append(view(clock, now))
        return found

    async def records(self, staff: Staff, notice_id: int) -> list[str]:
        """Ids of every record of the ledger about it."""
        await self.notice(staff, notice_id)
        return await queries.records_of(self._database, notice_id)

    async def by_token(self, token: str) -> Notice | None:
        """For the sender's status page: the notice of a receipt."""
        return await queries.notice_by_token(self._database, secret_hash(token))

    async def by_reference(self, staff: Staff, reference: str) -> Notice | None:
        """The notice that somebody quotes."""
        return await queries.notice_by_reference(self._database, staff, reference)

    async def of_messages(self, external_ids: Sequence[str]) -> int | None:
        """The notice that a mail belongs to which answers one of these Message-IDs."""
        return await queries.notice_of_messages(self._database, external_ids)
