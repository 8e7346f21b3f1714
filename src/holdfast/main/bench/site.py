"""The server under test: `holdfast up` in a scratch folder, as its users run it, and the baseline beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from holdfast.main.bench.load import LoadPlan
from holdfast.main.bench.model import BenchOptions, LoadResult, Round
from holdfast.main.bench.usage import ServerProcesses
from holdfast.main.web import LISTEN_FD
from holdfast.pure.errors import Unavailable

Result = TypeVar("Result")

_UP = (sys.executable, "-c", "from holdfast.main.cli import run; run()", "up")
_UNLIMITED = {
    "HOLDFAST_RATE_REQUESTS": "10000000",
    "HOLDFAST_RATE_POSTS": "10000000",
    "HOLDFAST_RATE_NEW_ACCOUNT_POSTS": "10000000",
    "HOLDFAST_RATE_SEARCHES": "10000000",
    "HOLDFAST_VISITOR_READS": "10000000",
    "HOLDFAST_RATE_WINDOW_SECONDS": "86400",
    "HOLDFAST_STREAMS_PER_ADDRESS_MAX": "1000000",
    "HOLDFAST_LOG_LEVEL": "warning",
}
_STOP_SECONDS = 40


class BenchSite:
    """A running server. `data` is its folder, `port` where it listens."""

    def __init__(self, data: Path, port: int, process: subprocess.Popen[str]) -> None:
        self.data, self.port = data, port
        self._process = process
        self.processes = ServerProcesses(process.pid)

    def measure(self, plan: LoadPlan) -> Round:
        """Run one load against this server."""
        before = self.processes.cpu()
        load = run_load_process(plan)
        return Round(load, self.processes.cpu().minus(before))

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()


class Baseline:
    """The bare application, on the same database."""

    def __init__(self, site: BenchSite, port: int, pid: int) -> None:
        self._site, self._pid = site, pid
        self.port = port

    def measure(self, plan: LoadPlan) -> Round:
        """Run one load against the bare application."""
        before = self._site.processes.cpu(extra_web=self._pid)
        load = run_load_process(plan)
        used = self._site.processes.cpu(extra_web=self._pid).minus(before)
        return Round(load, msgspec.structs.replace(used, worker=0.0))


def run_load_process(plan: LoadPlan) -> LoadResult:
    """Run the load generator in a process of its own; raises Unavailable when it ends badly."""
    return run_child("holdfast.main.bench.load", plan, LoadResult, lambda result: [result])


def run_child(
    module: str, plan: msgspec.Struct, kind: type[Result], parts: Callable[[Result], Sequence[LoadResult]]
) -> Result:
    """Run a module that reads a plan and writes a result of this kind; raises Unavailable when it ends badly, or when a
    request of the result's `parts` failed."""
    done = subprocess.run(
        (sys.executable, "-m", module), input=msgspec.json.encode(plan), capture_output=True, check=False
    )
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it gave no reason"]
        raise Unavailable(f"the load generator failed: {lines[-1]}")
    result = msgspec.json.decode(done.stdout, type=kind)
    for one in parts(result):
        if one.errors:
            raise Unavailable(
                f"{one.errors} of {one.requests} requests failed, the first with: {one.first_error}"
            )
    return result


@contextmanager
def scratch_folder(kept: Path | None) -> Iterator[Path]:
    """The data folder: one that stays, or a temporary one that PostgreSQL's own account can reach."""
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-", ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o711)  # noqa: S103 - PostgreSQL's own account passes through
        yield Path(name) / "data"


@contextmanager
def running_site(data: Path, options: BenchOptions, **settings: str) -> Iterator[BenchSite]:
    """A server over `data`, without request limits and with these settings; stopped at the end. Raises Unavailable when it does
    not start."""
    port = _free_port()
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*_UP, "--data", str(data), "--port", str(port), "--workers", str(options.workers)],
            env=site_environment() | {f"HOLDFAST_{name.upper()}": value for name, value in settings.items()},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        site = BenchSite(data, port, process)
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line.startswith("ready "):
                process.wait(_STOP_SECONDS)
                log.seek(0)
                lines = log.read().strip().splitlines() or ["it gave no reason"]
                raise Unavailable(f"the server did not start: {lines[-1]}")
            yield site
        finally:
            site.stop()


@contextmanager
def running_baseline(site: BenchSite, database_url: str) -> Iterator[Baseline]:
    """The bare application on the site's database; stopped at the end."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        listener.setblocking(False)
        port, descriptor = int(listener.getsockname()[1]), listener.fileno()
        environment = {
            **os.environ,
            LISTEN_FD: str(descriptor),
            "HOLDFAST_DATABASE_URL": database_url,
            "HOLDFAST_DATA": str(site.data),
        }
        process = subprocess.Popen(
            (sys.executable, "-m", "holdfast.main.bench.baseline"), env=environment, pass_fds=(descriptor,)
        )
    try:
        # Connections wait in the socket's queue until it serves, so asking once is waiting for it.
        first_answer(port)
        yield Baseline(site, port, process.pid)
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


def site_environment() -> dict[str, str]:
    """The environment without settings of this shell's, and with requests unlimited."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HOLDFAST_")}
    return {**clean, **_UNLIMITED}


def first_answer(port: int, path: str = "/") -> None:
    """Wait until what listens there answers; raises Unavailable when its answer is not 200, OSError without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=_STOP_SECONDS) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        began = time.monotonic()
        if not connection.recv(12).startswith(b"HTTP/1.1 200"):
            raise Unavailable(f"port {port} did not answer within {time.monotonic() - began:.0f} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
