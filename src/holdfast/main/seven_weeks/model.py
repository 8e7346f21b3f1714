"""What is replayed, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

Truth = Literal["threat", "abuse", "lawful"]
Texts = Mapping[str, Sequence[str]]
"""Kind of post to texts of that kind."""

START: Final = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
"""The first day, a Monday."""
TOWN: Final = "town.example"
HOST: Final = "host.example"
STORE: Final = "store.example"
SELECTOR: Final = "s1"


class Options(msgspec.Struct, frozen=True):
    """The size of it. The whole is the default; tests run a small one."""

    days: int = 54
    mails: int = 23
    items: int = 98
    reports_a_day: int = 40
    press: int = 3
    team: int = 4
    members: int = 60
    hours_a_step: int = 3
    seed: int = 54


class HostMail(msgspec.Struct, frozen=True):
    """One mail of the host. at_hours: since the start. cites: numbers of posts; a number that was cited before is a repeat.

    unfound: addresses in it that lead nowhere. answer_hours: how long the team takes to answer; bounces: the first answer
    comes back. asks_for_time: the team asks for more time first.
    """

    number: int
    at_hours: float
    cites: tuple[int, ...]
    unfound: int = 0
    answer_hours: float = 10.0
    bounces: bool = False
    asks_for_time: bool = False


class Plan(msgspec.Struct, frozen=True):
    """Everything that happens, by hours since the start. posts: how many are cited by anybody."""

    mails: tuple[HostMail, ...]
    store_at: float
    breach_at: float
    press_at: tuple[float, ...]
    posts: int
    store_cites: tuple[int, ...]


class Replay(msgspec.Struct, frozen=True):
    """What came of it."""

    bundle: str
    sha256: str
    notices: int
    items: int
    outcomes: dict[str, int]
    answered: int
    late: int
    bounced: int
    reports: int
    decisions: int
    records: int
    documents: int
    seconds: float
    sender: str
    score: dict[str, object]
