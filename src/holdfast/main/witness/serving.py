"""The process of a witness: lock, guard, a look at the logs, then HTTP until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

import structlog

from holdfast.main.listening import listen
from holdfast.main.web import OneProcessServer
from holdfast.platform.clock import SystemClock
from holdfast.platform.settings import Settings

from .application import Application
from .cosigning import Witness
from .folder import WitnessFolder
from .starting import ask_logs
from .store import WitnessStore

log = structlog.get_logger(__name__)

CONNECTIONS_MAX = 256
_STOP_SECONDS = 5.0


async def serve_witness(
    folder: WitnessFolder, host: str, port: int, *, ready: Callable[[str], None], told: Callable[[str], None]
) -> None:  # fmt: skip
    """Serve until SIGTERM or SIGINT. `ready` is given the address, `told` sentences for the operator.

    Raises FolderLocked, StateRestored, CannotListen.
    """
    lock = folder.lock()
    store = WitnessStore(folder.database)
    try:
        witness = Witness(folder, store, SystemClock())
        listener = listen(_settings(folder, host, port))
        for look in await ask_logs(folder, store):
            if look.trouble:
                told(f"{look.origin}: {look.trouble}")
        application = Application(witness)
        server = OneProcessServer(application, listener, _settings(folder, host, port))
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        serving = loop.create_task(server.serve())
        shown = f"[{host}]" if ":" in host else host
        ready(f"http://{shown}:{port}")
        asked = loop.create_task(stop.wait())
        await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
        server.finish()
        await asyncio.wait({serving}, timeout=_STOP_SECONDS)
        application.close()
    finally:
        store.close()
        lock.close()


def _settings(folder: WitnessFolder, host: str, port: int) -> Settings:
    """What the server part asks for; nothing else of the settings matters to a witness."""
    return Settings(data=folder.path, host=host, port=port, connections_max=CONNECTIONS_MAX)
