"""Runbooks done as they are written (docs/guide/runbooks.md): both stores are down, and one store is hostile.

Of the others, "the host is gone" and "the host gives you 24 hours" (a standby that is promoted) are in test_relaunch_whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault.publishers import until
from tests.fault.test_relaunch_whole import mirrored_server, read, relaunch, say
from tests.support.mirror_at_work import is_mirrored
from tests.support.mirrored import memory_folder
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault


@pytest.fixture
def folder() -> Iterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place)


def served(folder: Path, key: Path, store: Path, token: str, *posts: str) -> None:
    """The site comes back from this store alone, to the same token, with these posts."""
    told = json.loads(relaunch(folder / "second", key, store))
    assert told["standing"] == "held"
    assert told["missing_bytes"] == 0
    second = WholeServer(folder / "second")
    try:
        second.wait_ready()
        assert [read(second, token, post).status_code for post in posts] == [200] * len(posts)
    finally:
        second.close()


def test_both_stores_are_down_and_a_third_takes_their_place(folder: Path) -> None:
    stores = (folder / "north", folder / "alps")
    first, key = mirrored_server(folder, stores)
    try:
        token = first.token("ann")
        before = say(first, token, "while all is well")
        for store in stores:
            shutil.rmtree(store)
        meanwhile = say(first, token, "nobody confirms this")
        until(lambda: not is_mirrored(first.data), "the server says that the mirror does not confirm")
        (folder / "third").mkdir()
        first.command(
            "mirror",
            "add",
            "third",
            f"file://{folder / 'third'}",
            "--owner",
            "Third Ltd",
            "--jurisdiction",
            "IS",
        )
        first.command("mirror", "backup")
        for store in stores:
            first.command("mirror", "remove", store.name, "--yes")
        first.command("mirror", "kit", "--out", str(folder / "kit.html"))
        until(lambda: is_mirrored(first.data), "the third store holds what is written")
        after = say(first, token, "the third one has this")
    finally:
        first.kill_everything()
        first.close()
    served(folder, key, folder / "third", token, before, meanwhile, after)


def test_a_hostile_store_is_found_out_and_replaced(folder: Path) -> None:
    north, alps, third = (folder / name for name in ("north", "alps", "third"))
    first, key = mirrored_server(folder, (north, alps))
    try:
        token = first.token("ann")
        first.command("mirror", "backup")
        before = say(first, token, "in both")
        changed = next(one for one in sorted((alps / "wal").rglob("*")) if one.is_file())
        changed.chmod(0o600)
        changed.write_bytes(changed.read_bytes()[::-1])
        with pytest.raises(AssertionError):  # exit status 1
            first.command("mirror", "verify", "--store", "alps", "--reads", "1000")
        first.command("mirror", "verify", "--store", "north", "--reads", "1000")
        third.mkdir()
        first.command(
            "mirror", "add", "third", f"file://{third}", "--owner", "Third Ltd", "--jurisdiction", "IS"
        )
        first.command("mirror", "remove", "alps")
        first.command("mirror", "kit", "--out", str(folder / "kit.html"))
        first.command("mirror", "backup")
        until(lambda: is_mirrored(first.data), "the stores of now hold what is written")
        after = say(first, token, "in the new one")
    finally:
        first.kill_everything()
        first.close()
    served(folder, key, third, token, before, after)
