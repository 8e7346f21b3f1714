"""A drill: the site comes back in a folder of its own, from one store alone; it is served, used and looked at; the folder goes.

Nothing is claimed and nothing written to any store. Only a web process runs over what came back, no worker: nobody gets mail twice.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import httpx2

from holdfast.continuity.drills import (
    Check,
    CheckName,
    CountedStore,
    DrillReport,
    check_database,
)
from holdfast.continuity.relaunch import Phase, Progress, Relaunch, Relaunched
from holdfast.main.relaunching import Opened, Wishes, bring_back, listed_files, open_mirrors
from holdfast.main.running_database import running_database
from holdfast.main.wiring import open_database
from holdfast.platform.clock import Clock, Instant
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.crypto import random_bytes
from holdfast.platform.stores import AwayObjects, StoreAway
from holdfast.pure.errors import HoldfastError, Invalid
from holdfast.social.accounts import NewAccount, create_account
from holdfast.social.tokens import OUT_OF_BAND, issue_token, parse_scopes, register_app

_SERVE_WITHIN_SECONDS: Final = 60.0
_LOOK_PAUSE_SECONDS: Final = 0.05
_SCOPES: Final = "read write"
_TEXT: Final = "A drill: this post exists in a copy that is about to go."


class Drill:
    """One drill into one empty folder."""

    def __init__(
        self,
        folder: Settings,
        wishes: Wishes,
        *,
        clock: Clock,
        progress: Progress,
        draw: Callable[[Sequence[str]], str],
    ) -> None:
        self._settings, self._wishes = folder, replace(wishes, rehearsal=True)
        self._clock, self._progress, self._draw = clock, progress, draw
        self._domain, self._store, self._epoch = "", "", 0
        self._read_bytes = 0
        self._began = 0.0

    async def run(self, only: str = "") -> DrillReport:
        """All of it; what fails is in the report. only: a store by its name, else one is drawn.

        Raises NoKit, Invalid and the errors of stores while it is not yet known which site this is.
        """
        started_at, self._began = self._clock.now(), time.monotonic()
        checks: list[Check] = []
        done: Relaunched | None = None
        async with open_mirrors(self._settings, self._wishes, self._progress) as opened:
            self._domain, self._epoch = opened.mirrors.setup.domain, opened.mirrors.setup.epoch
            self._store = self._chosen(opened, only)
            try:
                done = await self._come_back(opened)
                checks += [
                    Check(
                        CheckName.RELAUNCH, True, f"epoch {self._epoch}, replayed on timeline {done.timeline}"
                    ),
                    _media(done),
                ]
            except HoldfastError as error:
                checks.append(Check(CheckName.RELAUNCH, False, error.public))
        rto = None
        rows: dict[str, int] = {}
        rpo, size, root = None, 0, ""
        if done is not None:
            async with running_database(load_settings({"data": self._settings.data})) as ready:
                looking = time.monotonic()
                looked = await check_database(str(ready.database_url), asked_at=started_at)
                # Looked at before it is used, so that what the drill itself writes is not counted; nor are these seconds.
                self._began += time.monotonic() - looking
                rto, used = await self._use(ready)
                rows, rpo, size, root = (
                    looked.rows,
                    looked.rpo_seconds,
                    looked.ledger_size,
                    looked.ledger_root,
                )
                checks += [*used, *looked.checks]
        return DrillReport(
            domain=self._domain, store=self._store, started_at=started_at, epoch=self._epoch,
            rto_seconds=rto, rpo_seconds=rpo, phases=dict(done.seconds) if done else {}, size_bytes=self._read_bytes,
            missing_bytes=done.missing_bytes if done else 0, rows=rows, ledger_size=size, ledger_root=root, checks=tuple(checks),
        )  # fmt: skip

    def _chosen(self, opened: Opened, only: str) -> str:
        """One store alone has to be enough. Raises Invalid, StoreAway."""
        there = sorted(
            name for name, store in opened.mirrors.stores.items() if not isinstance(store, AwayObjects)
        )
        if only and only not in opened.mirrors.stores:
            raise Invalid(f"--store is one of {', '.join(sorted(opened.mirrors.stores))}")
        if not there:
            raise StoreAway
        return only or self._draw(there)

    async def _come_back(self, opened: Opened) -> Relaunched:
        counted = CountedStore(opened.mirrors.stores[self._store])
        alone = replace(opened.mirrors, stores={self._store: counted})

        async def media(dsn: str) -> int:
            files = await listed_files(load_settings({"data": self._settings.data}), dsn)
            ready = load_settings({"data": self._settings.data})
            setup, identity = opened.mirrors.setup, self._wishes.identity
            return len(
                (
                    await bring_back(ready, setup, identity, {self._store: counted}, files, self._progress)
                ).missing
            )

        try:
            return await Relaunch(opened.request, alone, clock=self._clock, progress=self._progress).run(
                media
            )
        finally:
            self._read_bytes = counted.read_bytes

    async def _use(self, ready: Settings) -> tuple[float | None, list[Check]]:
        """Seconds until a post was written and read over HTTP, and what was seen on the way."""
        try:
            token = await _somebody(ready, self._clock.now())
            async with (
                _served(ready) as (address, headers),
                httpx2.AsyncClient(
                    base_url=address, headers=headers, timeout=_SERVE_WITHIN_SECONDS
                ) as client,
            ):
                version = await _instance(client)
                checks = [Check(CheckName.SERVES, True, f"version {version} answers")]
                try:
                    await _posts(client, token)
                except (httpx2.HTTPError, OSError, KeyError, TimeoutError, Invalid) as error:
                    return None, [
                        *checks,
                        Check(CheckName.POSTS, False, str(error) or type(error).__name__),
                    ]
        except (HoldfastError, httpx2.HTTPError, OSError, TimeoutError) as error:
            said = error.public if isinstance(error, HoldfastError) else str(error) or type(error).__name__
            return None, [Check(CheckName.SERVES, False, said)]
        seconds = round(time.monotonic() - self._began, 2)
        return seconds, [
            *checks,
            Check(CheckName.POSTS, True, f"a post was written and read after {seconds:.1f} seconds"),
        ]


def _media(done: Relaunched) -> Check:
    if done.media_missing:
        return Check(CheckName.MEDIA, False, f"{done.media_missing} files are not at this store")
    return Check(CheckName.MEDIA, True, "every file that is named came back with its own hash")


async def _somebody(ready: Settings, now: Instant) -> str:
    """An account that exists in the copy alone, and a token for it."""
    name = f"drill_{random_bytes(4).hex()}"
    async with open_database(ready, 2) as database, database.transaction() as tx:
        new = NewAccount(name, f"{name}@{ready.domain.partition(':')[0]}", None, by_operator=True)
        account_id = await create_account(tx, new, registrations="open", now=now)
        app = await register_app(tx, "drill", redirect_uris=[OUT_OF_BAND], scopes=_SCOPES, now=now)
        scopes = parse_scopes(_SCOPES)
        if scopes is None:
            raise Invalid("scopes")
        return (await issue_token(tx, app.app.app_id, account_id, scopes, now=now)).secret


@asynccontextmanager
async def _served(ready: Settings) -> AsyncIterator[tuple[str, Mapping[str, str]]]:
    """A web process over the copy; its address, and the headers of a request that came through the site's own proxy."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HOLDFAST_")}
    environment |= {"HOLDFAST_DATA": str(ready.data), "HOLDFAST_DATABASE_URL": str(ready.database_url)}
    command = (
        sys.executable,
        "-c",
        "from holdfast.main.cli import run; run()",
        "web",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    )
    log = Path(ready.data) / "drill-web.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=output, stderr=output
        )
        try:
            await _listens(port, process)
            secure = ready.public_url.startswith("https://")
            yield (
                f"http://127.0.0.1:{port}",
                {"Host": ready.domain, "X-Forwarded-Proto": "https" if secure else "http"},
            )
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def _listens(port: int, process: asyncio.subprocess.Process) -> None:
    deadline = time.monotonic() + _SERVE_WITHIN_SECONDS
    while time.monotonic() < deadline and process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(_LOOK_PAUSE_SECONDS)
            continue
        writer.close()
        return
    raise TimeoutError("the web process over the copy does not listen; see drill-web.log with --keep")


async def _instance(client: httpx2.AsyncClient) -> str:
    answer = (await client.get("/api/v2/instance")).raise_for_status()
    return str(answer.json()["version"])


async def _posts(client: httpx2.AsyncClient, token: str) -> None:
    bearer = {"Authorization": f"Bearer {token}"}
    answer = await client.post(
        "/api/v1/statuses", headers=bearer, json={"status": _TEXT, "visibility": "direct"}
    )
    if answer.status_code != 200:
        raise Invalid(f"posting was answered with {answer.status_code}: {answer.text[:200]}")
    read = (await client.get(f"/api/v1/statuses/{answer.json()['id']}", headers=bearer)).raise_for_status()
    if _TEXT.partition(":")[0] not in read.json()["content"]:
        raise Invalid("the post that was written reads otherwise")


def phases_of(report: DrillReport) -> list[tuple[str, float]]:
    """Phases in their order, with their seconds."""
    return [(phase.value, report.phases[phase.value]) for phase in Phase if phase.value in report.phases]
