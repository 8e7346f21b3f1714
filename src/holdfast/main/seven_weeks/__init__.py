"""Seven weeks of warnings, replayed: a host, a store, the press and members write; a team acts, some answers are late; and
what came of it is exported, so that somebody who trusts nobody can answer what was disputed.

Intake, cases, decisions, answers, clocks and the ledger are the product's own over a real database. The clock, the team, the
senders and the name service are simulated.
"""

from .model import Options, Replay, Texts
from .run import replay, run_seven_weeks
from .texts import texts_of_file, written_texts

__all__ = ["Options", "Replay", "Texts", "replay", "run_seven_weeks", "texts_of_file", "written_texts"]
