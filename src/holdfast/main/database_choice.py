"""Which database the settings mean, and what follows from that. Opens and imports nothing heavy."""

from __future__ import annotations

import msgspec

from holdfast.platform.config import Settings
from holdfast.platform.postgres import EmbeddedPostgres

# Connections beside the pools: listeners, this program's own commands, a person with psql, backups.
_SPARE_CONNECTIONS = 20
_PER_PROCESS_EXTRA = 2


def embedded_postgres(settings: Settings) -> EmbeddedPostgres:
    """The embedded server as the settings want it; nothing is started."""
    processes = settings.workers + 1
    return EmbeddedPostgres(
        settings.data,
        user=settings.postgres_user,
        programs=settings.postgres_bin,
        shared_buffers_mb=settings.postgres_shared_buffers_mb,
        # A mirror may come while it runs; web processes that are started again then want more.
        max_connections=processes
        * (max(settings.database_pool_size, settings.mirror_pool_size) + _PER_PROCESS_EXTRA)
        + _SPARE_CONNECTIONS,
    )


def with_database(settings: Settings, dsn: str, *, embedded: bool) -> Settings:
    """The settings with the database they are to use, and `freshness` decided.

    Everything that uses an embedded database runs on this machine and shares the data folder.
    """
    freshness = settings.freshness
    if freshness == "auto":
        freshness = "shared_memory" if embedded else "database"
    return msgspec.structs.replace(settings, database_url=dsn, freshness=freshness)
