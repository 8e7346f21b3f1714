"""Keeping child processes running: start, watch, restart with patience, stop.

One `Supervisor` owns all children of `holdfast up`. A child that ends by itself is started again
after a pause that doubles; one that keeps ending is given up, and then everything stops with the
reason. All waiting is on events; an idle supervisor does not wake up.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from holdfast.platform.processes import death_request, end_process, started_at, wait_exit
from holdfast.pure.errors import Unavailable

# Five endings in a row are no accident. A child that lived this long starts with a clean slate.
ENDINGS_MAX = 5
ENDINGS_MAX_BEFORE_READY = 2
HEALTHY_SECONDS = 60.0
PAUSE_FIRST_SECONDS = 0.2
PAUSE_MAX_SECONDS = 10.0
_KILL_PATIENCE_SECONDS = 5.0


class ChildGivenUp(Unavailable):
    """A child keeps ending; the text says which and how."""


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """How to start a child. `pass_fds` are inherited; `environment` is the whole of it.

    `last`: stopped after the others. `vital`: one that keeps ending ends everything; else it is started again for ever.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    pass_fds: tuple[int, ...] = ()
    last: bool = False
    vital: bool = True


@dataclass(slots=True)
class Endings:
    """Decides whether and when something that ended is started again."""

    name: str
    count: int = 0
    pause_seconds: float = 0.0

    def note(self, lived_seconds: float, *, was_ready: bool) -> bool:
        """Count one ending; False when it is time to give up."""
        if lived_seconds >= HEALTHY_SECONDS:
            self.count = 0
        self.count += 1
        # The first ending may have been an accident or an impatient operator: no pause.
        self.pause_seconds = (
            min(PAUSE_FIRST_SECONDS * 2 ** min(self.count - 2, 16), PAUSE_MAX_SECONDS)
            if self.count > 1
            else 0.0
        )
        return self.count < (ENDINGS_MAX if was_ready else ENDINGS_MAX_BEFORE_READY)


@dataclass(slots=True)
class Supervisor:
    """Runs children until told to stop.

    `say` receives one line for each thing an operator should know; `after_ending` is called when a child ended by itself.
    """

    run_folder: Path
    say: Callable[[str], None]
    grace_seconds: float
    after_ending: Callable[[], None] = lambda: None
    ready: bool = False
    _children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _last: set[str] = field(default_factory=set)
    _keepers: list[asyncio.Task[None]] = field(default_factory=list)
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _error: Exception | None = None

    def start(self, plan: ChildPlan) -> None:
        """Start a child and keep it running from now on."""
        if plan.last:
            self._last.add(plan.name)
        self._keepers.append(asyncio.get_running_loop().create_task(self._guard(self._keep(plan))))

    def watch(self, keeper: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a coroutine function beside the children; its failure ends everything."""
        self._keepers.append(asyncio.get_running_loop().create_task(self._guard(keeper())))

    async def failure(self) -> None:
        """Wait until something failed for good, and raise that. Never returns otherwise."""
        await self._ended.wait()
        if self._error is not None:
            raise self._error

    async def stop(self) -> None:
        """Ask every child to end, wait for the grace, then kill what is left."""
        for keeper in self._keepers:
            keeper.cancel()
        for keeper in self._keepers:
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        for turn in (False, True):
            ending = [one for one in self._children.items() if (one[0] in self._last) is turn]
            await asyncio.gather(*(self._end(name, child) for name, child in ending))
        self._children.clear()
        self._record()

    def kill(self) -> None:
        """End every child at once: the operator asked twice."""
        for child in self._children.values():
            child.kill()

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            # Whoever waits in `failure` raises it.
            self._error = self._error or error
            self._ended.set()

    async def _keep(self, plan: ChildPlan) -> None:
        loop = asyncio.get_running_loop()
        endings = Endings(plan.name)
        while True:
            began = loop.time()
            child = self._launch(plan)
            status = await wait_exit(child)
            how = describe_ending(status)
            self.after_ending()
            if not endings.note(loop.time() - began, was_ready=self.ready) and plan.vital:
                raise ChildGivenUp(
                    f"{plan.name} ended {endings.count} times in a row, at last {how}; its reason is above"
                )
            self.say(f"{plan.name} (pid {child.pid}) ended {how}; starting it again")
            await asyncio.sleep(endings.pause_seconds)

    def _launch(self, plan: ChildPlan) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            plan.command,
            env=plan.environment,
            stdin=subprocess.DEVNULL,
            pass_fds=plan.pass_fds,
            # Ctrl-C on the terminal goes to the supervisor alone, which stops the children in order.
            process_group=0,
            # One system call on a library that is loaded already, so threads cannot harm it.
            preexec_fn=death_request(signal.SIGTERM),  # noqa: PLW1509
        )
        self._children[plan.name] = child
        self._record()
        return child

    async def _end(self, name: str, child: subprocess.Popen[bytes]) -> None:
        if child.poll() is None:
            child.terminate()
        # A little longer than the child's own grace, which ends with it giving up its requests.
        if await wait_exit(child, self.grace_seconds + _KILL_PATIENCE_SECONDS) is None:
            self.say(f"{name} (pid {child.pid}) does not stop; killing it")
            child.kill()
            await wait_exit(child)

    def _record(self) -> None:
        """For the next start, should this process be killed where the kernel tells children nothing."""
        alive = [{"pid": child.pid, "started_at": started_at(child.pid)} for child in self._children.values()]
        staging = self.run_folder / "children.new"
        staging.write_text(json.dumps(alive))
        staging.rename(self.run_folder / "children.json")


def end_leftovers(run_folder: Path, grace_seconds: float) -> int:
    """Stop children of a supervisor that was killed; returns how many there were. Blocks."""
    try:
        left = json.loads((run_folder / "children.json").read_text())
        known = [(int(row["pid"]), row["started_at"]) for row in left]
    except (OSError, ValueError, KeyError, TypeError):
        return 0
    found = 0
    for pid, since in known:
        # The same id with another start time is somebody else's process.
        if since is not None and started_at(pid) == since:
            found += 1
            end_process(pid, ((signal.SIGTERM, grace_seconds), (signal.SIGKILL, _KILL_PATIENCE_SECONDS)))
    (run_folder / "children.json").unlink(missing_ok=True)
    return found


def describe_ending(status: int | None) -> str:
    """`with exit status 1` or `killed by SIGKILL`."""
    if status is not None and status < 0:
        with contextlib.suppress(ValueError):
            return f"killed by {signal.Signals(-status).name}"
    return f"with exit status {status}"


def child_environment(changes: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with some variables set."""
    return {**os.environ, **changes}
