"""Settings of the mirror's shipper: how log is cut, what waits in memory, when commits go on without."""

from __future__ import annotations

from typing import Annotated

from ..about import S
from .ledger import LedgerSettings


class MirrorSettings(LedgerSettings, frozen=True, kw_only=True):
    """How the database's log gets to the stores. Which stores there are is set up with `holdfast mirror`."""

    # Mirror
    mirror_database_url: Annotated[
        str | None,
        S(
            "How the shipper reaches a database that does not come with Holdfast: a role that may replicate and read"
            " pg_replication_slots. Else HOLDFAST_DATABASE_URL is used.",
            secret=True,
        ),
    ] = None
    mirror_steers_commits: Annotated[
        bool,
        S(
            "Whether the shipper decides that commits wait for the mirror (synchronous_standby_names), and lets them go"
            " when it does not answer. Off where something else decides, such as Patroni."
        ),
    ] = True
    mirror_pool_size: Annotated[
        int,
        S(
            "Connections per web process where there is a mirror when the process starts: a commit that waits for a store"
            " holds its connection meanwhile. database_pool_size counts where it is more.",
            minimum=2,
            maximum=200,
        ),
    ] = 20
    mirror_linger_milliseconds: Annotated[
        int,
        S(
            "How long log is gathered after an object was cut, so that many commits share the next one. An object is"
            " written at once when it was quiet.",
            unit="milliseconds",
            minimum=0,
            maximum=500,
        ),
    ] = 20
    mirror_chunk_max_kb: Annotated[
        int, S("Most log in one object.", unit="KiB", minimum=64, maximum=16_384)
    ] = 2048
    mirror_queue_max_mb: Annotated[
        int,
        S(
            "What may wait in memory for one store; what is more is copied later from another store.",
            unit="MiB",
            minimum=1,
            maximum=1024,
        ),
    ] = 12
    mirror_parallel_writes: Annotated[
        int, S("Objects that are written to one store at once.", minimum=1, maximum=32)
    ] = 4
    mirror_store_timeout_seconds: Annotated[
        int, S("How long a store may take for one answer.", unit="seconds", minimum=1, maximum=120)
    ] = 20
    mirror_degrade_seconds: Annotated[
        int,
        S(
            "After how long without confirmation commits go on without the mirror, and the server says so.",
            unit="seconds",
            minimum=1,
            maximum=60,
        ),
    ] = 5
    mirror_manifest_seconds: Annotated[
        int,
        S(
            "How often it is signed how far the log is safe and which backups are whole.",
            unit="seconds",
            minimum=5,
            maximum=3600,
        ),
    ] = 30
    mirror_log_max_mb: Annotated[
        int,
        S(
            "How much log the database keeps at most while it cannot be shipped. Beyond that the mirror needs a new"
            " base backup.",
            unit="MiB",
            minimum=128,
            maximum=10_000_000,
        ),
    ] = 4096
    mirror_backup_full_days: Annotated[
        int, S("How often a full backup is made.", unit="days", minimum=1, maximum=90)
    ] = 7
    mirror_backup_incremental_hours: Annotated[
        int, S("How often a backup of what changed is made.", unit="hours", minimum=1, maximum=168)
    ] = 6
    mirror_backup_rate_kb: Annotated[
        int,
        S(
            "How fast a backup reads the database at most; 0 for no bound.",
            unit="KiB per second",
            minimum=0,
            maximum=10_000_000,
        ),
    ] = 0
    mirror_keep_days: Annotated[
        int,
        S(
            "How far back in time the site can be brought from its mirrors.",
            unit="days",
            minimum=1,
            maximum=3650,
        ),
    ] = 14
    mirror_pack_minutes: Annotated[
        int,
        S(
            "How old an object of log is before it is merged with others.",
            unit="minutes",
            minimum=10,
            maximum=10_080,
        ),
    ] = 60
