"""`holdfast up` as a process of its own, with the stand-in application of `standin/` unless told otherwise."""

from __future__ import annotations

import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

STANDIN = Path(__file__).parent / "standin"
ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from holdfast.main.cli import run; run()")
# A first start takes half of it on a machine that is busy with other things too.
PATIENCE_SECONDS = 60.0


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(standin: Path | None, **settings: str) -> dict[str, str]:
    """The test's environment without any setting but the given ones (lower case, without prefix)."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HOLDFAST_")}
    paths = [str(standin)] if standin else []
    clean["PYTHONPATH"] = os.pathsep.join([*paths, str(ROOT / "src")])
    return clean | {f"HOLDFAST_{name.upper()}": value for name, value in settings.items()}


def holdfast(
    *arguments: str, standin: Path | None = STANDIN, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(standin, **settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


class UpProcess:
    """A running server. Always `close` it; `stop` is what an operator does. `within`: what its command begins with."""

    def __init__(
        self, data: Path, *, standin: Path | None = STANDIN, port: int | None = None, within: Sequence[str] = (), **settings: str
    ) -> None:  # fmt: skip
        self.data, self.port = data, port or free_port()
        self.log = data.parent / f"{data.name}.stderr"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*within, *COMMAND, "up", "--data", str(data), "--port", str(self.port)],
                env=environment(standin, **settings),
                stdout=subprocess.PIPE,
                stderr=log,
                process_group=0,
            )

    def wait_ready(self) -> None:
        """Wait for the ready line."""
        line = self._read_line()
        assert line.startswith("ready http://"), (line, self.log.read_text())
        assert line.endswith(f":{self.port}\n"), line

    def _read_line(self) -> str:
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            assert selector.select(PATIENCE_SECONDS), self.log.read_text()
        return self.process.stdout.readline().decode()

    def processor_seconds(self) -> float:
        """Processor time of the supervisor and all it has started, ended children included."""
        supervisor = psutil.Process(self.process.pid)
        return sum(
            sum(member.cpu_times()[:4]) for member in (supervisor, *supervisor.children(recursive=True))
        )

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of one request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def get_until_ok(self, path: str) -> str:
        """Ask again while the server recovers; the body of the first good answer."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        last: object = None
        while time.monotonic() < deadline:
            try:
                last = self.get(path)
            except (OSError, http.client.HTTPException) as error:
                last = error
                continue
            if last[0] == 200:
                return last[1]
        raise AssertionError(f"{path}: {last!r}\n{self.log.read_text()}")

    def child(self, mark: str) -> psutil.Process:
        """The direct child whose command line contains the mark."""
        for child in psutil.Process(self.process.pid).children():
            if mark in " ".join(child.cmdline()):
                return child
        raise AssertionError(f"no child {mark!r}: {self.log.read_text()}")

    def kill_child(self, mark: str) -> None:
        """kill -9 of one child, and wait until the supervisor has started another one."""
        victim = self.child(mark)
        victim.kill()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            found = [c for c in self._children() if mark in c[1] and c[0] != victim.pid]
            if found:
                return
        raise AssertionError(f"{mark} was not started again: {self.log.read_text()}")

    def _children(self) -> list[tuple[int, str]]:
        found = []
        for child in psutil.Process(self.process.pid).children():
            try:
                found.append((child.pid, " ".join(child.cmdline())))
            except psutil.Error:
                continue
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def kill_everything(self) -> None:
        """kill -9 of the supervisor and all its children at the same moment."""
        family = [
            psutil.Process(self.process.pid),
            *psutil.Process(self.process.pid).children(recursive=True),
        ]
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait(PATIENCE_SECONDS)
        psutil.wait_procs(family[1:], timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        """Leave nothing behind, whatever happened."""
        if self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill_everything()
        if self.process.stdout is not None:
            self.process.stdout.close()
