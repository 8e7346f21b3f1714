"""Witnesses of our ledger: others who cosign its checkpoints, so that it cannot show two people two histories.

What a witness signed is kept beside the checkpoint (`records/ledger`); here stands who they are and how they are.
"""

from .errors import NotAQuorum, WitnessError, WitnessKnown, WitnessNotAllowed, WitnessNotThere
from .manage import add_witness, follow_setting, remove_witness
from .model import (
    ALARMS,
    ASK_WITNESS,
    Trouble,
    Witness,
    make_policy,
    names_of_cosigners,
    read_entry,
    read_quorum,
)
from .queries import find_witness, witnesses
from .record import queue_rounds, record_asked, record_cosigned, record_trouble

__all__ = [
    "ALARMS",
    "ASK_WITNESS",
    "NotAQuorum",
    "Trouble",
    "Witness",
    "WitnessError",
    "WitnessKnown",
    "WitnessNotAllowed",
    "WitnessNotThere",
    "add_witness",
    "find_witness",
    "follow_setting",
    "make_policy",
    "names_of_cosigners",
    "queue_rounds",
    "read_entry",
    "read_quorum",
    "record_asked",
    "record_cosigned",
    "record_trouble",
    "remove_witness",
    "witnesses",
]
