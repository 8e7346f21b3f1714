"""Reaching the database from any command, whether the server runs or not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from holdfast.main.database_choice import embedded_postgres, with_database
from holdfast.main.datafolder import (
    DataFolderError,
    DataFolderInUse,
    has_data,
    open_data_folder,
    recorded_address,
)
from holdfast.migrations.runner import upgrade
from holdfast.platform.config import Settings
from holdfast.platform.postgres import check_reachable, dsn_for, running_socket_folder

Progress = Callable[[str], None]


@asynccontextmanager
async def running_database(
    settings: Settings, progress: Progress | None = None, *, create: bool = False
) -> AsyncIterator[Settings]:
    """Settings whose `database_url` answers and has the newest schema.

    An external database is used as it is; else the one that `holdfast up` serves from this data
    folder; else the embedded one is started for as long as the context lasts. Without `create`,
    a folder that Holdfast never used is an error.
    """
    if settings.database_url is not None:
        await check_reachable(settings.database_url, settings.database_connect_timeout_seconds)
        await upgrade(settings.database_url)
        yield with_database(settings, settings.database_url, embedded=False)
        return
    if not create and not has_data(settings.data):
        raise DataFolderError(
            f"{settings.data} is no data folder of Holdfast; name it with --data, or start it once with `holdfast up`"
        )
    try:
        folder = open_data_folder(settings)
    except DataFolderInUse as in_use:
        dsn = await _dsn_of_running(settings, in_use)
        # Returns at once, except while that instance is being started for the first time: then it waits for the schema.
        await upgrade(dsn, progress)
        ready = with_database(settings, dsn, embedded=True)
        yield msgspec.structs.replace(ready, **recorded_address(settings.data))
        return
    with folder:
        server = embedded_postgres(settings)
        await server.start(progress or (lambda message: None))
        try:
            await upgrade(server.dsn, progress)
            yield with_database(settings, server.dsn, embedded=True)
        finally:
            await server.stop()


async def _dsn_of_running(settings: Settings, in_use: DataFolderInUse) -> str:
    """The database of the instance that holds the lock; it may be starting up just now."""
    deadline = asyncio.get_running_loop().time() + settings.database_connect_timeout_seconds
    while asyncio.get_running_loop().time() < deadline:
        socket_folder = running_socket_folder(settings.data)
        if socket_folder is not None:
            return dsn_for(socket_folder)
        await asyncio.sleep(0.1)
    raise in_use
