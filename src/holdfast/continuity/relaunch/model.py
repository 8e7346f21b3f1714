"""What a relaunch is told, the phases it goes through, and its bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Final, Protocol

from ...pure.mirror import Standing
from ..restoring import Target


class Phase(Enum):
    """In this order. What is done is written down, and skipped when the relaunch is repeated."""

    LOOK = "look"
    CLAIM = "claim"
    BASE = "base"
    LOG = "log"
    RECOVER = "recover"
    SETTLE = "settle"
    OPEN = "open"
    MEDIA = "media"


PHASE_TEXTS: Final[Mapping[Phase, str]] = {
    Phase.LOOK: "asking the stores",
    Phase.CLAIM: "claiming the site",
    Phase.BASE: "fetching the backup",
    Phase.LOG: "fetching the log",
    Phase.RECOVER: "replaying the log",
    Phase.SETTLE: "putting the house in order",
    Phase.OPEN: "opening the epoch",
    Phase.MEDIA: "bringing media back",
}

FENCE_SECONDS: Final = 3.0
"""The old server asks every store once a second whether somebody took over. So long after the claim nothing of it is acknowledged
any more, and the list of its log is final."""

LOOK_SECONDS: Final = 120.0
CLAIM_SECONDS: Final = 60.0
SETTLE_SECONDS: Final = 600.0
OPEN_SECONDS: Final = 120.0


class Progress(Protocol):
    """Is told where the relaunch stands."""

    def begin(self, phase: Phase, total: int = 0) -> None:
        """A phase begins; `total` of what `advance` will count, 0 where nobody knows."""

    def advance(self, by: int) -> None:
        """So much more of the phase is done."""

    def say(self, text: str) -> None:
        """One line that the operator should read."""


class Silent:
    """Progress that nobody watches."""

    def begin(self, phase: Phase, total: int = 0) -> None:
        """Nobody watches."""

    def advance(self, by: int) -> None:
        """Nobody watches."""

    def say(self, text: str) -> None:
        """Nobody watches."""


@dataclass(frozen=True, slots=True)
class RelaunchRequest:
    """What the operator says.

    target: where the site will live. identity: age text; opens the mirrors, never written to the disk. until: to go back to, None for
    all that there is. gone: names of stores that are lost for good and whose voice does not count any more.
    """

    target: Target
    identity: str = field(repr=False)
    until: datetime | None = None
    gone: tuple[str, ...] = ()
    domain: str | None = None

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.target.data


@dataclass(slots=True)
class RelaunchState:
    """What is written down between two tries (state.json). Positions are numbers; `signer_seed` is why the file is 0600."""

    site: str = ""
    until: str = ""
    epoch: int = 0
    holder: str = ""
    signer_seed: str = ""
    claim: str = ""
    claimed_at: float = 0.0
    base: str = ""
    reach_lsn: int = 0
    start_lsn: int = 0
    timeline: int = 0
    done: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)

    def has(self, phase: Phase) -> bool:
        """Whether the phase is done."""
        return phase.value in self.done


@dataclass(frozen=True, slots=True)
class Relaunched:
    """What came of it.

    standing: HELD, or the site serves read-only until it is. missing_bytes: log that the mirrors know of and do not have. refused:
    objects that were not believed. media_missing: files that no store has.
    """

    epoch: int
    standing: Standing
    timeline: int
    reach_lsn: int
    missing_bytes: int
    refused: tuple[str, ...]
    seconds: Mapping[str, float]
    media_missing: int = 0
    media_later: bool = False
    carried: Mapping[str, int] = field(default_factory=dict)
