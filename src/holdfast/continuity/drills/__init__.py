"""Drills: the site is brought back from one store alone, in a folder of its own, and looked at (docs/guide/drills.md).

model     what a drill finds out, and when the last one is too old
canary    the moment, written every few seconds
checks    a database that came back
counting  what was read from the store
record    drills on the record
dependencies  on whom the site depends
"""

from .canary import CANARY, write_canary
from .checks import Looked, check_database
from .counting import CountedStore
from .dependencies import Dependency, OutsideFacts, Standing, dependencies, worst
from .model import FRESH, Check, CheckName, DrillReport, is_stale, read_report
from .record import RecordedDrill, drills, last_passed, record_drill

__all__ = [
    "CANARY", "Check", "CheckName", "CountedStore", "Dependency", "DrillReport", "FRESH", "Looked", "OutsideFacts",
    "RecordedDrill", "Standing", "check_database", "dependencies", "drills", "is_stale", "last_passed", "read_report",
    "record_drill", "worst", "write_canary",
]  # fmt: skip
