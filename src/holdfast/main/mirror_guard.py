"""What the supervisor does for the mirror: it starts the shipper as soon as there is a mirror, and has commits go on when the shipper
says nothing for too long. Nothing is imported here that a server without a mirror would not need."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from holdfast.main.supervisor import ChildPlan, Supervisor

NAME = "mirror"
_LOOK_SECONDS = 1.0
_TO_START_SECONDS = 10.0
"""A new process may be silent for so much longer: on a busy machine it takes seconds before it can say anything."""

_SHIPPER = (sys.executable, "-m", "holdfast.main.mirror_shipping")
_RELEASE = (sys.executable, "-m", "holdfast.main.mirror_release")


class MirrorGuard:
    """Beside the children of `holdfast up`. silence_seconds: how long the shipper may say nothing. steers: see the setting."""

    def __init__(
        self,
        data: Path,
        supervisor: Supervisor,
        say: Callable[[str], None],
        *,
        silence_seconds: float,
        steers: bool,
    ) -> None:
        self._setup = data / "mirror" / "setup"
        self._state = data / "run" / "mirror.json"
        self._superseded = data / "mirror" / "superseded.json"
        self._supervisor, self._say = supervisor, say
        self._silence_seconds, self._steers = silence_seconds, steers
        self._environment: Mapping[str, str] = {}
        self._started_at: float | None = None

    def is_configured(self) -> bool:
        """Whether there is a mirror."""
        return self._setup.exists()

    def begin(self, environment: Mapping[str, str]) -> None:
        """Watch from now on; the shipper is started when there is a mirror, before anything else commits."""
        self._environment = environment
        if self.is_configured():
            self._start()
        self._supervisor.watch(self._watch)

    def _start(self) -> None:
        self._started_at = time.time()
        self._supervisor.start(ChildPlan(NAME, _SHIPPER, self._environment, last=True, vital=False))

    async def _watch(self) -> None:
        released_at: float | None = None  # how old the state was then; releasing writes it too
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if self._started_at is None:
                if self.is_configured():
                    self._start()
                continue
            told_at = self._told_at()
            if told_at == released_at:
                continue
            silent = time.time() - max(told_at, self._started_at + _TO_START_SECONDS) > self._silence_seconds
            concerned = self._steers and self.is_configured() and not self._superseded.exists()
            if silent and concerned and await self._release():
                released_at = self._told_at()

    def _told_at(self) -> float:
        try:
            return self._state.stat().st_mtime
        except FileNotFoundError:
            return 0.0

    async def _release(self) -> bool:
        """Let commits go; whether that was done."""
        child = await asyncio.create_subprocess_exec(*_RELEASE, env=self._environment, process_group=0)
        try:
            status = await child.wait()
        finally:
            if child.returncode is None:
                child.kill()
        if status == 0:
            self._say("the mirror's shipper does not answer; commits go on without it")
        return status == 0
