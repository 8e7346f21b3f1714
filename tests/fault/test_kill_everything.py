"""kill -9 of the whole process group while eight members publish: what was acknowledged is there, once."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.fault.publishers import Publishers, ask, everything, heads, publish, published, until
from tests.support.up_process import UpProcess
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault

ROUNDS = int(os.environ.get("HOLDFAST_TEST_KILL_ROUNDS", "2"))
NAMES = [f"writer{number}" for number in range(8)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed") / "data"


@pytest.fixture(scope="module")
def tokens(data: Path) -> dict[str, str]:
    """A data folder with members, left cleanly."""
    server = WholeServer(data)
    try:
        server.wait_ready()
        for name in [*NAMES, "reader"]:
            server.command("account", "create", name, "--email", f"{name}@example.org")
        return {name: server.token(name) for name in [*NAMES, "reader"]}
    finally:
        assert server.stop() == 0
        server.close()


@pytest.fixture
def server(data: Path, tokens: dict[str, str]) -> Iterator[WholeServer]:
    running = WholeServer(data)
    try:
        running.wait_ready()
        yield running
    finally:
        running.close()


def again(killed: UpProcess) -> WholeServer:
    """The next start, on the same port."""
    killed.close()
    started = WholeServer(killed.data, port=killed.port)
    started.wait_ready()
    return started


def test_what_was_acknowledged_is_there_once_after_every_kill(
    server: WholeServer, tokens: dict[str, str]
) -> None:
    writers = [tokens[name] for name in NAMES]
    acknowledged: set[str] = set()
    chance = random.Random(20260131)
    running = server
    try:
        for number in range(1, ROUNDS + 1):
            publishers = Publishers(running.port, writers)
            publishers.start()
            publishers.wait_for(chance.randint(40, 200))
            running.kill_everything()
            publishers.stop()
            answered, retried = len(publishers.acknowledged), len(publishers.unanswered)
            began = time.monotonic()
            running = again(running)
            took = time.monotonic() - began
            there = published(running, writers)
            lost = heads(acknowledged | publishers.acknowledged) - set(there)
            assert not lost, lost
            publishers.retry()
            acknowledged |= publishers.acknowledged
            there = published(running, writers)
            twice = [text for text, count in there.items() if count > 1]
            assert not twice, twice
            assert set(there) == heads(acknowledged)
            sys.stdout.write(
                f"round {number}: {answered} acknowledged, {retried} unanswered and sent again, "
                f"{sum(there.values())} there in all, none lost, none twice, ready again in {took:.1f} s\n"
            )
        assert running.stop() == 0
    finally:
        running.close()


def test_a_reaction_happens_once_when_everything_dies_between_commit_and_reaction(
    server: WholeServer, tokens: dict[str, str]
) -> None:
    # The worker stands still: what is committed now has had no reaction when everything dies.
    os.kill(server.child("holdfast.main.worker").pid, signal.SIGSTOP)
    texts = [f"waiting{number} for @reader" for number in range(5)]
    for text in texts:
        assert publish(server.port, tokens["writer0"], text)
    assert everything(server.port, tokens["reader"], "/api/v1/notifications") == []
    server.kill_everything()
    running = again(server)
    try:
        _end_leases(running)
        until(lambda: len(_told(running, tokens)) >= len(texts), "the notifications of five posts")
        assert running.stop() == 0
        # And none comes a second time with the next start.
        running = again(running)
        _settle(running)
        assert len(_told(running, tokens)) == len(texts)
        assert ask(running.port, tokens["reader"], "POST", "/api/v1/notifications/clear") == {}
    finally:
        running.close()


@pytest.mark.parametrize("mark", ["holdfast.main.web", "holdfast.main.worker", "bin/postgres"])
def test_every_child_may_die_while_members_publish(
    server: WholeServer, tokens: dict[str, str], mark: str
) -> None:
    writers = [tokens[name] for name in NAMES]
    before = published(server, writers)
    publishers = Publishers(server.port, writers, f"{mark[-6:].replace('/', '')} for @reader")
    publishers.start()
    publishers.wait_for(30)
    server.kill_child(mark)
    publishers.stop()
    server.get_until_ok("/readyz")
    publishers.retry()
    there = published(server, writers) - before
    assert dict(there) == dict.fromkeys(heads(publishers.acknowledged), 1)
    _end_leases(server)
    until(
        lambda: len(_told(server, tokens)) >= len(publishers.acknowledged),
        f"{len(publishers.acknowledged)} notifications",
    )
    _settle(server)
    told = _told(server, tokens)
    assert len({row["status"]["id"] for row in told}) == len(told) == len(publishers.acknowledged)
    assert ask(server.port, tokens["reader"], "POST", "/api/v1/notifications/clear") == {}


def test_a_worker_that_dies_in_the_middle_leaves_every_reaction_done_once(
    server: WholeServer, tokens: dict[str, str]
) -> None:
    worker = server.child("holdfast.main.worker")
    worker.suspend()
    for number in range(60):
        assert publish(server.port, tokens[NAMES[number % 8]], f"piled{number} for @reader")
    worker.resume()
    until(lambda: ask(server.port, tokens["reader"], "GET", "/api/v1/notifications"), "a first notification")
    server.kill_child("holdfast.main.worker")
    assert not psutil.pid_exists(worker.pid) or not worker.is_running()
    _end_leases(server)
    until(lambda: len(_told(server, tokens)) >= 60, "60 notifications")
    _settle(server)
    told = _told(server, tokens)
    assert len({row["status"]["id"] for row in told}) == len(told) == 60


def _told(server: WholeServer, tokens: dict[str, str]) -> list[dict[str, Any]]:
    return everything(server.port, tokens["reader"], "/api/v1/notifications?types[]=mention")


def _end_leases(server: WholeServer) -> None:
    """A minute passes: what a dead worker had claimed is free again. Running jobs keep theirs by their locks."""
    server.sql("update jobs set leased_until = now() - interval '1 second' where state = 1")


def _settle(server: WholeServer) -> None:
    """Until no job is left."""
    until(lambda: server.sql("select count(*) from jobs where state < 2") == 0, "an empty table of jobs")
    assert server.sql("select count(*) from jobs where state = 2") == 0
