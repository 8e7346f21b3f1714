"""Roles on their own: `holdfast web` and `holdfast worker` against one database."""

from __future__ import annotations

import http.client
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.support.up_process import COMMAND, PATIENCE_SECONDS, STANDIN, environment, free_port

pytestmark = pytest.mark.integration


@contextmanager
def role(*arguments: str, data: Path, address: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--data", str(data)],
        env=environment(STANDIN, database_url=address),
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def get_once_it_listens(port: int, path: str, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except ConnectionRefusedError:
            continue
        finally:
            connection.close()
    raise AssertionError(process.communicate()[1].decode())


def test_two_web_processes_and_a_worker_share_one_database(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "data").mkdir()
    ports = [free_port(), free_port()]
    with ExitStack() as running:
        processes = []
        for port in ports:
            start = role("web", "--port", str(port), data=tmp_path / "data", address=database_url)
            processes.append(running.enter_context(start))
            assert get_once_it_listens(port, "/write/x", processes[-1]) == "written"
        assert [get_once_it_listens(p, "/count", q) for p, q in zip(ports, processes, strict=True)] == [
            "2",
            "2",
        ]
        worker = running.enter_context(role("worker", data=tmp_path / "data", address=database_url))
        for process in processes:
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
        assert worker.poll() is None
        worker.send_signal(signal.SIGTERM)
        # A signal before the worker listens for it ends it by that signal, which is as good.
        assert worker.wait(PATIENCE_SECONDS) in (0, -signal.SIGTERM)


def test_a_second_machine_with_another_key_does_not_serve(tmp_path: Path, database_url: str) -> None:
    (tmp_path / "first").mkdir()
    port = free_port()
    with role("web", "--port", str(port), data=tmp_path / "first", address=database_url) as first:
        get_once_it_listens(port, "/readyz", first)
    second = subprocess.run(
        [*COMMAND, "web", "--data", str(tmp_path / "second"), "--port", str(free_port())],
        env=environment(STANDIN, database_url=database_url, master_key="11" * 32),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert second.returncode == 1
    assert second.stderr == (
        "holdfast: HOLDFAST_MASTER_KEY is not the master key that this database was made with; give it the right one\n"
    )
