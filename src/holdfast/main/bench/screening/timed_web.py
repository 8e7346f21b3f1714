"""A web process whose screen is timed: `python -m holdfast.main.bench.screening.timed_web [rules]`.

The application is the real one, over the same database as the server under test; only `Screen.assess` is watched.
With `rules`, no model judges. Listens on the descriptor in HOLDFAST_RUN_LISTEN_FD. SIGUSR1 forgets what was timed
so far; at the end it writes `AssessTimes` as JSON to standard output.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar

from holdfast.main.asgi import Holder, application
from holdfast.main.bench.model import percentile
from holdfast.main.bench.screening.model import AssessTimes
from holdfast.main.screening_choice import model_choice
from holdfast.main.web import LISTEN_FD, Draining, OneProcessServer
from holdfast.main.wiring import open_services
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.telemetry import configure_logging
from holdfast.screening import Content, Judge, RuleEngine, Screen, Verdict, load_rules
from holdfast.screening.classifier import LocalModel, ModelFile

RULES_ALONE = "rules"


class TimedScreen(Screen):
    """A screen that keeps how long each answer took."""

    def forget(self) -> None:
        """Count from now on."""
        self._seconds = array("d")

    def assess(self, content: Content) -> Verdict:
        """As any screen."""
        began = time.perf_counter()
        verdict = super().assess(content)
        self._seconds.append(time.perf_counter() - began)
        return verdict

    def times(self) -> AssessTimes:
        """What was seen since `forget`."""
        ordered = sorted(self._seconds)
        return AssessTimes(
            version=self.version,
            calls=len(ordered),
            p50_ms=percentile(ordered, 0.5) * 1000,
            p99_ms=percentile(ordered, 0.99) * 1000,
            p999_ms=percentile(ordered, 0.999) * 1000,
        )


def timed_screen(settings: Settings, *, rules_alone: bool) -> TimedScreen:
    """What the settings say, or its rules alone. Raises ModelUnusable."""
    judges: list[Judge] = [RuleEngine(rules := load_rules(settings.screening_rules_file))]
    if not rules_alone:
        choice = model_choice(settings)
        judges.append(LocalModel(ModelFile(choice.file), point=choice.point, audit_share=choice.audit_share))
    screen = TimedScreen(judges, rules=rules)
    screen.forget()
    return screen


async def _serve(settings: Settings, screen: TimedScreen) -> None:
    holder = Holder()

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        async with open_services(settings, screen=screen) as services:
            holder.services = services
            yield

    loop = asyncio.get_running_loop()
    # Its own types of messages differ from the web process's in name alone.
    app: Any = application(holder, [lifespan])
    listener = socket.socket(fileno=int(os.environ[LISTEN_FD]))
    server = OneProcessServer(Draining(app), listener, settings)
    loop.add_signal_handler(signal.SIGTERM, server.finish)
    loop.add_signal_handler(signal.SIGUSR1, screen.forget)
    await server.serve()


def main() -> int:
    """The benchmark's child."""
    import uvloop

    settings = load_settings()
    configure_logging(settings, "web")
    screen = timed_screen(settings, rules_alone=sys.argv[1:] == [RULES_ALONE])
    uvloop.run(_serve(settings, screen))
    sys.stdout.buffer.write(msgspec.json.encode(screen.times()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
