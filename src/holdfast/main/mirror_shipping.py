"""The process that ships the database's log: `holdfast mirror ship`, or `python -m holdfast.main.mirror_shipping` under `holdfast up`.

It follows the setup: when stores are added or removed it begins anew with them, and while there is no mirror it waits for one. Nothing
that is wrong with a mirror ends it, because the server goes on without; it says what is wrong and tries again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from holdfast.platform.clock import Clock, SystemClock
from holdfast.platform.config import Settings, load_settings
from holdfast.platform.postgres import ADMIN_ROLE, dsn_for, running_socket_folder
from holdfast.platform.telemetry import configure_logging
from holdfast.pure.errors import HoldfastError, Unavailable

if TYPE_CHECKING:
    from holdfast.continuity.mirror import MirrorSetup
    from holdfast.continuity.shipping import ShippingLimits
    from holdfast.platform.stores import Store

log = structlog.get_logger(__name__)

SUPERVISED = "HOLDFAST_RUN_SUPERVISED"
_LOOK_SECONDS = 1.0
_AGAIN_SECONDS = 5.0


class NoDatabase(Unavailable):
    """Nothing serves this data folder, and no address is set."""

    public = "No database to ship from: start `holdfast up` with this data folder, or set HOLDFAST_MIRROR_DATABASE_URL."


def setup_file(data: Path) -> Path:
    """Where the setup of the mirror is kept; whether it is there says whether there is a mirror."""
    return data / "mirror" / "setup"


def superuser_dsn(settings: Settings) -> str:
    """The database whose log is shipped, as a role that may do it. Raises NoDatabase."""
    socket_folder = running_socket_folder(settings.data)
    given = settings.mirror_database_url
    if given is None and socket_folder is not None:
        return dsn_for(socket_folder, ADMIN_ROLE, "postgres")
    if given is None and settings.database_url is None:
        raise NoDatabase
    return given or settings.database_url or ""


def is_own_database(settings: Settings) -> bool:
    """Whether that database is the one of the data folder, and not a server of the operator's."""
    return settings.mirror_database_url is None and running_socket_folder(settings.data) is not None


async def keep_shipping(settings: Settings, stop: asyncio.Event, clock: Clock) -> None:
    """Ship until `stop` is set, whatever goes wrong meanwhile."""
    while not stop.is_set():
        seen = _stamp(settings.data)
        changed = asyncio.Event()
        following = asyncio.create_task(_until_changed(settings.data, seen, stop, changed))
        try:
            if seen is None:
                await asyncio.to_thread(_let_go, settings)
            else:
                await _ship_once(settings, changed, clock)
            # After an error: until the setup changes, or it is time to try again.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN_SECONDS):
                    await changed.wait()
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


async def _ship_once(settings: Settings, stop: asyncio.Event, clock: Clock) -> None:
    from holdfast.continuity.mirror import read_setup
    from holdfast.continuity.shipping import Overtaken, ship
    from holdfast.platform.crypto import Keyring
    from holdfast.platform.master_key import load_master_key

    try:
        setup = read_setup(settings.data, Keyring(load_master_key(settings)))
        if setup is None or not setup.stores:
            await stop.wait()
            return
        stores = _open_late(settings, setup)
        try:
            await ship(
                setup, stores, superuser_dsn(settings), settings.data, stop=stop, clock=clock,
                limits=_limits_of(settings), steers=settings.mirror_steers_commits,
            )  # fmt: skip
        finally:
            for store in stores.values():
                await store.close()
    except Overtaken as error:
        log.error("mirror.stopped", why=error.public)
        await stop.wait()
    except HoldfastError as error:
        log.error("mirror.not_shipping", why=error.public, private=error.private)
    except Exception:
        # The site must not stop because of a fault in what copies it; the supervisor and the desk see a state that grows old.
        log.exception("mirror.failed")


def _let_go(settings: Settings, *, keep_slot: bool = False) -> None:
    """There is no mirror any more, or nobody who ships to it: commits wait for none."""
    from holdfast.continuity.shipping import SLOT, forget_state
    from holdfast.platform.replication import ReplicationControl

    try:
        control = ReplicationControl(superuser_dsn(settings))
        try:
            if settings.mirror_steers_commits:
                control.set_waiting("")
            if not keep_slot:
                control.drop_slot(SLOT)
                forget_state(settings.data)
        finally:
            control.close()
    except HoldfastError as error:
        log.warning("mirror.not_let_go", why=error.public, private=error.private)


def _open_late(settings: Settings, setup: MirrorSetup) -> dict[str, Store]:
    from holdfast.platform.stores import LateStore, open_store

    timeout = float(settings.mirror_store_timeout_seconds)
    return {
        one.name: LateStore(
            one.address, partial(open_store, one.address, one.credentials, timeout_seconds=timeout)
        )
        for one in setup.stores
    }


def _limits_of(settings: Settings) -> ShippingLimits:
    from holdfast.continuity.shipping import ShippingLimits

    return ShippingLimits(
        linger_seconds=settings.mirror_linger_milliseconds / 1000,
        chunk_max_bytes=settings.mirror_chunk_max_kb << 10,
        queue_max_bytes=settings.mirror_queue_max_mb << 20,
        parallel_writes=settings.mirror_parallel_writes,
        manifest_seconds=float(settings.mirror_manifest_seconds),
        degrade_after=timedelta(seconds=settings.mirror_degrade_seconds),
        slot_max_mb=settings.mirror_log_max_mb,
    )


def _stamp(data: Path) -> tuple[int, int] | None:
    """Tells one setup from the next; None where there is none."""
    try:
        found = setup_file(data).stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


async def _until_changed(
    data: Path, seen: tuple[int, int] | None, stop: asyncio.Event, changed: asyncio.Event
) -> None:
    while not stop.is_set() and _stamp(data) == seen:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await stop.wait()
    changed.set()


async def _work(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await keep_shipping(settings, stop, SystemClock())
    if SUPERVISED not in os.environ:
        # Under `holdfast up` nobody is left to commit by now. By itself, its end must not stop those who do.
        await asyncio.to_thread(_let_go, settings, keep_slot=True)
    return 0


def run(settings: Settings) -> int:
    """Ship in this process until SIGTERM or SIGINT; the exit status."""
    import uvloop

    configure_logging(settings, "mirror")
    return uvloop.run(_work(settings))


def main() -> int:
    """The supervisor's child."""
    try:
        return run(load_settings())
    except HoldfastError as error:
        sys.stderr.write(f"holdfast mirror: {error.public}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
