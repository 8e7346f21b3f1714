"""Restoring: a database out of stores and an identity. Relaunch, standby and drills stand on it.

look       what the stores hold             fetch      backups and log, verified
prepare    combined, and the log in place   recover    PostgreSQL replays
"""

from .errors import NoRoom, RestoreError, StepFailed, StepTooSlow, StoresSayNothing, WrongPrograms
from .fetch import chunk_file, fetch_base, fetch_chunks
from .look import Place, Seen, bases_until, look, wanted_chunks
from .model import Target
from .prepare import append_log, check_version, combine, place_log, segment_name
from .recover import Recovered, recover

__all__ = [
    "NoRoom", "Place", "Recovered", "RestoreError", "Seen", "StepFailed", "StepTooSlow", "StoresSayNothing", "Target", "WrongPrograms",
    "append_log",
    "bases_until", "check_version", "chunk_file", "combine", "fetch_base", "fetch_chunks", "look", "place_log", "recover",
    "segment_name", "wanted_chunks",
]  # fmt: skip
