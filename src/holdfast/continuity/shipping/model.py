"""What the shipper tells others of itself, and its pure decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from ...pure.mirror import Durability

APPLICATION: Final = "holdfast_mirror"
SLOT: Final = "holdfast_mirror"
STALE_AFTER: Final = timedelta(seconds=5)
"""A shipper that has said nothing for this long is not there."""


FENCE_LEASE_SECONDS: Final = 2.5
"""A store's word counts for so long after a look there that found no later epoch began: so much later than a claim was made at a
store, nothing is acknowledged any more because of that store."""


class LaneMode(Enum):
    """LIVE: gets each chunk from memory. BEHIND: copies what it lacks from the other stores. AWAY: did not answer yet."""

    LIVE = "live"
    BEHIND = "behind"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class StoreState:
    """One store. held_lsn: up to where it holds all log without a gap. last_error: of now, empty when the last write went well."""

    name: str
    mode: LaneMode
    held_lsn: int
    bytes_behind: int
    seconds_behind: float
    waiting_bytes: int
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class ShipperState:
    """How the shipping stands, as of `written_at`.

    safe_lsn: up to where the quorum holds the log. server_lsn: up to where the database has written it. degraded_since: since
    when commits do not wait for the mirror, and why (`cause`). needs_base: log is missing, or there never was a base backup, so a
    new one is needed before everything can come back. superseded_by: the later epoch, None while this server is the site.
    retained_bytes of cap_bytes: log that the database keeps for the shipper.
    """

    written_at: datetime
    epoch: int
    run: str
    durability: Durability
    degraded_since: datetime | None
    cause: str
    needed: int
    safe_lsn: int
    server_lsn: int
    retained_bytes: int
    cap_bytes: int
    needs_base: bool
    superseded_by: int | None
    stores: tuple[StoreState, ...] = ()

    @property
    def is_degraded(self) -> bool:
        """Whether commits go on without the mirror."""
        return self.durability is Durability.DEGRADED

    def is_stale(self, now: datetime) -> bool:
        """Whether the shipper has been silent for too long to be believed."""
        return now - self.written_at > STALE_AFTER


@dataclass(frozen=True, slots=True)
class ShippingLimits:
    """How the shipper works; every number is a setting.

    linger: how long log is gathered while earlier chunks are under way. queue: what may wait in memory for one store.
    """

    linger_seconds: float = 0.02
    chunk_max_bytes: int = 2 << 20
    queue_max_bytes: int = 12 << 20
    parallel_writes: int = 4
    fence_seconds: float = 1.0
    manifest_seconds: float = 30.0
    degrade_after: timedelta = timedelta(seconds=5)
    store_timeout_seconds: float = 20.0
    slot_max_mb: int = 4096


def holes(spans: Iterable[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    """What of [begin, end) no span covers, in order."""
    missing: list[tuple[int, int]] = []
    position = begin
    for start, until in sorted(spans):
        if position >= end:
            break
        if start > position:
            missing.append((position, min(start, end)))
        position = max(position, until)
    if position < end:
        missing.append((position, end))
    return missing


def covered_until(spans: Iterable[tuple[int, int]], begin: int) -> int:
    """How far the spans reach from `begin` without a gap."""
    gaps = holes(spans, begin, 1 << 64)
    return gaps[0][0] if gaps else begin


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places with as few spans as can be, in order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def overlapping(objects: Sequence[tuple[str, int, int]], gap: tuple[int, int]) -> list[tuple[str, int, int]]:
    """The objects (name, start, end) that hold some of the gap."""
    return [one for one in objects if one[1] < gap[1] and one[2] > gap[0]]


def who_falls_behind(waiting: Mapping[str, int], live: Set[str], limit: int) -> tuple[frozenset[str], bool]:
    """(stores that must not hold back the others any longer, whether cutting has to wait).

    waiting: bytes in memory for each store that gets chunks from there. live: those of them that have answered. A full queue is a
    store's own trouble while one that has answered has room: from that one it will copy. Else the database keeps the log.
    """
    full = frozenset(name for name, size in waiting.items() if size >= limit)
    if live - full:
        return full, False
    return frozenset(), bool(full)
