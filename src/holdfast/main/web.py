"""One web process: `python -m holdfast.main.web`, or `holdfast web`.

Granian runs inside this process, so that the supervisor's child is the server itself and no
parent stands between. The listening socket comes from the supervisor when it made one: then new
connections wait in its queue while a web process is replaced, instead of being refused.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from granian import net
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from holdfast.main.descriptors import allow_descriptors
from holdfast.main.listening import listen
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.telemetry import configure_logging
from holdfast.pure.errors import HoldfastError

LISTEN_FD = "HOLDFAST_RUN_LISTEN_FD"
# Requests that end when the client leaves; on stop nobody waits for them.
STREAM_PREFIX = "/api/v1/streaming"
_CLEANUP_SECONDS = 5.0
# For the goodbyes of all streams together; each of them takes a second at most.
_GOODBYES_SECONDS = 3.0
_OTHER_DESCRIPTORS = 256

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Draining:
    """Wraps the application to know which requests run, and to end them on stop."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._requests: set[asyncio.Task[Any]] = set()
        self._streams: set[asyncio.Task[Any]] = set()
        self._stopping = False
        self._idle = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("the server must run every request in a task")
        lasting = scope["type"] == "websocket" or scope["path"].startswith(STREAM_PREFIX)
        running = self._streams if lasting else self._requests
        running.add(task)
        try:
            await self._application(scope, receive, send)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
        finally:
            running.discard(task)
            if self._stopping and not self._requests:
                self._idle.set()

    async def end_streams(self) -> None:
        """End streams at once, each with its goodbye. Before the server stops, which would cut it off."""
        self._stopping = True
        streams = tuple(self._streams)
        for task in streams:
            task.cancel()
        if streams:
            await asyncio.wait(streams, timeout=_GOODBYES_SECONDS)

    async def drain(self, grace_seconds: float) -> None:
        """Let running requests finish within the grace, then end them."""
        self._stopping = True
        if self._requests:
            try:
                await asyncio.wait_for(self._idle.wait(), grace_seconds)
            except TimeoutError:
                for task in tuple(self._requests):
                    task.cancel()


class OneProcessServer(Server):
    """Granian in this process, on a socket that is open already."""

    def __init__(self, application: Application, listener: socket.socket, settings: Settings) -> None:
        self._backlog = settings.listen_backlog
        # The server owns the descriptor from here on, and closes it when it stops accepting.
        self._listener = listener.detach()
        super().__init__(
            application,
            address=settings.host,
            port=settings.port,
            interface=Interfaces.ASGI,
            backlog=settings.listen_backlog,
            backpressure=settings.connections_max,
            log_level=LogLevels.error,
            log_dictconfig={
                "formatters": {},
                "handlers": {},
                "loggers": {"_granian": {"handlers": [], "propagate": True}},
            },
        )

    def finish(self) -> None:
        """Stop accepting; `serve` returns when the running requests are done."""
        self.interrupt_signal = True
        self.main_loop_interrupt.set()

    def _init_shared_socket(self) -> None:
        # Its published types leave out what the constructor takes: descriptor, whether a path, backlog.
        holder: Any = net
        self._shd = holder.SocketHolder(self._listener, False, self._backlog)


async def serve(settings: Settings, listener: socket.socket) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit status."""
    application = Draining(importlib.import_module("holdfast.main.asgi").create_app(settings))
    server = OneProcessServer(application, listener, settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving = loop.create_task(server.serve())
    asked = loop.create_task(stop.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        asked.cancel()
        serving.result()
        # It ended by itself: the application's start failed, and said why.
        return 1
    await application.end_streams()
    server.finish()
    await application.drain(settings.shutdown_grace_seconds)
    await asyncio.wait({serving}, timeout=_CLEANUP_SECONDS)
    return 0


async def _with_database(settings: Settings) -> int:
    from holdfast.main.prepare import prepare_alone
    from holdfast.main.running_database import running_database

    async with running_database(settings) as ready:
        await prepare_alone(ready)
        return await serve(ready, listen(settings))


def run(settings: Settings) -> int:
    """Run one web process in this process; returns the exit status."""
    import uvloop

    configure_logging(settings, "web")
    allow_descriptors(settings.connections_max + _OTHER_DESCRIPTORS)
    inherited = os.environ.get(LISTEN_FD)
    if inherited is not None:
        return uvloop.run(serve(settings, socket.socket(fileno=int(inherited))))
    return uvloop.run(_with_database(settings))


def main() -> int:
    """The supervisor's child."""
    try:
        return run(load_settings())
    except HoldfastError as error:
        sys.stderr.write(f"holdfast web: {error.public}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
