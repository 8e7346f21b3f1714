"""The relaunch, phase after phase. Killed anywhere and started again, it goes on; nothing acknowledged is lost by a failed try."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ...platform.clock import Clock
from ...platform.crypto import Keyring
from ...platform.postgres import EmbeddedPostgres
from ...platform.stores import Store
from ...pure.evidence import SigningKey
from ...pure.mirror import Base, HeldChunk, NotRestorable, Refused, RestorePlan, Standing, plan_restore
from ..mirror import MirrorSetup, spread, write_setup
from ..restoring import (
    NoRoom,
    Recovered,
    Seen,
    StepTooSlow,
    bases_until,
    check_version,
    combine,
    fetch_base,
    fetch_chunks,
    look,
    place_log,
    recover,
    wanted_chunks,
)
from ..standing import mark_unheld, unmark_unheld
from .claim import check_newest, claim_epoch
from .going_back import carry_newer, collect_newer
from .model import (
    CLAIM_SECONDS,
    FENCE_SECONDS,
    LOOK_SECONDS,
    OPEN_SECONDS,
    PHASE_TEXTS,
    SETTLE_SECONDS,
    Phase,
    Progress,
    Relaunched,
    RelaunchRequest,
    RelaunchState,
    Silent,
)
from .opening import new_setup, ship_first_log, start_object
from .settle import check_ledger, settle_database
from .state import RelaunchFolder

Result = TypeVar("Result")
DATABASE = "holdfast"


@dataclass(frozen=True, slots=True)
class Mirrors:
    """What the kit says, and the stores. stores: all that answer to a name of the setup, and others given for reading.

    authority: opens epochs; None in a rehearsal, which claims nothing and writes nothing to any store. kit: facts of the sealed part.
    """

    setup: MirrorSetup
    stores: Mapping[str, Store]
    authority: SigningKey | None = field(repr=False)
    kit: Mapping[str, Any] = field(default_factory=dict, repr=False)


class Relaunch:
    """One relaunch into one folder. `run` returns with the database stopped, ready for `holdfast up`."""

    def __init__(
        self,
        request: RelaunchRequest,
        mirrors: Mirrors,
        *,
        clock: Clock,
        progress: Progress | None = None,
        catch_up: Callable[[], Awaitable[int]] | None = None,
    ) -> None:
        self._catch_up = catch_up
        self._request, self._mirrors, self._clock = request, mirrors, clock
        self._progress = progress or Silent()
        self._folder = RelaunchFolder(request.data)
        self._state = RelaunchState()
        self._standing = Standing.UNCERTAIN
        self._carried: Mapping[str, int] = {}
        self._refused: tuple[Refused, ...] = ()
        self._missing = 0

    async def run(self, media: Callable[[str], Awaitable[int]] | None = None) -> Relaunched:
        """All phases. media: brings the files back, given the database's address; how many no store has.

        Raises RelaunchError, MirrorInvalid, PostgresError, StoreError families; each text says what to do.
        """
        request, setup = self._request, self._mirrors.setup
        until = request.until.isoformat() if request.until else ""
        self._state = self._folder.begin(setup.site_id, until)
        seen = await self._timed(Phase.LOOK, LOOK_SECONDS, self._look())
        await self._timed(Phase.CLAIM, CLAIM_SECONDS, self._claim(seen))
        if self._has_more(seen):
            self._progress.say("The mirrors hold log that the last try did not see; it is replayed anew.")
            shutil.rmtree(request.data / "postgres", ignore_errors=True)
            self._folder.start_over(self._state, Phase.BASE)
        if not self._state.has(Phase.LOG):
            await self._bring(seen)
        elif self._catch_up is not None and not self._state.has(Phase.RECOVER):
            await self._until_fenced()
            self._state.reach_lsn = await self._catch_up()
            self._folder.keep(self._state)
        server, recovered = await self._timed(Phase.RECOVER, None, self._recover())
        try:
            dsn = server.admin_dsn(DATABASE)
            await self._timed(Phase.SETTLE, SETTLE_SECONDS, self._settle(dsn))
            await self._timed(Phase.OPEN, OPEN_SECONDS, self._open(server, recovered))
            absent = await self._timed(Phase.MEDIA, None, media(dsn)) if media is not None else 0
        finally:
            await server.stop()
        if self._standing is Standing.HELD:
            await asyncio.to_thread(self._folder.tidy)
        return Relaunched(
            self._state.epoch, self._standing, recovered.timeline, self._state.reach_lsn, self._missing,
            tuple(f"{one.name}: {one.reason.value}" for one in self._refused), dict(self._state.seconds),
            media_missing=absent, media_later=media is None, carried=self._carried,
        )  # fmt: skip

    async def place(self) -> RelaunchState:
        """Only the first half, for a standby: backups and log in place, nothing claimed, nothing replayed. Raises as `run` does."""
        self._state = self._folder.begin(self._mirrors.setup.site_id, "")
        if not self._state.has(Phase.LOG):
            seen = await self._timed(Phase.LOOK, LOOK_SECONDS, self._look())
            await self._bring(seen, fenced=False)
        return self._state

    async def _until_fenced(self) -> None:
        await asyncio.sleep(max(0.0, self._state.claimed_at + FENCE_SECONDS - self._clock.now().timestamp()))

    async def _look(self) -> Seen:
        setup = self._mirrors.setup
        seen = await look(self._mirrors.stores, setup.authority, site=setup.site_id)
        for name, said in sorted(seen.away.items()):
            self._progress.say(f"{name}: {said}")
        return seen

    async def _claim(self, seen: Seen) -> None:
        authority = self._mirrors.authority
        if authority is None:
            self._standing = Standing.HELD
            return
        counting = self._counting()
        self._standing = await claim_epoch(
            counting, authority, seen, self._state, self._folder, clock=self._clock
        )
        if not self._state.claimed_at:
            self._state.claimed_at = self._clock.now().timestamp()
        self._folder.keep(self._state, Phase.CLAIM)
        if self._standing is not Standing.HELD:
            self._progress.say(
                "Too few stores answer to hold the site: it will serve read-only. Repeat when they are back, or name those that are "
                "lost for good with --gone."
            )

    def _counting(self) -> dict[str, Store]:
        """The stores of the setup whose voice counts."""
        names = {one.name for one in self._mirrors.setup.stores} - set(self._request.gone)
        return {name: store for name, store in self._mirrors.stores.items() if name in names}

    def _has_more(self, seen: Seen) -> bool:
        """Whether older epochs wrote more than what an earlier try replayed: it did not hold the site then."""
        state = self._state
        if not state.has(Phase.RECOVER) or state.has(Phase.OPEN) or self._request.until is not None:
            return False
        spans = seen.spans().values()
        return any(one.epoch != state.epoch and one.end_lsn > state.reach_lsn for one in spans)

    async def _bring(self, seen: Seen, *, fenced: bool = True) -> None:
        """Backups and log to this machine, and together in place."""
        bases = self._bases(seen)
        likely = _chain_of(bases[-1], bases) if bases else ()
        check_version(likely, self._server().version)
        fetching = asyncio.ensure_future(self._timed(Phase.BASE, None, self._fetch_bases(seen, likely)))
        try:
            plan, seen = await self._plan(seen, fenced=fenced)
            # What is wrong with the likely one matters only if it is the one: then it is fetched, and said, once more.
            await asyncio.gather(fetching, return_exceptions=True)
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)
        await self._timed(Phase.BASE, None, self._fetch_bases(seen, plan.bases))
        await self._timed(Phase.LOG, None, self._place(seen, plan))

    def _bases(self, seen: Seen) -> list[Base]:
        """Those that may be used, the newest last."""
        found = bases_until(seen, self._request.until)
        return sorted(found, key=lambda one: (one.epoch, one.start_lsn))

    async def _plan(self, seen: Seen, *, fenced: bool) -> tuple[RestorePlan, Seen]:
        """Fetch the log that is there since the newest backup; once more after the old server must have stopped, then decide.

        Where that backup leads nowhere, all log is fetched, so that an older one may.
        """
        held, refused = await self._fetch_log(seen, self._bases(seen)[-1:])
        if fenced and self._mirrors.authority is not None:
            await self._until_fenced()
            seen = await self._look()
            held, refused = await self._fetch_log(seen, self._bases(seen)[-1:])
        try:
            plan = self._decide(seen, held, refused)
        except NotRestorable:
            held, refused = await self._fetch_log(seen, self._bases(seen))
            plan = self._decide(seen, held, refused)
        self._refused, self._missing = plan.refused, plan.missing_bytes
        if plan.missing_bytes:
            self._progress.say(
                f"{plan.missing_bytes} bytes of log are known of and at none of these stores; give every store that there is."
            )
        return plan, seen

    def _decide(self, seen: Seen, held: list[HeldChunk], refused: list[Refused]) -> RestorePlan:
        return plan_restore(
            seen.epochs, self._bases(seen), held, manifests=seen.manifests, refused=[*seen.refused, *refused]
        )

    async def _fetch_log(self, seen: Seen, bases: list[Base]) -> tuple[list[HeldChunk], list[Refused]]:
        names = wanted_chunks(seen, bases)
        self._progress.begin(Phase.LOG, len(names))
        return await fetch_chunks(
            seen, names, self._mirrors.stores, seen.signers, self._folder.chunks,
            progress=self._progress.advance,
        )  # fmt: skip

    async def _fetch_bases(self, seen: Seen, bases: tuple[Base, ...]) -> None:
        """Each into a folder of its own, which has its final name once it is whole."""
        parts = self._folder.path / "parts"
        parts.mkdir(mode=0o711, exist_ok=True)
        missing = [one for one in bases if not (parts / one.backup).exists()]
        self._progress.begin(Phase.BASE, sum(one.size_bytes for one in missing))

        async def one(base: Base) -> None:
            staging = parts / f"{base.backup}.new"
            await asyncio.to_thread(shutil.rmtree, staging, ignore_errors=True)
            holders = [self._mirrors.stores[name] for name in seen.catalogue.stores_of(base)]
            await fetch_base(
                base, holders, self._request.identity, staging,
                owner=self._owner(), progress=self._progress.advance,
            )  # fmt: skip
            staging.rename(parts / base.backup)

        await asyncio.gather(*(one(base) for base in missing))

    async def _place(self, seen: Seen, plan: RestorePlan) -> None:
        """The cluster, with all log in place, becomes DATA/postgres."""
        state, folder = self._state, self._folder.path
        combined = folder / "postgres"
        await asyncio.to_thread(shutil.rmtree, combined, ignore_errors=True)
        parts = [folder / "parts" / one.backup for one in plan.bases]
        await combine(self._server(), parts, combined)
        state.base, state.reach_lsn = plan.bases[-1].backup, plan.reach_lsn
        last = plan.steps[-1].held.signed.chunk if plan.steps else None
        state.timeline = last.timeline if last else plan.bases[-1].timeline
        self._progress.begin(Phase.LOG, plan.reach_lsn - plan.bases[-1].start_lsn)
        await asyncio.to_thread(self._place_log, seen, plan, combined)
        if self._request.until is not None:
            scratch = folder / "newer"
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
            await asyncio.to_thread(_copy_tree, combined, scratch / "postgres", self._owner())
            await collect_newer(self._request, scratch, folder / "carried", timeline=state.timeline)
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
        combined.rename(self._request.data / "postgres")
        self._folder.keep(state, Phase.LOG)

    def _place_log(self, seen: Seen, plan: RestorePlan, cluster: Path) -> None:
        place_log(
            plan, seen.epochs, self._folder.chunks, self._request.identity, cluster,
            owner=self._owner(), progress=self._progress.advance,
        )  # fmt: skip

    async def _recover(self) -> tuple[EmbeddedPostgres, Recovered]:
        state = self._state
        if state.has(Phase.RECOVER):
            return await self._started(), Recovered(state.timeline, state.start_lsn)
        server, recovered = await recover(
            self._request.target, timeline=state.timeline, until=self._request.until, progress=self._progress.advance,
        )  # fmt: skip
        state.timeline, state.start_lsn = recovered.timeline, recovered.switch_lsn
        self._folder.keep(state, Phase.RECOVER)
        # Once more without what recovery was told; from here on it is a database like any other.
        await server.stop()
        return await self._started(), recovered

    async def _started(self) -> EmbeddedPostgres:
        server = self._server()
        was = self._mirrors.kit.get("database") or {}
        await asyncio.to_thread(
            server.adopt, str(was.get("name") or DATABASE), str(was.get("owner") or DATABASE)
        )
        await server.start()
        return server

    async def _settle(self, dsn: str) -> None:
        if not self._state.has(Phase.SETTLE):
            await settle_database(dsn)
            if self._request.until is not None:
                self._carried = await carry_newer(dsn, self._folder.path / "carried", now=self._clock.now())
        await check_ledger(dsn, self._mirrors.kit)
        self._folder.keep(self._state, Phase.SETTLE)

    async def _open(self, server: EmbeddedPostgres, recovered: Recovered) -> None:
        """The start of the epoch goes to the stores; from then on what the old server wrote later is history that did not happen."""
        authority, setup = self._mirrors.authority, self._mirrors.setup
        if authority is None:
            return
        if self._standing is not Standing.HELD:
            mark_unheld(self._request.data, self._state.epoch)
            return
        stores = {name: store for name, store in self._counting().items() if name not in self._request.gone}
        await check_newest(stores, authority.verifier, self._state, self._folder)
        name, start = start_object(self._state, authority)
        kept = tuple(one for one in setup.stores if one.name in stores)
        setup = new_setup(setup.with_stores(kept), self._state, start=start, domain=self._request.domain)
        await ship_first_log(
            setup, self._state, stores, server.admin_dsn(), server.cluster.folder, clock=self._clock
        )
        await spread(stores, name, start, needed=len(stores) // 2 + 1)
        master_key = bytes.fromhex(str(self._mirrors.kit["master_key"]))
        write_setup(self._request.data, Keyring(master_key), setup)
        unmark_unheld(self._request.data)
        self._folder.keep(self._state, Phase.OPEN)

    def _server(self) -> EmbeddedPostgres:
        return self._request.target.server()

    def _owner(self) -> tuple[int, int] | None:
        return self._request.target.owner()

    async def _timed(
        self, phase: Phase, limit_seconds: float | None, work: Coroutine[Any, Any, Result] | Awaitable[Result]
    ) -> Result:
        """Run a phase: its progress, its seconds, its deadline, a full disk said plainly."""
        began = time.monotonic()
        try:
            self._progress.begin(phase)
            async with asyncio.timeout(limit_seconds):
                return await work
        except TimeoutError:
            text = PHASE_TEXTS[phase]
            raise StepTooSlow(
                f"{text.capitalize()} took more than {limit_seconds:.0f} seconds; repeat."
            ) from None
        except OSError as error:
            raise NoRoom(private=str(error)) from error
        finally:
            spent = time.monotonic() - began
            self._state.seconds[phase.value] = round(self._state.seconds.get(phase.value, 0.0) + spent, 3)


def _chain_of(base: Base, bases: list[Base]) -> tuple[Base, ...]:
    chain = [base]
    with suppress(StopIteration):
        while chain[0].parent is not None:
            chain.insert(
                0, next(one for one in bases if one.epoch == base.epoch and one.backup == chain[0].parent)
            )
    return tuple(chain)


def _copy_tree(source: Path, target: Path, owner: tuple[int, int] | None) -> None:
    target.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    shutil.copytree(source, target, symlinks=True)
    if owner is not None:
        for path in (target, *target.rglob("*")):
            os.chown(path, *owner, follow_symlinks=False)
