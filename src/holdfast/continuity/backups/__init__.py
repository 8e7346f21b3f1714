"""Backups of the database at the stores: full ones, incremental ones, packs of log, and what is forgotten (ADR 0035).

    work = BackupWork(setup, stores, BackupSource(programs, dsn), KeptBackups(data_folder), clock)
    taken = await back_up_now(work, BackupKind.FULL)
    await run_round(...)                 what is due by the schedule, and the tidying that goes with it
    await read_catalogue(stores, keys)   what is there

model       kinds, limits, the schedule           take       pg_basebackup -> zstd -> age -> parts -> descriptor
cutting     parts out of PostgreSQL's tar         kept       what this machine keeps of it
catalogue   what the stores hold                  tidy       after a kill; copies for stores that lack one
pack        chunks merged                         forget     retention
"""

from .catalogue import Catalogue, HeldBase, read_catalogue
from .errors import BackupFailed, BackupRunning, NotEnoughStores, SourceFailed
from .forget import Forgotten, forget_old
from .kept import KeptBackups
from .model import (
    PART_BYTES,
    SEGMENT_BYTES,
    BackupKind,
    BackupLimits,
    BackupSource,
    due,
    parent_for,
    part_bytes_for,
)
from .pack import PACK_AFTER, PackingDone, pack_chunks
from .round import BackupRound, back_up_now, run_round
from .take import BackupWork, Taken, take_backup
from .tidy import complete_copies, tidy_unfinished

__all__ = [
    "PACK_AFTER", "PART_BYTES", "SEGMENT_BYTES", "BackupFailed", "BackupKind", "BackupLimits", "BackupRound", "BackupRunning", "BackupSource", "BackupWork",
    "Catalogue", "Forgotten", "HeldBase", "KeptBackups", "NotEnoughStores", "PackingDone", "SourceFailed", "Taken",
    "back_up_now", "complete_copies", "due", "forget_old", "pack_chunks", "parent_for", "part_bytes_for",
    "read_catalogue", "run_round", "take_backup", "tidy_unfinished",
]  # fmt: skip
