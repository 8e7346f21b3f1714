"""A witness (C2SP tlog-witness) that anybody can run alone: one folder, one SQLite file, no other service (ADR 0029).

folder.py       the folder: key, lock, and the guard that notices a restored older state
store.py        the SQLite file: logs, what was seen of each, and proofs against logs
cosigning.py    what happens to a checkpoint that is sent in
starting.py     what is asked of the logs before the first cosignature
application.py  the HTTP interface
serving.py      the process
"""

from .cosigning import Answer, Witness
from .folder import FolderLocked, WitnessFolder, open_folder
from .serving import serve_witness
from .starting import ask_logs, create_witness
from .store import Forgery, KnownLog, WitnessStore

__all__ = [
    "Answer",
    "FolderLocked",
    "Forgery",
    "KnownLog",
    "Witness",
    "WitnessFolder",
    "WitnessStore",
    "ask_logs",
    "create_witness",
    "open_folder",
    "serve_witness",
]
