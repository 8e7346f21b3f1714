"""Use case: a notice comes, and everything about it is there, or nothing."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import PublicIds
from .model import NewNotice, Received


class Addresses(msgspec.Struct, frozen=True):
    """What is needed to find what is cited: how ids look outside, under which names this server answers."""

    ids: PublicIds
    own_hosts: Collection[str]
    media_hosts: Collection[str] = ()


async def receive(tx: Tx, new: NewNotice, *, addresses: Addresses, now: Instant) -> Received:
    """Record a notice: its items with snapshots, the hold, clocks, leaves of the ledger, cases. Idempotent by channel and
    external id. Raises NoticeNotAllowed, PresetNotKnown."""
    raise NotImplementedError
