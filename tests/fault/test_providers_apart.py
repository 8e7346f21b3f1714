"""Three providers and an empty machine, each in a network of its own. The host is cut off; the site goes on elsewhere; the host comes back."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.conformance.test_toot import Toot
from tests.support.apart import Machine, MovingName, Network, network
from tests.support.foreign_s3 import ForeignS3, seaweedfs
from tests.support.mirror_at_work import is_mirrored, state_of
from tests.support.mirrored import memory_folder
from tests.support.up_process import COMMAND, environment, free_port
from tests.support.whole_server import WholeServer

pytestmark = pytest.mark.fault

SEED = int(os.environ.get("HOLDFAST_TEST_SEED", "20261124"))
PATIENCE_SECONDS = 120.0
# A relaunch of a little database; the machine that runs the tests has other things to do too.
RELAUNCH_SECONDS = 60.0
SUPERSEDED_SECONDS = 30.0
HEARTBEAT_SECONDS = 1
QUIET_SECONDS = 5.0
ALONE, LATE = "written in the room of the server", "written too late"
ISOLATED = """
import sys, urllib.error, urllib.parse, urllib.request
url, token, text = sys.argv[1:]
asked = urllib.request.Request(url, urllib.parse.urlencode({"status": text}).encode(), {"authorization": f"Bearer {token}"})
try:
    print(urllib.request.urlopen(asked, timeout=60).read().decode())
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode(), file=sys.stderr)
"""


@dataclass
class Reader:
    """An app that follows the home timeline, and connects again when nothing is heard. `seen`: texts; `connected`: how often."""

    url: str
    token: str
    seen: set[str] = field(default_factory=set)
    connected: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def follow(self) -> None:
        while not self.stopping.is_set():
            try:
                self._once()
            except httpx2.HTTPError:
                self.stopping.wait(0.2)

    def _once(self) -> None:
        timeout = httpx2.Timeout(QUIET_SECONDS)
        with (
            httpx2.Client(timeout=timeout) as client,
            client.stream(
                "GET", f"{self.url}/api/v1/streaming/user", headers={"authorization": f"Bearer {self.token}"}
            ) as answer,
        ):
            if answer.status_code != 200:
                self.stopping.wait(0.2)
                return
            self.connected += 1
            for line in answer.iter_lines():
                if self.stopping.is_set():
                    return
                if line.startswith("data: {"):
                    self.seen.add(json.loads(line[6:]).get("content", ""))

    def has(self, text: str) -> bool:
        return any(text in one for one in list(self.seen))


def post(machine: Machine, port: int, token: str, text: str, *, seconds: float = 60.0) -> httpx2.Response | None:  # fmt: skip
    """The answer; None where there is none."""
    try:
        return httpx2.post(
            f"http://{machine.address}:{port}/api/v1/statuses", data={"status": text},
            headers={"authorization": f"Bearer {token}"}, timeout=seconds,
        )  # fmt: skip
    except httpx2.HTTPError:
        return None


def read(machine: Machine, port: int, token: str, number: str) -> int:
    return httpx2.get(
        f"http://{machine.address}:{port}/api/v1/statuses/{number}", headers={"authorization": f"Bearer {token}"}, timeout=60
    ).status_code  # fmt: skip


@pytest.fixture
def folder() -> Iterator[Path]:
    place = memory_folder()
    yield place
    shutil.rmtree(place, ignore_errors=True)


@dataclass
class Apart:
    """A site at its host, two stores elsewhere, an empty machine, and the site's name, which points to the host."""

    folder: Path
    port: int
    net: Network
    home: Machine
    spare: Machine
    stores: list[ForeignS3]
    name: MovingName
    first: WholeServer

    @property
    def key(self) -> Path:
        return self.folder / "identity"

    @property
    def second(self) -> Path:
        return self.folder / "second"

    @property
    def told(self) -> Path:
        """What the relaunch said."""
        return self.folder / "relaunch.said"


def opened(stack: ExitStack, folder: Path) -> Apart:
    """As an operator sets it up, with a backup."""
    net = stack.enter_context(network())
    home, north, south, spare = (net.machine(name) for name in ("home", "north", "south", "spare"))
    stores = [
        stack.enter_context(seaweedfs(folder / one.cable, host=one.address, within=one.within))
        for one in (north, south)
    ]
    port = free_port()
    name = MovingName(port)
    name.open()
    stack.callback(name.close)
    name.point(home)
    first = WholeServer(
        folder / "first", port=port, within=home.within, host="0.0.0.0", stream_heartbeat_seconds=str(HEARTBEAT_SECONDS)
    )  # fmt: skip
    stack.callback(first.close)
    first.wait_ready()
    site = Apart(folder, port, net, home, spare, stores, name, first)
    first.command("mirror", "init", "--key-out", str(site.key))
    for label, store in zip(("north", "south"), stores, strict=True):
        added = subprocess.run(
            [*home.within, *COMMAND, "mirror", "add", label, store.address, "--data", str(first.data)],
            env=environment(None, **store.settings), capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert added.returncode == 0, added.stderr
    for member in ("ann", "bob"):
        first.add_member(member)
    until(lambda: is_mirrored(first.data), "the mirror holds what is written")
    first.command("mirror", "backup")
    return site


def follows(stack: ExitStack, url: str, token: str) -> Reader:
    """An app that is open all the while."""
    reader = Reader(url, token)
    following = threading.Thread(target=reader.follow)
    following.start()
    stack.callback(following.join, PATIENCE_SECONDS)
    stack.callback(reader.stopping.set)
    until(lambda: reader.connected == 1, "the app follows")
    return reader


def take_over(stack: ExitStack, site: Apart, source: ForeignS3) -> None:
    """Begin a relaunch on the empty machine, with one store's address and the identity."""
    told = stack.enter_context(site.told.open("wb"))
    process = subprocess.Popen(
        [
            *site.spare.within, *COMMAND, "relaunch", "--from", source.address, "--key", str(site.key), "--data", str(site.second),
            "--host", "0.0.0.0", "--port", str(site.port),
        ],
        env=environment(None, **source.settings), stdout=told, stderr=told, process_group=0,
    )  # fmt: skip
    stack.callback(ended, process)


def test_a_host_is_cut_off_the_site_goes_on_elsewhere_and_the_host_stands_back(folder: Path) -> None:
    draw = random.Random(SEED)
    with ExitStack() as stack:
        site = opened(stack, folder)
        home, spare, port = site.home, site.spare, site.port
        token = site.first.token("ann")
        toot = Toot(site.first, folder / "bob")
        toot.log_in("bob")
        reader = follows(stack, site.first.url, token)
        kept = [posted(post(home, port, token, f"kept {number}")) for number in range(draw.randint(3, 9))]
        until(lambda: reader.has("kept 0"), "the app shows a post")

        # Cut off. Nobody is told.
        site.net.cut(home)
        cut_at = time.monotonic()
        alone = isolated_post(home, port, token, ALONE)
        take_over(stack, site, draw.choice(site.stores))
        again = first_post(spare, port, token, cut_at + RELAUNCH_SECONDS, site.told)
        back_seconds = time.monotonic() - cut_at

        # The name is pointed there. The old token, the old toot, the app that was open: all go on.
        site.name.point(spare)
        for number in (*kept, again):
            assert read(spare, port, token, number) == 200
        assert toot.post("toot goes on")["content"] == "<p>toot goes on</p>"
        until(lambda: reader.connected >= 2, "the app connects again")
        posted(post(spare, port, token, "the app goes on"))
        until(lambda: reader.has("the app goes on"), "the app shows a post again")
        until(lambda: is_mirrored(site.second), "the new server is mirrored")

        # What the old host took meanwhile it took openly without the mirror.
        lost = json.loads(alone.communicate(timeout=PATIENCE_SECONDS)[0])["id"]
        state = state_of(site.first.data)
        assert state is None or state.is_degraded
        figures = returned(site, token, kept[0], lost)
        posted(post(spare, port, token, "undisturbed"))
        figures |= {"seed": SEED, "cut_to_first_post_seconds": round(back_seconds, 1), "of_it_restoring_seconds": restoring_seconds(site.told)}  # fmt: skip
        sys.stderr.write(json.dumps(figures) + "\n")


def returned(site: Apart, token: str, kept: str, lost: str) -> dict[str, Any]:
    """The host's cable is back: it stands back, is read, and what it took on its own is in no site but in a file for review."""
    home, port = site.home, site.port
    site.net.mend(home)
    mended_at = time.monotonic()
    # Until it sees the stores again it goes on as a server without a mirror does, and says so.
    late = acknowledged_until_replaced(home, port, token, mended_at + SUPERSEDED_SECONDS)
    back_down_seconds = time.monotonic() - mended_at
    for count in range(10):
        answer = post(home, port, token, f"later {count}")
        assert answer is not None
        assert answer.status_code == 503
    assert read(home, port, token, kept) == 200
    review = site.folder / "review.jsonl"
    site.first.command("mirror", "unshipped", "--out", str(review))
    assert ALONE in review.read_text(), review.read_text()
    assert review.read_text().count(LATE) >= len(late)
    for number in (lost, *late):
        assert read(site.spare, port, token, number) == 404
    return {"mended_to_read_only_seconds": round(back_down_seconds, 1), "acknowledged_late": len(late)}


def until(attempt: Callable[[], bool], what: str) -> None:
    """Looks twenty times a second, so that what it waits for has a processor."""
    pause = threading.Event()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not attempt():
        assert time.monotonic() < deadline, f"never: {what}"
        pause.wait(0.05)


def posted(answer: httpx2.Response | None) -> str:
    assert answer is not None
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def isolated_post(machine: Machine, port: int, token: str, text: str) -> subprocess.Popen[Any]:
    """Somebody in the same room as the server that is cut off."""
    return subprocess.Popen(
        [*machine.within, sys.executable, "-c", ISOLATED, f"http://127.0.0.1:{port}/api/v1/statuses", token, text],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def first_post(machine: Machine, port: int, token: str, deadline: float, told: Path) -> str:
    """As soon as the site is there."""
    pause = threading.Event()
    while time.monotonic() < deadline:
        answer = post(machine, port, token, "it goes on", seconds=5)
        if answer is not None and answer.status_code == 200:
            return str(answer.json()["id"])
        pause.wait(0.05)
    raise AssertionError(f"the site is not back: {told.read_text()[-4000:]}")


def acknowledged_until_replaced(machine: Machine, port: int, token: str, deadline: float) -> list[str]:
    """Posts that the returned server still takes, until it says that it was replaced."""
    taken: list[str] = []
    count = 0
    while time.monotonic() < deadline:
        count += 1
        answer = post(machine, port, token, f"{LATE} {count}", seconds=5)
        if answer is not None and answer.status_code == 503 and "was replaced" in answer.text:
            return taken
        if answer is not None and answer.status_code == 200:
            taken.append(str(answer.json()["id"]))
    raise AssertionError(f"it does not stand back; it took {len(taken)} posts")


def restoring_seconds(told: Path) -> float:
    """What the phases of the relaunch took, without the start of its programs."""
    found = re.search(r"The site is here: epoch 2, ([0-9.]+) seconds", told.read_text())
    assert found is not None, told.read_text()
    return float(found[1])


def ended(process: subprocess.Popen[bytes]) -> None:
    """As its operator would."""
    if process.poll() is None:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
