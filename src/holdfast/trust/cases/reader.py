"""What the desk reads of cases. For the staff alone: callers check the role, and that the case is not one's own."""

from __future__ import annotations

from ...platform.db import Database
from . import queries
from .model import Case, CaseMember, CaseSignal, QueueFilter

_SIGNALS_SHOWN = 200


class CaseReader:
    """Cases as they are in the database now; nothing is cached, since every claim changes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def queue(
        self, wanted: QueueFilter | None = None, *, limit: int = 50, after: Case | None = None
    ) -> list[Case]:
        """Open cases in the order of work: the lane, then the number. `after`: the last one of the page before."""
        return await queries.queue_page(self._database, wanted or QueueFilter(), limit=limit, after=after)

    async def search(
        self, wanted: QueueFilter, *, limit: int = 50, before_id: int | None = None
    ) -> list[Case]:
        """Open and closed ones, the newest first."""
        return await queries.search_page(self._database, wanted, limit=limit, before_id=before_id)

    async def case(self, case_id: int) -> Case:
        """One. Raises CaseNotThere."""
        return await queries.get_case(self._database, case_id)

    async def members(self, case_id: int, *, limit: int | None = None) -> list[CaseMember]:
        """Its subjects."""
        return await queries.members(self._database, case_id, limit=limit)

    async def signals(self, case_id: int, *, limit: int = _SIGNALS_SHOWN) -> list[CaseSignal]:
        """Why it is there, the newest first."""
        return await queries.case_signals(self._database, case_id, limit=limit)

    async def similar(self, case_id: int, *, limit: int = 10) -> list[tuple[Case, float]]:
        """Cases whose text is like this one's, the most alike first, with the share of it, 0 to 1. They are not joined:
        what looks alike may say the opposite."""
        found = await queries.similar_cases(self._database, case_id, limit=limit)
        cases = await queries.cases_by_id(self._database, [ident for ident, _ in found])
        return [(cases[ident], share) for ident, share in found if ident in cases]

    async def decided(self, case_id: int, *, limit: int = 10) -> list[Case]:
        """Closed cases about the same subject or the same text, the newest first."""
        ids = await queries.decided_alike(self._database, case_id, limit=limit)
        cases = await queries.cases_by_id(self._database, ids)
        return [cases[ident] for ident in ids if ident in cases]

    async def of_account(self, account_id: int, *, limit: int = 20) -> list[Case]:
        """Cases about an account and its posts, the newest first."""
        return await self.search(QueueFilter(account_id=account_id, closed=None), limit=limit)
