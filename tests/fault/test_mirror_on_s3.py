"""The whole mirror at foreign S3 servers, by the commands that an operator types; a provider that lies is turned away."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.fault.publishers import until
from tests.fault.test_relaunch_whole import on, read, say, upload
from tests.support.foreign_s3 import SECRET, ForeignS3, rclone_s3, seaweedfs
from tests.support.mirror_at_work import is_mirrored
from tests.support.mirrored import memory_folder
from tests.support.up_process import COMMAND, environment
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault
PATIENCE_SECONDS = 120.0


@pytest.fixture
def folder() -> Iterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place, ignore_errors=True)


def holdfast(*words: str, store: ForeignS3) -> subprocess.CompletedProcess[str]:
    """A command with one store's credentials in its environment, as the guide says."""
    return subprocess.run(
        [*COMMAND, *words], env=environment(None, **store.settings), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )  # fmt: skip


def is_turned_away(liar: ForeignS3, data: Path) -> None:
    refused = holdfast("mirror", "add", "liar", liar.address, "--locked", "--json", "--data", str(data), store=liar)  # fmt: skip
    assert refused.returncode == 1, refused.stderr
    told = json.loads(refused.stdout)
    assert not told["fit"]
    assert {"create-only ignored", "lock lied about"} <= {one["code"] for one in told["findings"]}


def is_whole_there(server: WholeServer, sheet: Path, stores: list[ForeignS3]) -> None:
    """The kit names both stores, and objects of every kind are at each as they were written."""
    server.command("mirror", "kit", "--out", str(sheet))
    # The same bucket at two services: only the service tells them apart.
    assert all(f"{one.address} at {one.endpoint}" in sheet.read_text() for one in stores)
    assert SECRET not in sheet.read_text()
    verified = json.loads(server.command("mirror", "verify", "--reads", "200", "--json"))
    assert not verified["away"]
    for found in verified["stores"].values():
        assert not found["wrong"]
        # Manifests come once in a while, these with what was done.
        kinds = {"epoch", "chunk", "media-list", "base", "part", "media", "kit"}
        assert kinds <= set(found["read"])


def test_a_mirror_at_s3_ships_backs_up_verifies_drills_and_relaunches(folder: Path) -> None:
    with ExitStack() as stack:
        stores = [stack.enter_context(seaweedfs(folder / f"weed{number}")) for number in (1, 2)]
        liar = stack.enter_context(rclone_s3(folder / "rclone"))
        first = WholeServer(folder / "first")
        stack.callback(first.close)
        first.wait_ready()
        key, data = folder / "identity", ("--data", str(first.data))
        first.command("mirror", "init", "--key-out", str(key))

        is_turned_away(liar, first.data)
        for name, store in zip(("one", "two"), stores, strict=True):
            added = holdfast("mirror", "add", name, store.address, "--json", *data, store=store)
            assert added.returncode == 0, added.stderr
        first.add_member("ann")
        until(lambda: is_mirrored(first.data), "the mirror holds what is written")

        token = first.token("ann")
        say(first, token, "before the backup")
        first.command("mirror", "backup")
        picture, content = upload(first, token)
        first.command("mirror", "backup", "--incremental")
        posts = [say(first, token, f"after the backups {number}") for number in range(5)]
        first.command("mirror", "media")
        is_whole_there(first, folder / "kit.txt", stores)
        drilled = holdfast(
            "drill", "run", "--from", stores[1].address, "--store", "two", "--key", str(key), "--work", str(folder / "work"), "--json",
            store=stores[1],
        )  # fmt: skip
        assert drilled.returncode == 0, (drilled.stdout, drilled.stderr)
        assert json.loads(drilled.stdout)["rows"]["posts"] == 7

        first.kill_everything()
        shutil.rmtree(first.data)
        second_data = folder / "second"
        back = holdfast(
            "relaunch", "--from", stores[0].address, "--key", str(key), "--data", str(second_data), "--no-serve", "--json",
            store=stores[0],
        )  # fmt: skip
        assert back.returncode == 0, back.stderr
        assert json.loads(back.stdout)["standing"] == "held"
        second = WholeServer(second_data, port=first.port)
        stack.callback(second.close)
        second.wait_ready()
        for post in posts:
            assert read(second, token, post).status_code == 200
        assert say(second, token, "and it goes on")
        assert httpx2.get(on(second, picture), timeout=30).content == content
        until(lambda: is_mirrored(second.data), "the new server mirrors too")
        assert SECRET not in first.log.read_text() + second.log.read_text()
