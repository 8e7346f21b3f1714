"""Runs an import: reading, screening and loading side by side, one transaction per batch.

A batch and the memory of its rows commit together, so a run that was killed is completed by the next one and
nothing is there twice.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import msgspec

from ..platform.clock import Clock
from ..platform.db import Database, ForeignKeyViolation, Tx, UniqueViolation
from ..pure.errors import NotFound
from ..screening import Screen
from ..social.accounts import find_by_handle
from ..social.imports import (
    Cursor,
    Finding,
    Former,
    Incoming,
    IncomingUser,
    Outcome,
    Prepared,
    WaitKind,
    import_posts,
    import_users,
    known_rows,
    link_mentions,
    link_replies,
    name_posting_account,
    prepare_posts,
    profiles_source,
    ready_boosts,
    refresh_statistics,
    still_waiting,
    unfolded,
    unindexed_posts,
)
from ..social.search import index_posts
from .import_reading import ImportPlan, ReadBatch, read_batches

Result = TypeVar("Result")

_ATTEMPTS = 4
_INDEXED_AT_ONCE = 10_000
"""Imported posts that are looked through, and put into the full-text index, by one statement."""


@dataclass
class Summary:
    """What a run did. `rows` counts the lines that hold something; `already` those imported by earlier runs;
    `noted` what was imported all the same."""

    rows: int = 0
    posts: int = 0
    replies: int = 0
    boosts: int = 0
    held: int = 0
    flagged: int = 0
    profiles: int = 0
    accounts: int = 0
    already: int = 0
    linked_replies: int = 0
    linked_mentions: int = 0
    indexed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    noted: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def imported(self) -> int:
        """Posts, replies and boosts together."""
        return self.posts + self.replies + self.boosts

    def add(self, outcome: Outcome) -> None:
        """Count a batch in."""
        for name in ("posts", "replies", "boosts", "held", "flagged", "profiles", "accounts"):
            setattr(self, name, getattr(self, name) + getattr(outcome, name))


Tell = Callable[[Iterable[Finding]], None]
Advance = Callable[[str, int, int], None]
"""Given what is being done, bytes read of all files, and rows read."""


class ImportRun:
    """One run of one plan. `tell` gets every finding, `advance` is called after each batch."""

    def __init__(
        self,
        database: Database,
        screen: Screen,
        clock: Clock,
        plan: ImportPlan,
        former: Former,
        *,
        batch_rows: int,
        tell: Tell,
        advance: Advance,
    ) -> None:
        self._database = database
        self._screen = screen
        self._clock = clock
        self._plan = plan
        self._former = former
        self._batch_rows = batch_rows
        self._tell_operator = tell
        self._advance = advance
        self._loaded_until = clock.now()
        self._in_flight: frozenset[str] = frozenset()
        # Ids met in the file being read, as hashes: one that is met again is a duplicate, not an earlier run's.
        self._met: set[int] = set()
        self._met_in = ""
        self.summary = Summary()

    async def run(self) -> Summary:
        """Import everything, then link and index what the batches could not."""
        started = time.monotonic()
        await self._name_posting_account()
        await self._load_files()
        await self._link()
        await self._index()
        self.summary.seconds = time.monotonic() - started
        return self.summary

    async def _name_posting_account(self) -> None:
        if self._plan.post_as is None:
            return
        name = self._plan.post_as
        if self._plan.must_exist and await find_by_handle(self._database, name) is None:
            raise NotFound(f"there is no account {name}; `holdfast account list` names them")
        author, made = await self._transact(lambda tx: name_posting_account(tx, name, now=self._clock.now()))
        self._former = msgspec.structs.replace(self._former, posting_account=author)
        self.summary.accounts += made

    async def _load_files(self) -> None:
        batches = read_batches(self._plan, batch_rows=self._batch_rows, now=self._clock.now())
        reading = asyncio.create_task(asyncio.to_thread(next, batches, None))
        loading: asyncio.Task[None] | None = None
        try:
            while (batch := await reading) is not None:
                reading = asyncio.create_task(asyncio.to_thread(next, batches, None))
                self._tell(batch.findings)
                await self._take_users(batch.users)
                fresh = await self._fresh(batch.posts)
                prepared = await asyncio.to_thread(prepare_posts, fresh, self._screen)
                if loading is not None:
                    await loading
                self._in_flight = frozenset(incoming.row.source_id for incoming in fresh)
                loading = asyncio.create_task(self._load(prepared, batch))
            if loading is not None:
                await loading
        finally:
            for task in (reading, loading):
                if task is not None and not task.done():
                    task.cancel()

    async def _load(self, prepared: list[Prepared], batch: ReadBatch) -> None:
        await self._import(prepared)
        self.summary.rows += batch.rows
        self._advance("importing", batch.position_bytes, self.summary.rows)

    async def _import(self, prepared: list[Prepared], *, waited: bool = False) -> int:
        """Load posts in a transaction; how many came to be."""

        async def work(tx: Tx) -> Outcome:
            rows = prepared
            if not waited and attempted:
                # Another run may have been faster with some of them.
                known = await known_rows(tx, self._former.source, [one.row.source_id for one in rows])
                rows = [one for one in rows if one.row.source_id not in known]
            attempted.append(True)
            return await import_posts(tx, self._former, rows, since=since, now=now, waited=waited)

        attempted: list[bool] = []
        if not prepared:
            return 0
        # Undated rows of this batch come after those of the last one.
        since = self._loaded_until + timedelta(milliseconds=1)
        now = self._loaded_until = max(self._clock.now(), since)
        outcome = await self._transact(work)
        self.summary.add(outcome)
        self._tell(outcome.findings)
        await self._transact(refresh_statistics)
        return outcome.posts + outcome.replies + outcome.boosts

    async def _take_users(self, users: list[IncomingUser]) -> None:
        if not users:
            return
        source = profiles_source(self._former.source)
        known = await known_rows(self._database, source, [user.row.source_id for user in users])
        batch_ids: set[str] = set()
        fresh = [
            user
            for user in users
            if self._is_fresh(f"user\n{user.row.source_id}", user.row.source_id, user, known, batch_ids)
        ]
        if fresh:
            now = self._clock.now()
            outcome = await self._transact(lambda tx: import_users(tx, self._former, fresh, now=now))
            self.summary.add(outcome)
            self._tell(outcome.findings)

    async def _fresh(self, posts: list[Incoming]) -> list[Incoming]:
        """Rows that are not here yet, with the posts that boosts carry inside them."""
        rows = [list(unfolded(incoming)) for incoming in posts]
        ids = {part.row.source_id for parts in rows for part in parts}
        known = await known_rows(self._database, self._former.source, ids)
        known |= self._in_flight
        fresh = []
        batch_ids: set[str] = set()
        for parts in rows:
            for part in parts[:-1]:
                if part.row.source_id not in known and part.row.source_id not in batch_ids:
                    batch_ids.add(part.row.source_id)
                    fresh.append(part)
            outer = parts[-1]
            if self._is_fresh(outer.row.source_id, outer.row.source_id, outer, known, batch_ids):
                fresh.append(outer)
        return fresh

    def _is_fresh(
        self, key: str, source_id: str, row: Incoming | IncomingUser, known: set[str], batch_ids: set[str]
    ) -> bool:
        if row.file != self._met_in:
            self._met.clear()
            self._met_in = row.file
        mark = hash(key)
        if source_id in known or source_id in batch_ids:
            if mark in self._met:
                message = f"The id {source_id} stands in this file before; the first one counts."
                self._tell([Finding(row.file, row.line, "duplicate_id", message)])
            else:
                self._met.add(mark)
                self.summary.already += 1
            return False
        self._met.add(mark)
        batch_ids.add(source_id)
        return True

    async def _link(self) -> None:
        await self._make_waiting_boosts()
        source = self._former.source
        after: Cursor | None = Cursor()
        while after is not None:
            at = after
            linked, findings, after = await self._transact(
                lambda tx, at=at: link_replies(tx, source, at, limit=self._batch_rows)  # type: ignore[misc]
            )
            self.summary.linked_replies += linked
            self._tell(findings)
            self._advance("linking replies", 0, self.summary.rows)
        after = Cursor()
        while after is not None:
            at = after
            linked, after = await self._transact(
                lambda tx, at=at: link_mentions(tx, source, at, limit=self._batch_rows)  # type: ignore[misc]
            )
            self.summary.linked_mentions += linked
            self._advance("linking mentions", 0, self.summary.rows)
        for kind in (WaitKind.REPLY, WaitKind.BOOST):
            after = Cursor()
            while after is not None:
                findings, after = await still_waiting(
                    self._database, source, kind, after, limit=self._batch_rows
                )
                self._tell(findings)

    async def _make_waiting_boosts(self) -> None:
        # A boost that comes to be may itself be what another one waits for.
        made = 1
        while made:
            made = 0
            after: Cursor | None = Cursor()
            while after is not None:
                rows, after = await ready_boosts(
                    self._database, self._former.source, after, limit=self._batch_rows
                )
                prepared = await asyncio.to_thread(prepare_posts, rows, self._screen)
                made += await self._import(prepared, waited=True)
                self._advance("making boosts", 0, self.summary.rows)

    async def _index(self) -> None:
        after: int | None = 0
        while after is not None:
            ids, after = await unindexed_posts(
                self._database, self._former.source, after, limit=self._batch_rows
            )
            if ids:
                self.summary.indexed += await self._transact(
                    lambda tx, ids=ids: index_posts(tx, ids)  # type: ignore[misc]
                )
            self._advance("indexing", 0, self.summary.rows)

    async def _transact(self, work: Callable[[Tx], Awaitable[Result]]) -> Result:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._database.transaction() as tx:
                    return await work(tx)
            except (UniqueViolation, ForeignKeyViolation):
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _tell(self, findings: Iterable[Finding]) -> None:
        findings = list(findings)
        for finding in findings:
            (self.summary.skipped if finding.skipped else self.summary.noted)[finding.reason] += 1
        self._tell_operator(findings)
