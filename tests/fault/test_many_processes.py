"""Two web processes and two workers, as on four machines, against one database: they behave as one."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from tests.fault.publishers import ask, everything, until
from tests.support.unlimited import UNLIMITED
from tests.support.up_process import COMMAND, PATIENCE_SECONDS, environment, free_port

pytestmark = pytest.mark.fault

KEY = "5a" * 32


class Machines:
    """Every process has a data folder of its own, as on machines of their own."""

    def __init__(self, address: str, folder: Path, stack: ExitStack) -> None:
        self._settings = {
            **{name: str(value) for name, value in UNLIMITED.items()},
            "database_url": address,
            "master_key": KEY,
            "domain": "town.example",
        }
        self._folder, self._stack = folder, stack
        self.processes: list[subprocess.Popen[bytes]] = []
        self.ports = [free_port(), free_port()]
        for port in self.ports:
            self._start("web", "--port", str(port))
        for _ in range(2):
            self._start("worker")
        for port in self.ports:
            until(partial(ask, port, "", "GET", "/readyz"), f"port {port}")

    def command(self, *arguments: str) -> str:
        done = subprocess.run(
            [*COMMAND, *arguments, "--data", str(self._data("command"))],
            env=environment(None, **self._settings), capture_output=True, text=True, timeout=PATIENCE_SECONDS,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def member(self, name: str) -> str:
        self.command("account", "create", name, "--email", f"{name}@example.org")
        return self.command("token", "create", "--account", name, "--scopes", "read write follow")

    def end_leases(self) -> None:
        """A minute passes: what a dead worker had claimed is free again."""

        async def work() -> None:
            connection = await asyncpg.connect(self._settings["database_url"])
            await connection.execute(
                "update jobs set leased_until = now() - interval '1 second' where state = 1"
            )
            await connection.close()

        asyncio.run(work())

    def _data(self, name: str) -> Path:
        data = self._folder / name
        data.mkdir(exist_ok=True)
        return data

    def _start(self, *arguments: str) -> None:
        name = f"{arguments[0]}{len(self.processes)}"
        process = subprocess.Popen(
            [*COMMAND, *arguments, "--data", str(self._data(name))],
            env=environment(None, **self._settings), stderr=(self._folder / f"{name}.log").open("wb"),
        )  # fmt: skip
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        self.processes.append(process)


@pytest.fixture
def machines(database_url: str, tmp_path: Path) -> Iterator[Machines]:
    with ExitStack() as stack:
        yield Machines(database_url, tmp_path, stack)


def test_what_one_did_is_seen_through_every_process_at_once(machines: Machines) -> None:
    ann, bob = machines.member("ann"), machines.member("bob")
    here, there = machines.ports
    me = ask(here, ann, "GET", "/api/v1/accounts/verify_credentials")["id"]
    for number in range(20):
        post = ask(here, ann, "POST", "/api/v1/statuses", {"status": f"number {number} #{number}x"})
        assert ask(there, ann, "GET", "/api/v1/timelines/home")[0]["id"] == post["id"]
        assert ask(there, bob, "GET", "/api/v1/timelines/public")[0]["id"] == post["id"]
        path = f"/api/v1/statuses/{post['id']}"
        ask(there, bob, "POST", f"{path}/favourite")
        assert ask(here, bob, "GET", path)["favourited"] is True
        assert ask(here, ann, "GET", path)["favourites_count"] == 1
        ask(there, ann, "PUT", path, {"status": f"changed {number}"})
        assert f"changed {number}" in ask(here, bob, "GET", path)["content"]
        assert ask(here, ann, "DELETE", path), "not deleted"
        assert ask(there, bob, "GET", path) is None
        here, there = there, here
    post = ask(here, ann, "POST", "/api/v1/statuses", {"status": "hide me"})["id"]
    them = ask(there, bob, "GET", "/api/v1/accounts/verify_credentials")["id"]
    ask(here, ann, "POST", f"/api/v1/accounts/{them}/block")
    assert ask(there, bob, "GET", f"/api/v1/statuses/{post}") is None
    assert ask(there, bob, "GET", f"/api/v1/accounts/{me}/statuses") in ([], None)
    ask(there, ann, "POST", f"/api/v1/accounts/{them}/unblock")
    assert ask(here, bob, "GET", f"/api/v1/statuses/{post}") is not None
    machines.command("account", "suspend", "bob")
    for port in machines.ports:
        assert ask(port, bob, "GET", "/api/v1/accounts/verify_credentials") is None


def test_the_same_key_gives_one_post_through_both(machines: Machines) -> None:
    ann = machines.member("ann")
    for number in range(10):
        ids = {
            ask(port, ann, "POST", "/api/v1/statuses", {"status": "once"}, {"Idempotency-Key": str(number)})[
                "id"
            ]
            for port in machines.ports
        }
        assert len(ids) == 1


def test_every_reaction_happens_once_with_two_workers_one_of_which_dies(machines: Machines) -> None:
    ann, bob = machines.member("ann"), machines.member("bob")
    worker = machines.processes[2]
    for number in range(80):
        port = machines.ports[number % 2]
        assert ask(port, ann, "POST", "/api/v1/statuses", {"status": f"@bob number {number}"})
        if number == 40:
            worker.send_signal(signal.SIGKILL)
            worker.wait(PATIENCE_SECONDS)
    machines.end_leases()
    for port in machines.ports:
        found = until(partial(_all_told, port, bob), "80 notifications")
        assert Counter(row["status"]["id"] for row in found).most_common(1)[0][1] == 1
        assert len(found) == 80
    for process in machines.processes[:2]:
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0


def _all_told(port: int, token: str) -> list[dict[str, dict[str, str]]] | None:
    rows = everything(port, token, "/api/v1/notifications?types[]=mention")
    return rows if len(rows) >= 80 else None
