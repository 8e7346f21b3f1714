"""Media at the mirror: encrypted, at the quorum before the row that names them commits, back when the site moves (ADR 0039).

copies      what a process asks after each file it stored
waiting     what some store does not have yet, on disk; drain brings it
reconcile   bring all that is missing, take away what nothing needs
listing     lists of all that should be there
fetch       files back, at once; origin: while the site serves already
store       what was deleted here and is kept at the stores for a while
"""

from .copies import MirrorCopies
from .drain import Drained, drain_waiting
from .fetch import Fetching, MediaNotHeld, RestoredMedia, fetch_media, restore_media
from .hold import FileTooLarge, hold_file, holds_file
from .listing import read_list_facts, read_newest_list, write_list
from .origin import fetch_while_serving
from .reconcile import Reconciled, StoreReconciled, reconcile_media
from .store import forget_gone, gone_since, note_gone
from .waiting import WaitingFile, WaitingFiles

__all__ = [
    "Drained", "Fetching", "FileTooLarge", "MediaNotHeld", "MirrorCopies", "Reconciled", "RestoredMedia",
    "StoreReconciled", "WaitingFile", "WaitingFiles", "drain_waiting", "fetch_media", "fetch_while_serving",
    "forget_gone", "gone_since", "hold_file", "holds_file", "note_gone", "read_list_facts", "read_newest_list", "reconcile_media",
    "restore_media", "write_list",
]  # fmt: skip
