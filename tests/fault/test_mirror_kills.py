"""kill -9 of everything under publishers, the machine gone, one of two stores gone with it: what was acknowledged comes back.

HOLDFAST_TEST_MIRROR_KILLS says how many runs there are (2 unless told otherwise; the full run has 20).
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import pytest

from holdfast.continuity.shipping import is_superseded
from holdfast.platform.postgres import EmbeddedPostgres
from tests.fault.publishers import Publishers, ask, everything, publish, until
from tests.support.mirror_at_work import (
    MirrorKeys,
    bring_back,
    is_mirrored,
    set_up_mirror,
    state_of,
    take_base,
    take_over,
)
from tests.support.mirrored import memory_folder
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault

RUNS = int(os.environ.get("HOLDFAST_TEST_MIRROR_KILLS", "2"))
SEED = 20260302
MEMBERS = [f"writer{number}" for number in range(4)]
THREADS_EACH = 4
POSTS = "select text from posts"


@dataclass
class Place:
    """A machine and two stores."""

    root: Path
    keys: MirrorKeys
    tokens: list[str]

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def folders(self) -> tuple[Path, Path]:
        return self.root / "one", self.root / "two"

    def wait_mirrored(self) -> None:
        until(lambda: is_mirrored(self.data), "commits wait for the mirror")


@pytest.fixture
def root() -> Iterator[Path]:
    folder = memory_folder()
    yield folder
    shutil.rmtree(folder)


def a_place(root: Path, policy: str) -> tuple[Place, WholeServer]:
    """A server with members, a mirror, and a base backup."""
    server = WholeServer(root / "data")
    try:
        server.wait_ready()
        for name in MEMBERS:
            server.command("account", "create", name, "--email", f"{name}@example.org")
        tokens = [server.token(name) for name in MEMBERS]
        keys = set_up_mirror(root / "data", (root / "one", root / "two"), policy=policy)  # type: ignore[arg-type]
        place = Place(root, keys, tokens)
        place.wait_mirrored()
        take_base(place.data, keys, EmbeddedPostgres(place.data).programs)
    except BaseException:
        server.close()
        raise
    return place, server


def end(server: WholeServer) -> None:
    if server.process.poll() is None:
        server.kill_everything()
    server.close()


def test_nothing_acknowledged_is_lost_with_the_machine_and_any_one_store(root: Path) -> None:
    """Every store must confirm: then each of them alone brings everything back, killed at whatever moment."""
    chance = random.Random(SEED)
    place, server = a_place(root, "all")
    acknowledged: set[str] = set()
    try:
        for run in range(RUNS):
            place.wait_mirrored()
            publishers = Publishers(server.port, place.tokens * THREADS_EACH, words=f"run {run}")
            publishers.start()
            publishers.wait_for(chance.randint(30, 90))
            server.kill_everything()
            publishers.stop()
            state = state_of(place.data)
            assert state is not None
            assert not state.is_degraded, state
            acknowledged |= publishers.acknowledged
            left = chance.choice(place.folders)
            there = set(bring_back(place.keys, (left,), root / f"back{run}", POSTS))
            assert acknowledged <= there, sorted(acknowledged - there)
            shutil.rmtree(root / f"back{run}")
            server.close()
            server = WholeServer(place.data, port=server.port)
            server.wait_ready()
    finally:
        end(server)


def test_a_killed_shipper_and_database_lose_nothing_of_class_a(root: Path) -> None:
    """One confirmation is enough here, and both stores are left: whichever of the two was ahead has it."""
    place, server = a_place(root, "any")
    acknowledged: set[str] = set()
    try:
        for victim in ("mirror_shipping", "postgres", "mirror_shipping"):
            publishers = Publishers(server.port, place.tokens * 2, words=f"after {victim}")
            publishers.start()
            publishers.wait_for(20)
            if victim == "postgres":
                pid = int((place.data / "postgres" / "postmaster.pid").read_text().split()[0])
                psutil.Process(pid).kill()
            else:
                server.kill_child(victim)
            until(partial(publish, server.port, place.tokens[0], f"still {victim} here"), "it goes on")
            publishers.stop()
            acknowledged |= publishers.acknowledged
            place.wait_mirrored()
        server.kill_everything()
        there = set(bring_back(place.keys, place.folders, root / "back", POSTS))
        assert acknowledged <= there, sorted(acknowledged - there)
    finally:
        end(server)


def test_a_server_whose_stores_are_gone_says_so_and_goes_on(root: Path) -> None:
    """Both folders are taken away: after some seconds posts are answered again; once they are back nothing is missing."""
    place, server = a_place(root, "any")
    try:
        for folder in place.folders:
            folder.rename(folder.with_suffix(".away"))
        assert until(lambda: publish(server.port, place.tokens[0], "nobody else has this"), "it goes on")
        state = state_of(place.data)
        assert state is not None
        assert state.is_degraded
        for folder in place.folders:
            shutil.rmtree(folder, ignore_errors=True)
            folder.with_suffix(".away").rename(folder)
        place.wait_mirrored()
        server.kill_everything()
        assert "nobody else has this" in bring_back(place.keys, place.folders, root / "back", POSTS)
    finally:
        end(server)


def test_a_server_that_was_superseded_is_read_and_not_written_also_after_a_restart(root: Path) -> None:
    place, server = a_place(root, "any")
    try:
        assert publish(server.port, place.tokens[0], "while it was the site")
        take_over(place.keys)
        until(lambda: is_superseded(place.data), "it sees the claim")
        until(
            lambda: not publish(server.port, place.tokens[0], f"not here any more {time.monotonic()}"),
            "it refuses",
        )
        for _ in range(2):
            me = ask(server.port, place.tokens[0], "GET", "/api/v1/accounts/verify_credentials")
            assert me is not None
            rows = everything(server.port, place.tokens[0], f"/api/v1/accounts/{me['id']}/statuses")
            assert "while it was the site" in rows[-1]["content"]
            assert not publish(server.port, place.tokens[0], "not here any more")
            assert server.stop() == 0
            server.close()
            server = WholeServer(place.data, port=server.port)
            server.wait_ready()
    finally:
        end(server)
