"""The record of those who report: how often what they said was found right."""

from __future__ import annotations

from collections.abc import Sequence

from ...platform.db import Reader
from .model import NEUTRAL_RECORD


async def reporter_records(reader: Reader, account_ids: Sequence[int]) -> dict[int, float]:
    """0 to 1 for each account. Nothing is known of anybody before outcomes are counted, so all weigh the same."""
    return dict.fromkeys(account_ids, NEUTRAL_RECORD)
