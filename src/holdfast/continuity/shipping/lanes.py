"""One store's part of the shipping: its queue, what it confirmed, and how it catches up.

A lane never waits for another one. While it is LIVE it gets each chunk from memory; when too much waits, it lets that go and copies
what it lacks from the stores that have it, which needs no secret: the objects are the same everywhere.
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import structlog

from ...platform.clock import Clock
from ...platform.stores import ObjectExists, Store, StoreError
from ...pure.evidence import SigningKey
from ...pure.mirror import MAX_PACKED, MirrorInvalid, encode_pack, open_pack_head
from .model import LaneMode, ShippingLimits, StoreState, merged, overlapping
from .sealing_chunks import Run, SealedChunk
from .survey import Holdings, survey

log = structlog.get_logger(__name__)

_T = TypeVar("_T")
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0
_COPIED_AT_ONCE = 64
_READS_AT_ONCE = 8
_MENDS_AT_ONCE = 2


class Lane:
    """The way to one store, for one run. `others`: the lanes to copy from. `news`: called whenever it holds more."""

    def __init__(
        self,
        name: str,
        store: Store,
        run: Run,
        *,
        limits: ShippingLimits,
        signer: SigningKey,
        clock: Clock,
        news: Callable[[], None],
    ) -> None:
        self.name = name
        self.store = store
        self.mode = LaneMode.AWAY
        self.others: Sequence[Lane] = ()
        self.holdings = Holdings()
        self.waiting_bytes = 0
        """What waits in memory for this store, with what is being written."""
        self._run, self._limits, self._signer, self._clock, self._news = run, limits, signer, clock, news
        self._packs: list[tuple[int, int, str]] = []  # of this run: first and last number, name
        self._last_pack: tuple[str, bytes] = ("", b"")
        self._last_error = ""
        self._hole: int | None = 0  # where older log is missing here first; None: it is all here
        self._next = 0  # the first chunk of this run that is not held for certain
        self._done: set[int] = set()  # later ones that are
        self._queue: deque[SealedChunk] = deque()
        self._flying: dict[int, SealedChunk] = {}
        self._behind_since = 0.0
        self._woken, self._fell = asyncio.Event(), asyncio.Event()

    @property
    def confirmed_lsn(self) -> int:
        """Up to where everything is held here that should be."""
        return self._run.begin_of(self._next) if self._hole is None else self._hole

    @property
    def is_idle(self) -> bool:
        """Whether nothing of this run waits for it."""
        return self._next >= self._run.next_sequence

    def holds(self, number: int) -> bool:
        """Whether a chunk of this run is held here."""
        return number < self._next or number in self._done

    def lacks_what_nobody_holds(self) -> bool:
        """Whether the next chunk that is missing here is at no other store either."""
        return not self.is_idle and not any(other.holds(self._next) for other in self.others)

    def offer(self, chunk: SealedChunk) -> None:
        """One more chunk of this run. A lane that is behind will copy it."""
        if self.mode is not LaneMode.BEHIND:
            self._queue.append(chunk)
            self.waiting_bytes += len(chunk.data)
            self._woken.set()

    def fall_behind(self, now: float) -> None:
        """Let go of what waits. now: seconds of the loop's clock."""
        if self.mode is LaneMode.BEHIND:
            return
        log.warning("mirror.store_behind", store=self.name, waiting_bytes=self.waiting_bytes)
        self._behind_since = min((one.cut_at for one in self._flying.values()), default=now)
        self.mode = LaneMode.BEHIND
        while self._queue:
            self.waiting_bytes -= len(self._queue.popleft().data)
        self._fell.set()

    def state(self, server_lsn: int, now: float) -> StoreState:
        """For the state file. now: seconds of the loop's clock."""
        held = self.confirmed_lsn
        waiting = [one.cut_at for one in (*self._flying.values(), *self._queue)]
        if self.mode is LaneMode.BEHIND:
            waiting.append(self._behind_since)
        return StoreState(
            self.name, self.mode, held, max(0, server_lsn - held), max(0.0, now - min(waiting, default=now)),
            self.waiting_bytes, self._last_error,
        )  # fmt: skip

    async def work(self) -> None:
        """Until it is cancelled."""
        await self._look()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._mend())
            group.create_task(self._catch_up())
            for _ in range(self._limits.parallel_writes):
                group.create_task(self._write())

    async def _look(self) -> None:
        """Learn what is there; as long as the store does not answer, nothing of it counts."""
        run = self._run
        found = await self._insist(lambda: survey(self.store, run.epoch, run.timeline, self._signer.verifier))
        self.holdings = found or Holdings()
        if self.mode is LaneMode.AWAY:
            self.mode = LaneMode.LIVE
        self._measure()

    async def _write(self) -> None:
        """Write what waits, one object after the other; several of these run at once."""
        while True:
            while not self._queue:
                self._woken.clear()
                await self._woken.wait()
            batch = self._next_batch()
            self._flying |= {one.sequence: one for one in batch}
            try:
                name, data = self._as_object([(one.name, one.data) for one in batch])
                if await self._insist(lambda n=name, d=data: self._put(n, d), while_live=True):  # type: ignore[misc]
                    self._held(name, [one.sequence for one in batch])
            finally:
                for one in batch:
                    del self._flying[one.sequence]
                    self.waiting_bytes -= len(one.data)
                self._news()

    def _next_batch(self) -> list[SealedChunk]:
        """One chunk; or many, where the store is too slow for one after the other."""
        most = len(self._queue) if len(self._queue) > self._limits.parallel_writes else 1
        batch, size = [self._queue.popleft()], 0
        while self._queue and len(batch) < min(most, MAX_PACKED):
            size += len(batch[-1].data)
            if size + len(self._queue[0].data) > self._limits.chunk_max_bytes:
                break
            batch.append(self._queue.popleft())
        return batch

    def _as_object(self, chunks: list[tuple[str, bytes]]) -> tuple[str, bytes]:
        """The chunk, or a pack of several: they stay as they are, and need no secret to be packed."""
        if len(chunks) == 1:
            return chunks[0]
        return encode_pack(chunks, self._signer, site=self._run.site, written_at=self._clock.now())

    async def _catch_up(self) -> None:
        """Copy what this run has and this store lacks, until nothing is missing; then chunks come from memory again."""
        while True:
            await self._fell.wait()
            self._fell.clear()
            while not self.is_idle:
                if not await self._copy_some():
                    await asyncio.sleep(_FIRST_PAUSE_SECONDS)
            # Nothing else runs between the last look and this: no chunk is missed.
            self.mode = LaneMode.LIVE
            log.info("mirror.store_caught_up", store=self.name)
            self._news()

    async def _copy_some(self) -> bool:
        """The next chunks that another store has, as one object. False: nothing could be done now."""
        upto = min(self._run.next_sequence, self._next + _COPIED_AT_ONCE)
        wanted, size = [number for number in range(self._next, upto) if not self.holds(number)], 0
        fetched: list[tuple[int, str, bytes]] = []
        for start in range(0, len(wanted), _READS_AT_ONCE):
            numbers = wanted[start : start + _READS_AT_ONCE]
            found = await asyncio.gather(*(self._fetch(number) for number in numbers))
            for number, data in zip(numbers, found, strict=True):
                if data is None:
                    break
                fetched.append((number, self._run.name_of(number), data))
                size += len(data)
            if None in found or size >= self._limits.chunk_max_bytes:
                break
        if not fetched:
            return False
        try:
            name, data = self._as_object([(name, data) for _, name, data in fetched])
            await self._put(name, data)
        except StoreError as error:
            self._failed(error)
            return False
        self._last_error = ""
        self._held(name, [number for number, _, _ in fetched])
        return True

    async def read(self, number: int) -> bytes:
        """A chunk of this run as this store has it, by itself or in a pack. Raises StoreError."""
        name = self._run.name_of(number)
        index = bisect.bisect_right(self._packs, (number, 1 << 62, ""))
        for first, last, pack in reversed(self._packs[max(0, index - 2) : index]):
            if first <= number <= last and (found := await self._unpack(pack, name)) is not None:
                return found
        return await self.store.get(name)

    async def _unpack(self, pack: str, name: str) -> bytes | None:
        if self._last_pack[0] != pack:
            self._last_pack = pack, await self.store.get(pack)
        data = self._last_pack[1]
        try:
            head, places = open_pack_head(data, pack, (self._signer.verifier,))
        except MirrorInvalid:
            return None
        at = next((head.body_offset + one.offset for one in places if one.name == name), None)
        size = next((one.size_bytes for one in places if one.name == name), 0)
        return data[at : at + size] if at is not None else None

    async def _fetch(self, number: int) -> bytes | None:
        """A chunk of this run from a store that has it by itself; None: not now."""
        for source in self.others:
            if source.holds(number):
                with contextlib.suppress(StoreError):
                    return await source.read(number)
        return None

    async def _mend(self) -> None:
        """Bring what is missing of earlier runs, from whoever has it."""
        while self._hole is not None:
            for gap in self.holdings.lacks(self._run.start_lsn):
                await self._fill(gap)
            self._measure()
            if self._hole is not None:
                await asyncio.sleep(_LONGEST_PAUSE_SECONDS)

    async def _fill(self, gap: tuple[int, int]) -> None:
        own = {name for name, _, _ in self.holdings.objects}
        gate = asyncio.Semaphore(_MENDS_AT_ONCE)

        async def one(name: str, start: int, end: int, source: Lane) -> None:
            async with gate:
                if await self._copy(name, [source]):
                    self.holdings.objects.append((name, start, end))

        wanted = {
            name: (start, end, other)
            for other in self.others
            for name, start, end in overlapping(other.holdings.objects, gap)
            if name not in own
        }
        await asyncio.gather(*(one(name, *where) for name, where in sorted(wanted.items())))

    def note_bases(self, known: dict[str, int]) -> None:
        """Backups that this store holds by now: where one begins later, older log is not needed."""
        if known != self.holdings.bases:
            self.holdings.bases = known
            self._measure()

    def forget_names(self) -> None:
        """What is held is known by its places alone from now on: names are for mending, and there may be very many."""
        self.holdings.objects = [("", *span) for span in merged(self.holdings.spans)]

    @property
    def is_mended(self) -> bool:
        """Whether it has answered, and no older log is missing here."""
        return self.mode is not LaneMode.AWAY and self._hole is None

    @property
    def leads_home(self) -> bool:
        """Whether a backup is here, and all log since."""
        return self.is_mended and bool(self.holdings.bases)

    def _measure(self) -> None:
        lacking = self.holdings.lacks(self._run.start_lsn)
        self._hole = lacking[0][0] if lacking else None
        self._news()

    async def _copy(self, name: str, sources: Sequence[Lane]) -> bool:
        """One object from the first that gives it. False: not now."""
        for source in sources:
            try:
                data = await source.store.get(name)
            except StoreError:
                continue
            try:
                await self._put(name, data)
            except StoreError as error:
                self._failed(error)
                return False
            self._last_error = ""
            return True
        return False

    async def _put(self, name: str, data: bytes) -> bool:
        with contextlib.suppress(ObjectExists):
            # Names are of one run and one number: it is the same object, whose answer was lost on the way.
            await self.store.put_new(name, data)
        return True

    async def _insist(self, attempt: Callable[[], Awaitable[_T]], *, while_live: bool = False) -> _T | None:
        """Try until it is done; None: the lane fell behind meanwhile, and that was a reason to stop."""
        pause = _FIRST_PAUSE_SECONDS
        while not (while_live and self.mode is LaneMode.BEHIND):
            try:
                done = await attempt()
            except StoreError as error:
                self._failed(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            else:
                self._last_error = ""
                return done
        return None

    def _held(self, name: str, numbers: list[int]) -> None:
        if len(numbers) > 1:
            bisect.insort(self._packs, (numbers[0], numbers[-1], name))
        self._done.update(numbers)
        while self._next in self._done:
            self._done.discard(self._next)
            self._next += 1
        self._news()

    def _failed(self, error: StoreError) -> None:
        if not self._last_error:
            log.warning("mirror.store_failed", store=self.name, error=error.public, private=error.private)
        self._last_error = error.public
