"""How far a removal is."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from ...platform.clock import Instant

ROWS_AT_ONCE = 500
"""Rows that one transaction removes; posts count tenfold, since each has much that hangs on it."""


class RequestedBy(StrEnum):
    """Who asked for it."""

    MEMBER = "member"
    STAFF = "staff"
    OPERATOR = "operator"


class RemovalView(msgspec.Struct, frozen=True):
    """`rows`: removed so far; `kept`: posts that a legal hold keeps; `finished_at` None: still at it;
    `waits`: for the release of a legal hold."""

    requested_at: Instant
    requested_by: RequestedBy
    rows: int
    kept: int
    finished_at: Instant | None
    waits: bool = False
