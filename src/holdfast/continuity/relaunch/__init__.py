"""Relaunch: the site comes back on an empty machine, from stores and an identity alone (ADR 0035, docs/guide/relaunch.md).

    done = await Relaunch(RelaunchRequest(Target(data), identity), Mirrors(setup, stores, authority, kit), clock=clock).run()

claim      the fence                        going_back what stays removed
settle     what never comes back            opening    the new epoch's start and first log
unshipped  what a replaced server wrote
run        the phases                       state      what is written down between two tries
"""

from .errors import LedgerWouldFork, NotThisMirror, RaceLost, RelaunchError
from .model import PHASE_TEXTS, Phase, Progress, Relaunched, RelaunchRequest, RelaunchState, Silent
from .opening import ship_stretch
from .run import Mirrors, Relaunch
from .state import RelaunchFolder
from .unshipped import Unshipped, point_of_parting, read_transactions, unshipped_rows, write_unshipped

__all__ = [
    "LedgerWouldFork", "Mirrors", "NotThisMirror", "PHASE_TEXTS", "Phase", "Progress", "RaceLost", "Relaunch", "RelaunchError",
    "RelaunchFolder", "RelaunchState",
    "RelaunchRequest", "Relaunched", "Silent", "Unshipped", "point_of_parting", "read_transactions",
    "ship_stretch", "unshipped_rows", "write_unshipped",
]  # fmt: skip
