"""What a trial is."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from ...platform.clock import Instant

TRY_RULE: Final = "try_rule"
"""The kind of the errands that try rules (main/rule_trying.py)."""
SOURCE_CHARACTERS: Final = 50_000


class TrialState(StrEnum):
    """How far it is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class TrialOrder(msgspec.Struct, frozen=True):
    """The payload of an errand."""

    trial_id: int


class Trial(msgspec.Struct, frozen=True):
    """One. rule_id: of the rules in force, as if it were live; source: a rule as text instead. posts: how many of the
    newest are looked at. result: the simulation as JSON; problem: why there is none."""

    id: int
    rule_id: str | None
    source: str
    posts: int
    asked_by: int | None
    asked_at: Instant
    state: TrialState
    result: str | None
    problem: str
    done_at: Instant | None
