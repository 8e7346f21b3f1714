"""`holdfast up`: everything in one command, and everything stopped by one signal.

Order of start: data folder, port, PostgreSQL, the mirror's shipper where there is a mirror, schema and keys, web and worker,
ready. Order of stop: web and worker together, the shipper, then PostgreSQL. What can be wrong is found before anything is started.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Coroutine
from functools import partial
from typing import Any

from holdfast.main.database_choice import embedded_postgres, with_database
from holdfast.main.datafolder import DataFolder, open_data_folder, record_address, stamps_file
from holdfast.main.listening import listen
from holdfast.main.mirror_guard import MirrorGuard
from holdfast.main.startup_output import StartupOutput
from holdfast.main.supervisor import (
    ChildGivenUp,
    ChildPlan,
    Endings,
    Supervisor,
    child_environment,
    describe_ending,
    end_leftovers,
)
from holdfast.platform.config import Settings
from holdfast.platform.postgres import EmbeddedPostgres
from holdfast.platform.processes import wait_exit
from holdfast.platform.stamps import empty_caches
from holdfast.pure.errors import Unavailable

_HOUSEKEEPING_SECONDS = 60.0
_READY_PAUSE_SECONDS = 0.05
# Web processes and the worker get this as inherited descriptors and facts; see web.py and worker.py.
_LISTEN_FD = "HOLDFAST_RUN_LISTEN_FD"
_SUPERVISED = "HOLDFAST_RUN_SUPERVISED"


class NotReady(Unavailable):
    """The web processes run but do not become ready."""


def up(settings: Settings) -> int:
    """Run until SIGINT or SIGTERM; returns the exit status. Raises HoldfastError with the reason of a failure."""
    with open_data_folder(settings) as folder:
        end_leftovers(folder.path / "run", settings.shutdown_grace_seconds)
        listener = listen(settings)
        try:
            return asyncio.run(Up(settings, folder, listener).run())
        finally:
            listener.close()


class Up:
    """One run of the whole server."""

    def __init__(self, settings: Settings, folder: DataFolder, listener: socket.socket) -> None:
        self._settings = settings
        self._folder = folder.path
        self._listener = listener
        self._output = StartupOutput()
        self._postgres: EmbeddedPostgres | None = None
        self._supervisor = Supervisor(
            folder.path / "run",
            self._output.say,
            settings.shutdown_grace_seconds,
            after_ending=partial(empty_caches, stamps_file(folder.path)),
        )
        self._mirror = MirrorGuard(
            folder.path, self._supervisor, self._output.say,
            silence_seconds=settings.mirror_degrade_seconds, steers=settings.mirror_steers_commits,
        )  # fmt: skip
        self._stop = asyncio.Event()
        self._sign_in: str | None = None

    async def run(self) -> int:
        """Start, serve until a signal comes or something fails for good, stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # nohup ignores SIGHUP on purpose; that must stay so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._asked_to_stop)
        try:
            await self._until_stop(self._start())
            if not self._stop.is_set():
                await self._until_stop(self._supervisor.failure())
        except BaseException:
            self._output.fail()
            raise
        finally:
            await self._shut_down()
        return 0

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():
            self._supervisor.kill()
        self._stop.set()

    async def _until_stop(self, work: Coroutine[Any, Any, None]) -> None:
        """Run until the work is done, or cancel it when a signal comes."""
        doing = asyncio.ensure_future(work)
        asked = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait({doing, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if doing.done():
            doing.result()
            return
        doing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await doing

    async def _start(self) -> None:
        settings = await self._start_database()
        record_address(self._folder, settings)
        # Before anything commits: commits may wait for it.
        self._mirror.begin({**self._child_environment(settings), _SUPERVISED: "1"})
        self._output.begin("schema and keys")
        self._sign_in = await self._prepare(settings)
        self._output.begin("web and worker")
        environment = self._child_environment(settings)
        listen_fd = self._listener.fileno()
        for number in range(1, settings.workers + 1):
            name = "web" if settings.workers == 1 else f"web {number}"
            self._supervisor.start(
                ChildPlan(
                    name,
                    (sys.executable, "-m", "holdfast.main.web"),
                    {**environment, _LISTEN_FD: str(listen_fd)},
                    (listen_fd,),
                )
            )
        self._supervisor.start(
            ChildPlan(
                "worker", (sys.executable, "-m", "holdfast.main.worker"), {**environment, _SUPERVISED: "1"}
            )
        )
        if settings.notices_come_by_mail:
            # Nothing waits for it: a mail server that finds nobody here comes again.
            command = (sys.executable, "-m", "holdfast.main.notice_mail.process")
            self._supervisor.start(ChildPlan("mail", command, {**environment, _SUPERVISED: "1"}))
        await self._until_ready(settings)
        self._supervisor.ready = True
        self._supervisor.watch(self._housekeeping)
        self._output.done()
        self._tell_sign_in()
        self._output.ready(f"http://{_reachable(settings.host)}:{settings.port}")

    def _tell_sign_in(self) -> None:
        """Say it before ready, or when there will be no ready: nothing could say it a second time."""
        if self._sign_in is not None:
            self._output.sign_in(self._sign_in)
            self._sign_in = None

    async def _start_database(self) -> Settings:
        if self._settings.database_url is not None:
            self._output.begin("external database")
            return with_database(self._settings, self._settings.database_url, embedded=False)
        self._output.begin("PostgreSQL")
        self._postgres = embedded_postgres(self._settings)
        await self._postgres.start(self._output.say, mirrored=self._mirror.is_configured())
        self._supervisor.watch(self._keep_postgres)
        return with_database(self._settings, self._postgres.dsn, embedded=True)

    async def _keep_postgres(self) -> None:
        """Start PostgreSQL again when it ends; it recovers by itself and the web's pools reconnect."""
        server = self._postgres
        loop = asyncio.get_running_loop()
        endings = Endings("PostgreSQL")
        while server is not None and server.process is not None:
            began = loop.time()
            how = describe_ending(await wait_exit(server.process))
            if not endings.note(loop.time() - began, was_ready=True):
                raise ChildGivenUp(
                    f"PostgreSQL ended {endings.count} times in a row, at last {how}; see {server.log_file}"
                )
            self._output.say(f"PostgreSQL ended {how}; starting it again")
            await asyncio.sleep(endings.pause_seconds)
            await server.start(self._output.say, mirrored=self._mirror.is_configured())

    async def _prepare(self, settings: Settings) -> str | None:
        """Run prepare.py in a process of its own; returns the first sign-in when it made one."""
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "holdfast.main.prepare",
            env=self._child_environment(settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            process_group=0,
        )
        sign_in = None
        try:
            while child.stdout and (line := await child.stdout.readline()):
                fact = json.loads(line)
                if "progress" in fact:
                    self._output.say(fact["progress"])
                sign_in = fact.get("first_sign_in", sign_in)
            complaint = (await child.stderr.read()).decode(errors="replace") if child.stderr else ""
            if await child.wait() != 0:
                lines = complaint.strip().splitlines() or ["it gave no reason"]
                raise Unavailable(lines[-1], private=complaint)
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return sign_in

    def _child_environment(self, settings: Settings) -> dict[str, str]:
        """The effective settings that a child could not find out by itself."""
        changes = {
            "HOLDFAST_DATA": str(self._folder),
            "HOLDFAST_HOST": settings.host,
            "HOLDFAST_PORT": str(settings.port),
            "HOLDFAST_DOMAIN": settings.domain,
            "HOLDFAST_PUBLIC_URL": settings.public_url,
            "HOLDFAST_WORKERS": str(settings.workers),
            "HOLDFAST_DATABASE_URL": settings.database_url or "",
            "HOLDFAST_FRESHNESS": settings.freshness,
        }
        return child_environment(changes)

    async def _until_ready(self, settings: Settings) -> None:
        failed = asyncio.ensure_future(self._supervisor.failure())
        asking = asyncio.ensure_future(_answers_ready(settings))
        done, _ = await asyncio.wait(
            {failed, asking}, timeout=settings.start_timeout_seconds, return_when=asyncio.FIRST_COMPLETED
        )
        for task in (failed, asking):
            task.cancel()
        if failed in done:
            failed.result()
        if not done:
            raise NotReady(
                f"the server did not become ready within {settings.start_timeout_seconds} seconds; see the log above, "
                "or allow more with HOLDFAST_START_TIMEOUT_SECONDS"
            )

    async def _housekeeping(self) -> None:
        while True:
            await asyncio.sleep(_HOUSEKEEPING_SECONDS)
            if self._postgres is not None:
                self._postgres.rotate_log()

    async def _shut_down(self) -> None:
        stopping = self._stop.is_set()
        if stopping:
            self._output.fail()
            self._output.begin("stopping")
        self._tell_sign_in()
        # From here on the kernel refuses new connections instead of queueing them for nobody.
        self._listener.close()
        await self._supervisor.stop()
        if self._postgres is not None:
            await self._postgres.stop()
        if stopping:
            self._output.done()


def _reachable(host: str) -> str:
    """An address that this machine can use for the one it listens on."""
    if host in ("0.0.0.0", ""):
        return "127.0.0.1"
    if host == "::":
        return "[::1]"
    return f"[{host}]" if ":" in host else host


async def _answers_ready(settings: Settings) -> None:
    """Wait until GET /readyz says 200. The listening socket exists, so the first try waits in its queue."""
    host = _reachable(settings.host).strip("[]")
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection(host, settings.port)
            try:
                writer.write(
                    f"GET /readyz HTTP/1.1\r\nHost: {settings.domain}\r\nConnection: close\r\n\r\n".encode()
                )
                status = await reader.readline()
                if status.split(b" ")[1:2] == [b"200"]:
                    return
            finally:
                writer.close()
        await asyncio.sleep(_READY_PAUSE_SECONDS)
