"""The host pulls the plug and keeps the disk: another machine serves the same site, to the same tokens."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.mirror_at_work import is_mirrored
from tests.support.mirrored import memory_folder
from tests.support.up_process import COMMAND, environment
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault

PATIENCE_SECONDS = 120.0


def mirrored_server(folder: Path, stores: tuple[Path, ...]) -> tuple[WholeServer, Path]:
    """A server as an operator sets it up, with a mirror in these folders; and the file of the identity."""
    server = WholeServer(folder / "first")
    server.wait_ready()
    key = folder / "identity"
    server.command("mirror", "init", "--key-out", str(key))
    for store in stores:
        store.mkdir()
        server.command("mirror", "add", store.name, f"file://{store}")
    server.add_member("ann")
    until(lambda: is_mirrored(server.data))
    return server, key


def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def relaunch(data: Path, key: Path, *stores: Path, check: bool = True, more: tuple[str, ...] = ()) -> str:
    """`holdfast relaunch` from these stores; what it says."""
    named = [word for store in stores for word in ("--from", f"file://{store}")]
    done = subprocess.run(
        [*COMMAND, "relaunch", *named, "--key", str(key), "--data", str(data), "--no-serve", "--json", *more],
        env=environment(None), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    if check:
        assert done.returncode == 0, done.stderr
    return done.stdout if done.returncode == 0 else done.stderr


def say(server: WholeServer, token: str, text: str) -> str:
    answer = httpx2.post(
        f"http://127.0.0.1:{server.port}/api/v1/statuses",
        data={"status": text}, headers={"authorization": f"Bearer {token}"}, timeout=30,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def read(server: WholeServer, token: str, post: str) -> httpx2.Response:
    return httpx2.get(
        f"http://127.0.0.1:{server.port}/api/v1/statuses/{post}",
        headers={"authorization": f"Bearer {token}"}, timeout=30,
    )  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place)


def test_the_site_serves_elsewhere_with_the_same_tokens_and_keys(folder: Path) -> None:
    stores = (folder / "one", folder / "two")
    first, key = mirrored_server(folder, stores)
    try:
        token = first.token("ann")
        say(first, token, "before the backup")
        first.command("mirror", "backup")
        posts = [say(first, token, f"after the backup {number}") for number in range(5)]
        fingerprint = first.sql("select value from facts where name = 'master_key'")
        first.kill_everything()
    finally:
        first.close()
    shutil.rmtree(first.data)
    sys.stderr.write(relaunch(folder / "second", key, stores[0]))
    second = WholeServer(folder / "second", port=first.port)
    try:
        second.wait_ready()
        for post in posts:
            assert read(second, token, post).status_code == 200
        assert say(second, token, "and it goes on")
        assert second.sql("select value from facts where name = 'master_key'") == fingerprint
    finally:
        second.close()
