"""Reads of markers."""

from __future__ import annotations

from ...platform.db import Reader
from .model import Marker


async def markers(reader: Reader, account_id: int, timelines: list[str]) -> dict[str, Marker]:
    """The account's markers of those timelines that have one."""
    rows = await reader.fetch(
        "select timeline, last_read_id, version, updated_at from markers"
        " where account_id = $1 and timeline = any($2::text[])",
        account_id, timelines,
    )  # fmt: skip
    return {row["timeline"]: Marker(row["last_read_id"], row["version"], row["updated_at"]) for row in rows}
