"""How far the log is safe, and when the server says openly that it is not.

The flushed position reported to PostgreSQL is the highest that at least `needed` stores confirmed. PostgreSQL's commits wait
for it. Where it does not move for `degrade_after` while something waits, the server goes on without: DEGRADED, until the stores
have caught up again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from .errors import MirrorInvalid

DEGRADE_AFTER: Final = timedelta(seconds=5)


class Durability(Enum):
    """What a commit waits for."""

    MIRRORED = "mirrored"
    DEGRADED = "degraded"


@dataclass(frozen=True, slots=True)
class QuorumPolicy:
    """`needed` of the configured stores must hold a chunk. Raises MirrorInvalid for what could never be reached."""

    stores: frozenset[str]
    needed: int = 1
    degrade_after: timedelta = DEGRADE_AFTER

    def __post_init__(self) -> None:
        if not 1 <= self.needed <= len(self.stores):
            raise MirrorInvalid(f"{self.needed} of {len(self.stores)} stores can never confirm.")


@dataclass(frozen=True, slots=True)
class QuorumState:
    """Where it stands. waiting_since: since when something sent is not safe; None while nothing waits."""

    flushed_lsn: int = 0
    durability: Durability = Durability.MIRRORED
    waiting_since: datetime | None = None


def safe_lsn(policy: QuorumPolicy, confirmed: Mapping[str, int]) -> int:
    """Up to where `needed` stores hold everything. Stores outside the policy do not count; a silent one holds nothing."""
    held = sorted((confirmed.get(store, 0) for store in policy.stores), reverse=True)
    return held[policy.needed - 1]


def judge_quorum(
    policy: QuorumPolicy, before: QuorumState, *, sent_lsn: int, confirmed: Mapping[str, int], now: datetime
) -> QuorumState:
    """The state after news or after time. The flushed position never goes back.

    sent_lsn: up to where PostgreSQL handed out log. A clock that went back starts the waiting anew.
    """
    flushed = max(before.flushed_lsn, min(safe_lsn(policy, confirmed), sent_lsn))
    if flushed >= sent_lsn:
        return QuorumState(flushed, Durability.MIRRORED, None)
    moved = flushed > before.flushed_lsn
    since = before.waiting_since
    if since is None or since > now or (moved and before.durability is Durability.MIRRORED):
        since = now
    late = now - since >= policy.degrade_after
    degraded = late or before.durability is Durability.DEGRADED
    return QuorumState(flushed, Durability.DEGRADED if degraded else Durability.MIRRORED, since)
